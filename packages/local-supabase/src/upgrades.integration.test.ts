import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Device, op, openConnection, push, sync } from './server-testing.ts'
import type { Answer } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

// A later migration on a database that is in use. What becomes of the app's own devices then is tested in packages/sync.
let supabase: LocalSupabase
let ann: SignedIn
const trip = randomUUID()
const tripRow = { collection: 'trips', id: trip, scope: trip }

beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  ann = await signIn(supabase, 'ann')
  await push(ann, [op(tripRow, 'create', { patch: { name: 'Lakes' } })])
})
afterAll(() => supabase.close())

const create = (name: string) => op({ collection: 'items', id: randomUUID(), scope: trip }, 'create', { patch: { name } })

/** How many connections wait for a lock. */
async function waiting(): Promise<number> {
  const [row] = await supabase.sql(`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`, [])
  return Number(row?.['n'])
}

test('[PU3] [PL1] [PL8] pushes that come while a migration is under way wait for it, and nothing of either is lost', async () => {
  const device = new Device()
  await sync(ann, device)
  const migration = await openConnection(supabase)
  await migration`begin`
  await migration`alter table public.items add column weight int not null default 7`
  await migration.unsafe(`
    create table public.lists (id uuid primary key, trip_id uuid not null references public.trips on delete cascade, name text not null);
    alter table public.lists enable row level security;
    grant select, insert on public.lists to authenticated;
    create policy "members" on public.lists for all to authenticated using (trip_id in (select unnest(sync.my_scopes())))`)
  await migration`insert into public.lists values (${randomUUID()}, ${trip}, 'Before you go')`
  await migration.unsafe(`select sync.register_table('public.lists', 'trip_id')`)

  const under: Array<Promise<Answer[]>> = ['Tent', 'Rope'].map((name) => push(ann, [create(name)]))
  await expect.poll(waiting).toBeGreaterThan(0)
  await migration`commit`
  expect((await Promise.all(under)).flat().map(({ status }) => status)).toEqual(['applied', 'applied'])
  await migration.end()

  await sync(ann, device)
  expect(device.held(trip, 'items').map(({ name, weight }) => `${String(name)} ${String(weight)}`).toSorted()).toEqual(['Rope 7', 'Tent 7'])
  expect(device.held(trip, 'lists')).toMatchObject([{ name: 'Before you go' }])
})

test('[PU6] of a column that a later migration took away an old device is told, and the rest of its push is done', async () => {
  const [before] = await push(ann, [op({ collection: 'items', id: randomUUID(), scope: trip }, 'create', { patch: { name: 'Map', weight: 2 } })])
  expect(before?.status).toBe('applied')
  await supabase.sql('alter table public.items drop column weight', [])
  const old = op({ collection: 'items', id: randomUUID(), scope: trip }, 'create', { patch: { name: 'Cup', weight: 1 } })
  expect(await push(ann, [old, create('Pan')])).toMatchObject([{ status: 'invalid', message: expect.stringMatching(/column: weight/) as string }, { status: 'applied' }])
})

test('[PL6] a table that a later migration takes out of sync, or away, fails no pull', async () => {
  const device = new Device()
  await sync(ann, device)
  await supabase.sql(`select sync.unregister_table('public.lists')`, [])
  await supabase.sql('drop table public.lists', [])
  await push(ann, [create('Soap')])
  await sync(ann, device)
  expect(device.held(trip, 'items').map(({ name }) => name)).toContain('Soap')
})
