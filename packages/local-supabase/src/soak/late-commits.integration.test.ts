import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '../server-testing.ts'
import { startLocalSupabase } from '../start.ts'
import type { LocalSupabase } from '../start.ts'
import { signIn } from '../testing.ts'
import type { SignedIn } from '../testing.ts'
import { naiveReader, readWhile, wireReader } from './readers.ts'
import type { NaiveReader } from './readers.ts'
import { patience, report, sized } from './soak.ts'
import { write } from './writers.ts'
import type { Field, Way, Writer } from './writers.ts'

let supabase: LocalSupabase
let users: SignedIn[]
const scopes = Array.from({ length: 3 }, () => randomUUID())

beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  users = await Promise.all(['ann', 'ben', 'cem'].map((name) => signIn(supabase, name)))
  await supabase.sql(`insert into public.trips (id, name) select unnest($1::uuid[]), 'x'`, [scopes])
  await supabase.sql(
    `insert into public.trip_members (trip_id, user_id, role) select t, u, 'editor' from unnest($1::uuid[]) t, unnest($2::uuid[]) u`,
    [scopes, users.map(({ id }) => id)],
  )
  await supabase.sql(`
    create sequence public.global_numbers;
    grant usage on sequence public.global_numbers to authenticated;
    alter table public.items add column updated_at timestamptz, add column global_number bigint;
    create function public.touch() returns trigger language plpgsql as
      $$ begin new.updated_at := clock_timestamp(); new.global_number := nextval('public.global_numbers'); return new; end $$;
    create trigger touch before insert or update on public.items for each row execute function public.touch()`)
})
afterAll(() => supabase.close())

async function writersOf(ways: readonly Way[]): Promise<Writer[]> {
  return Promise.all(ways.map(async (way, seed) => {
    const user = users[seed % users.length]
    if (user === undefined) throw new Error('There are no users.')
    return { way, user, connection: await openConnection(supabase, user), seed }
  }))
}

async function versionsOnServer(): Promise<Map<string, number>> {
  const rows = await supabase.sql('select id, sync_version from public.items')
  return new Map(rows.map((row) => [String(row['id']), Number(row['sync_version'])]))
}

function missesOf({ versions }: NaiveReader, truth: ReadonlyMap<string, number>): string {
  const unseen = [...truth.keys()].filter((id) => !versions.has(id)).length
  const stale = [...truth].filter(([id, version]) => (versions.get(id) ?? version) !== version).length
  return `${unseen} rows never seen, ${stale} stale`
}

test('COMPLAINTS 3 [PL1] [PL8] [V3] of rows that many writers commit late and out of order none is missed, and each version arrives once', { timeout: patience }, async () => {
  const ways: Way[] = ['push', 'sql', 'repeatable read', 'supabase-js', 'push', 'sql', 'sql', 'push']
  const writers = await writersOf(ways.slice(0, sized({ short: 4, long: 8 })))
  const times = sized({ short: 150, long: 2_000 })
  const connections = await Promise.all(Array.from({ length: 3 }, () => openConnection(supabase, users[0])))
  const [own, timed, numbered] = connections
  if (own === undefined || timed === undefined || numbered === undefined) throw new Error('There are no connections.')
  const client = wireReader(own, 50)
  const naive = { updated: naiveReader(timed, 'updated_at'), sequence: naiveReader(numbered, 'global_number') }
  const field: Field = { scopes, rows: new Map() }

  const written = Promise.all(writers.map((writer) => write(writer, field, times)))
  await readWhile(written, [client, naive.updated, naive.sequence])

  const truth = await versionsOnServer()
  const held = scopes.flatMap((scope) => client.device.held(scope, 'items'))
  report(`${writers.length} writers x ${times}, ${truth.size} rows left: ours missed ${[...truth].filter(([id, version]) => !client.deliveries.has(`${id} ${version}`)).length}`)
  report(`"updated_at > max seen": ${missesOf(naive.updated, truth)}; a global sequence: ${missesOf(naive.sequence, truth)}`)
  expect(truth.size).toBeGreaterThan(times / 2)
  expect(new Map(held.map((row) => [row.id, row.sync_version]))).toEqual(truth)
  expect([...client.deliveries].filter(([, count]) => count > 1)).toEqual([])
  await Promise.all([...connections, ...writers.map(({ connection }) => connection)].map((connection) => connection.end()))
})
