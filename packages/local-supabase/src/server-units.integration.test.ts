import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { op, openConnection, push } from './server-testing.ts'
import type { Answer, Fields } from './server-testing.ts'
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

type Item = ReturnType<typeof newItem>
const newItem = () => ({ collection: 'items', id: randomUUID(), scope })
const create = (item: Item, fields: Fields = {}) => op(item, 'create', { patch: { name: 'x', quantity: 0 }, ...fields })
const plus = (item: Item, amount: number, fields: Fields = {}) => op(item, 'update', { patch: {}, base: {}, add: { quantity: amount }, ...fields })
const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status)

async function quantityOf({ id }: Item): Promise<unknown> {
  const [row] = await supabase.sql('select quantity from public.items where id = $1', [id])
  return row?.['quantity']
}

test.each([2, 20])('[PU2] %i connections that add to one row at once make the exact sum, beside plain SQL', async (count) => {
  const item = newItem()
  const [created] = await push(ann, [create(item)])
  const connections = await Promise.all(Array.from({ length: count }, (_, index) => openConnection(supabase, index % 2 === 0 ? ann : ben)))
  const plain = await openConnection(supabase)
  const additions = connections.map(async (sql) => {
    for (let round = 0; round < 10; round += 1) {
      const sent = JSON.stringify([plus(item, 1, { base_version: created?.version })])
      const [result] = await sql<[{ answers: Answer[] }]>`select public.sync_push(${sent}::text::json) -> 'answers' as answers`
      expect(['applied', 'merged']).toContain(result.answers[0]?.status)
    }
  })
  for (let round = 0; round < 10; round += 1) await plain`update public.items set quantity = quantity + 1 where id = ${item.id}`
  await Promise.all(additions)
  expect(await quantityOf(item)).toBe(count * 10 + 10)
  await Promise.all([...connections, plain].map((sql) => sql.end()))
})

test('[PU1] copies of an addition, sent at once while its row changes, are all done or all refused; late ones add nothing', async () => {
  const connections = await Promise.all(Array.from({ length: 5 }, () => openConnection(supabase, ann)))
  const plain = await openConnection(supabase)
  const told = new Set<boolean>()
  for (let round = 0; round < 30; round += 1) {
    const item = newItem()
    await push(ann, [create(item, { patch: { name: round % 2 === 0 ? 'x' : 'y', quantity: 0 } })])
    const batch = [plus(item, 1, { patch: { name: 'z' }, base: { name: 'x' } })]
    const copies = connections.map(async (sql) => {
      const [result] = await sql<[{ answers: Answer[] }]>`select public.sync_push(${JSON.stringify(batch)}::text::json) -> 'answers' as answers`
      return result.answers[0]?.status === 'conflict'
    })
    await plain`update public.items set name = case name when 'x' then 'y' when 'y' then 'x' else name end where id = ${item.id}`
    const refused = new Set(await Promise.all(copies))
    expect([...refused]).toEqual([!refused.has(false)])
    expect(await quantityOf(item)).toBe(refused.has(false) ? 1 : 0)
    for (const one of refused) told.add(one)
    // What the device sends after a refusal, while copies of its first request are still on their way.
    const successor = refused.has(true) ? [push(ann, [plus(item, 1)])] : []
    await Promise.all([push(ann, batch), ...successor, push(ann, batch)])
    expect(await quantityOf(item)).toBe(1)
  }
  expect(told).toEqual(new Set([true, false]))
  await Promise.all([...connections, plain].map((sql) => sql.end()))
})

test('[PU1] [A7] the same unit sent three times at once is done once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [one, two, unit] = [newItem(), newItem(), randomUUID()]
    await push(ann, [create(one)])
    const batch = [plus(one, 1, { unit }), create(two, { unit }), plus(one, -1), plus(one, 1)]
    const pushes = await Promise.all([push(ann, batch), push(ann, batch), push(ann, batch)])
    const firsts = pushes.filter((answers) => answers.every(({ status }) => status !== 'duplicate'))
    expect(firsts.map(statusesOf)).toEqual([['merged', 'applied', 'merged', 'merged']])
    expect(await quantityOf(one)).toBe(1)
  }
})

test('[A7] a unit of which one op is refused leaves nothing, whoever else writes to its rows', async () => {
  const [one, two] = [newItem(), newItem()]
  await push(ann, [create(one), create(two)])
  const rounds = Array.from({ length: 15 }, () => {
    const unit = randomUUID()
    const refused = [plus(one, 1, { unit }), plus(two, 1, { unit }), op(newItem(), 'create', { unit, patch: { name: 'x', quantity: -1 } })]
    return [push(ann, refused), push(ben, [plus(two, 1), plus(one, 1)])]
  })
  const answers = await Promise.all(rounds.flat())
  expect(answers.map((given) => statusesOf(given).join(' ')).toSorted()).toEqual(
    [...Array.from({ length: 15 }, () => 'merged merged'), ...Array.from({ length: 15 }, () => 'undone undone invalid')],
  )
  expect([await quantityOf(one), await quantityOf(two)]).toEqual([15, 15])
})

test('[A7] [PU3] after a deadlock within a unit none of it is decided, nor what comes after it; sent again, all of it is done', async () => {
  const [one, two, unit] = [newItem(), newItem(), randomUUID()]
  await push(ann, [create(one), create(two)])
  const plain = await openConnection(supabase)
  // The push is to be the one that finds the deadlock, and gives way.
  await plain`set deadlock_timeout = '30s'`
  await plain`begin`
  await plain`update public.items set notes = 'plain' where id = ${one.id}`
  const batch = [create(newItem()), create(newItem(), { unit }), plus(two, 1, { unit }), plus(one, 1, { unit }), create(newItem())]
  const pushed = push(ann, batch)
  await vi.waitFor(async () => {
    const waiting = await supabase.sql(`select from pg_stat_activity where wait_event_type = 'Lock'`)
    expect(waiting).toHaveLength(1)
  })
  await plain`update public.items set notes = 'plain' where id = ${two.id}`
  expect(statusesOf(await pushed)).toEqual(['applied', 'retry', 'retry', 'retry', 'retry'])
  await plain`commit`
  await plain.end()
  expect([await quantityOf(one), await quantityOf(two)]).toEqual([0, 0])
  expect(statusesOf(await push(ann, batch))).toEqual(['duplicate', 'applied', 'merged', 'merged', 'applied'])
})
