import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage, type Storage } from '../index.ts'
import type { grouped } from '../supabase/wire-groups.ts'
import { items, openDevice, people, trips, type Device, type Item } from './device.ts'
import { singleOps } from './single-ops.ts'

// The same complaints are told apart, before a server in memory, in the other files of this name.
let backend: LocalSupabase
let ann: Device
let ben: Device
let trip: string
/** The requests to push that went out, as numbers of ops. */
const pushed: number[] = []
/** Answers to the coming pushes of Ann are lost, so many. */
let answersToLose = 0

const counting: typeof fetch = async (input, init) => {
  if (typeof input !== 'string' || !input.endsWith('/rpc/sync_push')) return fetch(input, init)
  pushed.push(singleOps((JSON.parse(init?.body as string) as { ops: ReturnType<typeof grouped> }).ops).length)
  const response = await fetch(input, init)
  if ((answersToLose -= 1) < 0) return response
  await response.text()
  throw new TypeError('The answer was lost.')
}

const open = (name: string, storage: Storage = memoryStorage()) =>
  openDevice({ url: backend.url, anonKey: backend.anonKey, email: `${name}@example.com`, password: 'packing-list', storage, ...(name === 'ann' && { fetch: counting }) })

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'memory' } })
  for (const name of ['ann', 'ben']) await backend.createUser(`${name}@example.com`, 'packing-list', name)
  ann = await open('ann')
  ben = await open('ben')
  trip = crypto.randomUUID()
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  await ann.settled()
  await ben.accept(await ann.invite(trip, 'editor'))
  await ben.settled()
})

afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await backend.close()
})

const item = (given: Partial<Item> = {}): Item => ({ id: crypto.randomUUID(), tripId: trip, name: 'Tent', quantity: 1, packed: false, ...given })
const onServer = (ids: readonly string[]) => backend.sql('select id, name from public.items where id = any($1::uuid[])', [ids])

test('complaint 5, 6, 16: of fifty items in one request two are bad: they wait in the tray with a sentence, and the others are done', async () => {
  const all = Array.from({ length: 50 }, (_, index) => item({ name: index % 30 === 7 ? '' : `Item ${index}` }))
  pushed.length = 0
  ann.dispatch(items.slice.actions.addedMany(all))
  await ann.settled()
  expect(pushed).toEqual([50])
  const bad = all.filter(({ name }) => name === '').map(({ id }) => id)
  expect(new Set(ann.state().rejected.map(({ id }) => id))).toEqual(new Set(bad))
  for (const { message } of ann.state().rejected) expect(message).toMatch(/\S+ \S+/)
  expect(await onServer(all.map(({ id }) => id))).toHaveLength(48)
  await ann.sync.discard(ann.state().rejected.map(({ rejectedId }) => rejectedId))
})

test('complaint 12: a row that was deleted is not made again by an edit from a device that was away', async () => {
  const tent = item()
  ann.dispatch(items.slice.actions.added(tent))
  await ann.settled()
  await ben.until((state) => state.items.entities[tent.id] !== undefined)
  ben.sync.pause()
  ben.dispatch(items.slice.actions.changed({ id: tent.id, changes: { name: 'Ben’s tent' } }))
  ann.dispatch(items.slice.actions.removed(tent.id))
  await ann.settled()
  ben.sync.resume()
  await ben.settled()
  await ann.settled()
  expect(await onServer([tent.id])).toEqual([])
  expect([ann.items()[tent.id], ben.items()[tent.id]]).toEqual([undefined, undefined])
  expect(ben.sync.history()).toMatchObject([{ id: tent.id, kind: 'edit-delete', outcome: { is: 'deleted', row: { name: 'Ben’s tent' } } }])
})

test('complaint 15: children that were made before their parents go after them, by foreign keys that are checked at once', async () => {
  const [alps, carl] = [crypto.randomUUID(), crypto.randomUUID()]
  const rope = item({ tripId: alps, personId: carl })
  ann.sync.pause()
  ann.dispatch(items.slice.actions.added(rope))
  ann.dispatch(people.slice.actions.added({ id: carl, tripId: alps, name: 'Carl' }))
  ann.dispatch(trips.slice.actions.added({ id: alps, name: 'Alps' }))
  ann.sync.resume()
  await ann.settled()
  expect(ann.state().rejected).toEqual([])
  expect(await onServer([rope.id])).toHaveLength(1)
})

test('complaint 14, 17: answers that are lost three times, and edits meanwhile: the row is made once, as it is on screen', async () => {
  const stove = item({ name: 'Stove' })
  answersToLose = 3
  ann.dispatch(items.slice.actions.added(stove))
  await ann.until(({ sync }) => sync.lastError?.kind === 'network')
  ann.dispatch(items.slice.actions.changed({ id: stove.id, changes: { name: 'Gas stove' } }))
  await ann.settled()
  expect(await onServer([stove.id])).toEqual([{ id: stove.id, name: 'Gas stove' }])
  expect(await backend.sql(`select kind, count(*)::int as times from sync.operations where row_id = $1 group by kind order by kind`, [stove.id])).toEqual([{ kind: 'create', times: 1 }, { kind: 'update', times: 1 }])
})
