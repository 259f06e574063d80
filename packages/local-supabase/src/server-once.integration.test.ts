import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { op, openConnection, push } from './server-testing.ts'
import type { Answer } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { share, signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

let supabase: LocalSupabase
let ann: SignedIn
let ben: SignedIn
const scope = randomUUID()
beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  ann = await signIn(supabase, 'ann')
  ben = await signIn(supabase, 'ben')
  await push(ann, [op({ collection: 'trips', id: scope, scope }, 'create', { patch: { name: 'Rome' } })])
  await share(scope, ann, ben)
})
afterAll(() => supabase.close())

function count(statuses: ReadonlyArray<string | undefined>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[String(status)] = (counts[String(status)] ?? 0) + 1
  return counts
}

const newItem = () => ({ collection: 'items', id: randomUUID(), scope })

test('[PU1] the same ops sent over ten connections at once take effect once', async () => {
  const connections = await Promise.all(Array.from({ length: 10 }, () => openConnection(supabase, ann)))
  for (let round = 0; round < 20; round += 1) {
    const item = newItem()
    const [created] = await push(ann, [op(item, 'create', { patch: { name: 'socks' } })])
    const update = op(item, 'update', { base_version: created?.version, patch: { quantity: 2 }, base: { quantity: 1 } })
    // A new trip is a scope that nobody can lock yet.
    const id = randomUUID()
    const trip = op({ collection: 'trips', id, scope: id }, 'create', { patch: { name: 'Oslo' } })
    for (const sent of [update, trip]) {
      const statuses = await Promise.all(
        connections.map(async (sql) => {
          const [result] = await sql<[{ answers: Answer[] }]>`
            select public.sync_push(${JSON.stringify([sent])}::text::json) -> 'answers' as answers`
          return result.answers[0]?.status
        }),
      )
      expect(count(statuses)).toEqual({ applied: 1, duplicate: 9 })
    }
    const versions = await supabase.sql(
      `select o.version = i.sync_version as last from sync.operations o join public.items i on i.id = o.row_id
        where o.row_id = $1 and o.kind = 'update'`,
      [item.id],
    )
    expect(versions).toEqual([{ last: true }])
  }
  await Promise.all(connections.map((sql) => sql.end()))
})

test('[PU1] whole batches sent three times at once, over HTTP, are done once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const items = Array.from({ length: 20 }, newItem)
    const batch = [
      ...items.map((item) => op(item, 'create', { patch: { name: 'x' } })),
      ...items.map((item) => op(item, 'update', { base_version: 0, patch: { quantity: 2 }, base: { quantity: 1 } })),
      ...items.slice(0, 5).map((item) => op(item, 'delete')),
    ]
    const pushes = await Promise.all([push(ann, batch), push(ann, batch), push(ann, batch)])
    const firsts = pushes.flat().filter(({ status }) => status !== 'duplicate')
    expect(firsts).toHaveLength(batch.length)
    expect(new Set(firsts.map(({ status }) => status))).toEqual(new Set(['applied', 'merged']))
    const ids = items.map(({ id }) => id)
    const left = await supabase.sql('select quantity from public.items where id = any($1::uuid[])', [ids])
    expect(left).toEqual(Array.from({ length: 15 }, () => ({ quantity: 2 })))
  }
})

test('[PU2] of two who change one field at once, one wins; of two who change different fields, both', async () => {
  for (let round = 0; round < 25; round += 1) {
    const item = newItem()
    const [created] = await push(ann, [op(item, 'create', { patch: { name: 'x', quantity: 0 } })])
    const update = (field: string, from: unknown, to: unknown) =>
      [op(item, 'update', { base_version: created?.version, patch: { [field]: to }, base: { [field]: from } })]
    const same = await Promise.all([push(ann, update('quantity', 0, 1)), push(ben, update('quantity', 0, 2))])
    expect(count(same.flat().map(({ status }) => status))).toEqual({ applied: 1, conflict: 1 })
    const different = await Promise.all([push(ann, update('name', 'x', 'y')), push(ben, update('category', null, 'c'))])
    expect(count(different.flat().map(({ status }) => status))).toEqual({ merged: 2 })
  }
})

