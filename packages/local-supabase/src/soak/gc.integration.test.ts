import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { op, openConnection, push } from '../server-testing.ts'
import type { Device } from '../server-testing.ts'
import { startLocalSupabase } from '../start.ts'
import type { LocalSupabase } from '../start.ts'
import { signIn } from '../testing.ts'
import type { SignedIn } from '../testing.ts'
import { readWhile, wireReader } from './readers.ts'
import { patience, report, sized } from './soak.ts'
import { write } from './writers.ts'
import type { Field, Way } from './writers.ts'

let supabase: LocalSupabase
let users: SignedIn[]
const scopes = Array.from({ length: 3 }, () => randomUUID())

beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  users = await Promise.all(['ann', 'ben'].map((name) => signIn(supabase, name)))
  await supabase.sql(`insert into public.trips (id, name) select unnest($1::uuid[]), 'x'`, [scopes])
  await supabase.sql(
    `insert into public.trip_members (trip_id, user_id, role) select t, u, 'editor' from unnest($1::uuid[]) t, unnest($2::uuid[]) u`,
    [scopes, users.map(({ id }) => id)],
  )
  // Nothing is kept for longer than it takes to look: what is 90 days otherwise happens between two pulls here.
  await supabase.sql(`update sync.settings set tombstones_kept = '0', operations_kept = '0', refusals_kept = '0', conflicts_kept = '0'`)
})
afterAll(() => supabase.close())

const versionsIn = (device: Device) => new Map(scopes.flatMap((scope) => device.held(scope, 'items')).map((row) => [row.id, row.sync_version]))

test('[PL6] [PU1] gc beside writers takes nothing from a client that pulls, from one that was away, or from one that comes now and then; and nothing comes back', { timeout: patience }, async () => {
  const ways: Way[] = ['push', 'sql', 'supabase-js', 'repeatable read', 'push', 'sql']
  const chosen = ways.slice(0, sized({ short: 3, long: 6 }))
  const writers = await Promise.all(chosen.map(async (way, seed) => {
    const user = users[seed % users.length] ?? users[0]
    if (user === undefined) throw new Error('There are no users.')
    return { way, user, connection: await openConnection(supabase, user), seed: seed + 100 }
  }))
  const own = await openConnection(supabase, users[0])
  const collector = await openConnection(supabase)
  const [steady, away, seldom] = [wireReader(own, 40), wireReader(own, 40), wireReader(own, 1_000)]
  const field: Field = { scopes, rows: new Map() }
  const times = sized({ short: 100, long: 1_500 })

  const [ann] = users
  if (ann === undefined) throw new Error('There are no users.')
  const early = op({ collection: 'items', id: randomUUID(), scope: String(scopes[0]) }, 'create', { patch: { name: 'early' } })
  expect(await push(ann, [early])).toMatchObject([{ status: 'applied' }])
  await Promise.all(writers.map((writer) => write(writer, field, 20)))
  while (await away.read());
  const known = versionsIn(away.device)
  const forgotten = { tombstones: 0, commits: 0, operations: 0, calls: 0 }
  const collect = async () => {
    const [counts] = await collector<Array<{ tombstones: number; commits: number; operations: number; more: boolean }>>`select * from sync.gc(20)`
    if (counts === undefined) throw new Error('sync.gc answered nothing.')
    forgotten.tombstones += counts.tombstones
    forgotten.commits += counts.commits
    forgotten.operations += counts.operations
    forgotten.calls += 1
    return counts.more
  }
  let turns = 0
  await readWhile(Promise.all(writers.map((writer) => write(writer, field, times))), [
    steady,
    { read: collect },
    { read: async () => ((turns += 1) % 25 === 0 ? seldom.read() : false) },
  ])
  for (const reader of [steady, seldom, away]) while (await reader.read());

  const rows = await supabase.sql('select id, sync_version from public.items')
  const truth = new Map(rows.map((row) => [String(row['id']), Number(row['sync_version'])]))
  const [left] = await supabase.sql('select count(*)::int as patches from sync.operations where patch is not null')
  report(`${writers.length} writers x ${times}: gc, called ${forgotten.calls} times, forgot ${forgotten.commits} commits, ${forgotten.tombstones} tombstones, what ${forgotten.operations} ops wrote`)
  expect([...known.keys()].some((id) => !truth.has(id))).toBe(true)
  expect(forgotten.tombstones).toBeGreaterThan(0)
  expect(forgotten.commits).toBeGreaterThan(0)
  for (const { device } of [steady, seldom, away]) expect(versionsIn(device)).toEqual(truth)
  expect(forgotten.operations).toBeGreaterThan(0)
  expect(left).toEqual({ patches: 0 })
  expect(await push(ann, [early])).toMatchObject([{ status: 'duplicate' }])
  await Promise.all([own, collector, ...writers.map(({ connection }) => connection)].map((connection) => connection.end()))
})
