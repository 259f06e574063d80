import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { op, openConnection } from '../server-testing.ts'
import type { Answer, Fields } from '../server-testing.ts'
import { startLocalSupabase } from '../start.ts'
import type { LocalSupabase } from '../start.ts'
import { signIn } from '../testing.ts'
import type { SignedIn } from '../testing.ts'
import { patience, percentile, report, sized } from './soak.ts'

let supabase: LocalSupabase
let ann: SignedIn
const trip = randomUUID()

beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  ann = await signIn(supabase, 'ann')
  await ann.client.from('trips').insert({ id: trip, name: 'Rome' })
})
afterAll(() => supabase.close())

const newItem = () => ({ collection: 'items', id: randomUUID(), scope: trip })

async function pushOver(connection: postgres.Sql, ops: readonly Fields[]): Promise<Answer[]> {
  const [result] = await connection<[{ answers: Answer[] }]>`select public.sync_push(${JSON.stringify(ops)}::text::json) -> 'answers' as answers`
  return result.answers
}

/** Members of the trip who never signed in: one password hash each would take longer than the test. */
async function members(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  await supabase.sql(`insert into auth.users (id, email) select u, u || '@example.com' from unnest($1::uuid[]) u`, [ids])
  await supabase.sql(`insert into public.trip_members (trip_id, user_id, role) select $1, u, 'editor' from unnest($2::uuid[]) u`, [trip, ids])
  return ids
}

test('[V4] [PU3] fifty connections push to one trip at once: none meets a deadlock, each op is applied once', { timeout: patience }, async () => {
  const rounds = sized({ short: 4, long: 40 })
  const connections = await Promise.all((await members(50)).map((id) => openConnection(supabase, { ...ann, id })))
  const times: number[] = []
  const begun = performance.now()
  await Promise.all(connections.map(async (connection) => {
    for (let round = 0; round < rounds; round += 1) {
      const batch = Array.from({ length: 10 }, () => op(newItem(), 'create', { patch: { name: 'x' } }))
      const start = performance.now()
      const statuses = (await pushOver(connection, batch)).map(({ status }) => status)
      times.push(performance.now() - start)
      expect(new Set(statuses)).toEqual(new Set(['applied']))
    }
  }))
  const seconds = (performance.now() - begun) / 1000
  times.sort((a, b) => a - b)
  report(`50 connections, ${times.length} pushes of 10 to one trip: ${Math.round(times.length / seconds)} pushes/s, p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms`)
  const [counts] = await supabase.sql(
    `select (select count(*) from public.items where trip_id = $1)::int as rows, (select count(*) from sync.operations where scope_id = $1)::int as ops,
       (select deadlocks from pg_stat_database where datname = current_database())::int as deadlocks`,
    [trip],
  )
  expect(counts).toEqual({ rows: times.length * 10, ops: times.length * 10, deadlocks: 0 })
  const [sizes] = await supabase.sql(`select pg_total_relation_size('sync.operations')::float8 as ops, pg_total_relation_size('sync.commits')::float8 as commits`)
  report(`kept of it: ${(Number(sizes?.['ops']) / times.length / 10).toFixed(0)} bytes an op in the log, ${(Number(sizes?.['commits']) / times.length).toFixed(0)} a commit`)
  await Promise.all(connections.map((connection) => connection.end()))
})

test('[PU1] [PU2] an op of any kind that twenty connections send at once takes effect once, a counter’s too', { timeout: patience }, async () => {
  const connections = await Promise.all(Array.from({ length: 20 }, () => openConnection(supabase, ann)))
  const rounds = sized({ short: 8, long: 200 })
  for (let round = 0; round < rounds; round += 1) {
    const item = newItem()
    const life = [
      op(item, 'create', { patch: { name: 'socks', quantity: 0 } }),
      op(item, 'update', { patch: { name: 'boots' }, base: { name: 'socks' } }),
      op(item, 'update', { patch: {}, base: {}, add: { quantity: 3 } }),
      op(item, 'replace', { patch: { name: 'shoes', quantity: 7 }, base: { name: 'boots', quantity: 3 } }),
      op(item, 'update', { patch: { notes: 'x' }, base: { notes: null }, add: { quantity: 1 } }),
      op(item, 'delete'),
    ]
    const quantities: unknown[] = []
    for (const sent of life) {
      const statuses = (await Promise.all(connections.map((connection) => pushOver(connection, [sent])))).flat().map(({ status }) => status)
      const firsts = statuses.filter((status) => status !== 'duplicate')
      expect(firsts).toHaveLength(1)
      expect(['applied', 'merged']).toContain(firsts[0])
      const [row] = await supabase.sql('select quantity from public.items where id = $1', [item.id])
      quantities.push(row?.['quantity'])
    }
    expect(quantities).toEqual([0, 0, 3, 7, 8, undefined])
  }
  report(`20 connections, ${rounds * 6} ops each sent by all at once: each took effect once`)
  await Promise.all(connections.map((connection) => connection.end()))
})