test('[PU2] [PU5] plain SQL that makes an op fit, after the push found that it does not, gets nobody told that it is forbidden', async () => {
  const item = newItem()
  await push(ann, [op(item, 'create', { patch: { name: 'y' } })])
  // The second update of the push, the one that compares values, is held up when it has found nothing to do.
  await supabase.sql(`
    create sequence public.halts;
    grant usage on sequence public.halts to authenticated;
    create function public.halt() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(7, nextval('public.halts')::int); return null; end $$;
    create trigger halt after update on public.items for each statement execute function public.halt()`)
  const plain = await openConnection(supabase)
  await plain`select pg_advisory_lock(7, 2)`
  const pushed = push(ben, [op(item, 'update', { patch: { name: 'z' }, base: { name: 'x' } })])
  await vi.waitFor(async () => {
    const waiting = await supabase.sql(`select from pg_stat_activity where wait_event_type = 'Lock'`)
    expect(waiting).toHaveLength(1)
  })
  await plain`update public.items set name = 'x' where id = ${item.id}`
  await plain`select pg_advisory_unlock(7, 2)`
  expect(await pushed).toMatchObject([{ status: 'merged', row: { name: 'z' } }])
  await plain.end()
  await supabase.sql('drop trigger halt on public.items; drop function public.halt; drop sequence public.halts')
})

test('[PU3] pushes into the same scopes in opposite orders do not deadlock', async () => {
  const other = randomUUID()
  await push(ann, [op({ collection: 'trips', id: other, scope: other }, 'create', { patch: { name: 'Oslo' } })])
  await share(other, ann, ben)
  const one = newItem()
  const two = { ...newItem(), scope: other }
  await push(ann, [one, two].map((item) => op(item, 'create', { patch: { name: 'x' } })))
  const touch = (item: typeof one) => op(item, 'update', { patch: { notes: randomUUID() }, base: {} })
  const pushes = Array.from({ length: 30 }, () => [
    push(ann, [touch(one), touch(two)]),
    push(ben, [touch(two), touch(one)]),
  ])
  const statuses = (await Promise.all(pushes.flat())).flat().map(({ status }) => status)
  expect(count(statuses)).not.toHaveProperty('retry')
  expect(statuses).toHaveLength(120)
})

test('[PU3] after a deadlock nothing is decided, nor what comes after it; sent again, all of it is done', async () => {
  const one = newItem()
  const two = newItem()
  await push(ann, [one, two].map((item) => op(item, 'create', { patch: { name: 'x' } })))
  const plain = await openConnection(supabase)
  // The push is to be the one that finds the deadlock, and gives way.
  await plain`set deadlock_timeout = '30s'`
  await plain`begin`
  await plain`update public.items set notes = 'plain' where id = ${one.id}`
  const batch = [
    op(newItem(), 'create', { patch: { name: 'before' } }),
    ...[two, one].map((item) => op(item, 'update', { patch: { quantity: 2 }, base: { quantity: 1 } })),
    op(newItem(), 'create', { patch: { name: 'after' } }),
  ]
  const pushed = push(ann, batch)
  await vi.waitFor(async () => {
    const waiting = await supabase.sql(`select from pg_stat_activity where wait_event_type = 'Lock'`)
    expect(waiting).toHaveLength(1)
  })
  await plain`update public.items set notes = 'plain' where id = ${two.id}`
  expect((await pushed).map(({ status }) => status)).toEqual(['applied', 'retry', 'retry', 'retry'])
  await plain`commit`
  await plain.end()
  expect((await push(ann, batch)).map(({ status }) => status)).toEqual(['duplicate', 'merged', 'merged', 'applied'])
})

test('[PU5] an entry forged into the log makes nobody the author of what they may not write', async () => {
  const stella = await signIn(supabase, 'stella')
  const item = newItem()
  await push(ann, [op(item, 'create', { patch: { name: 'socks' } })])
  // Not reachable through the API; who reached it all the same could only lie about themselves.
  const forger = await openConnection(supabase, stella)
  await forger`
    select sync.record_operations(
      array[(1, gen_random_uuid(), 'items', 'update', ${item.id}, ${scope}, 0, '{"name": "socks"}', '{}', now(), '', '{}', '{}', null)::sync.op],
      array[(1, 'applied', 9007199254740991, null, null, null, null)::sync.answer], 'forged')`
  await forger.end()
  const [answer] = await push(ben, [op(item, 'update', { patch: { name: 'shoes' }, base: { name: 'boots' } })])
  expect(answer).toMatchObject({ status: 'conflict', fields: { name: { by: ann.id } } })
})
