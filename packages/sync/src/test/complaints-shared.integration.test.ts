import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { memoryStorage, type Storage } from '../index.ts'
import { items, openDevice, trips, type Device, type Item } from './device.ts'

// Against a real Postgres and the real migrations; what the device makes of such answers alone is in the other files of this name.
let backend: LocalSupabase
let ann: Device
let ben: Device
let benStorage: Storage
let benId: string

const open = (name: string, storage: Storage) => openDevice({ url: backend.url, anonKey: backend.anonKey, email: `${name}@example.com`, password: 'packing-list', storage })

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  await backend.createUser('ann@example.com', 'packing-list', 'ann')
  benId = (await backend.createUser('ben@example.com', 'packing-list', 'ben')).id
  benStorage = memoryStorage()
  ann = await open('ann', memoryStorage())
  ben = await open('ben', benStorage)
})
afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await backend.close()
})

const item = (tripId: string, given: Partial<Item> = {}): Item => ({ id: crypto.randomUUID(), tripId, name: 'Tent', quantity: 1, packed: false, ...given })

/** A trip of Ann's with one item, which Ben has too. */
async function sharedTrip(name: string) {
  const trip = crypto.randomUUID()
  const tent = item(trip, { name })
  ann.dispatch(trips.slice.actions.added({ id: trip, name }))
  ann.dispatch(items.slice.actions.added(tent))
  await ann.settled()
  await ben.accept(await ann.invite(trip, 'editor'))
  await ben.until((state) => state.items.entities[tent.id] !== undefined)
  return { trip, tent }
}

const revoke = (trip: string) => ann.supabase.from('trip_members').delete().eq('trip_id', trip).eq('user_id', benId).throwOnError()
const stored = async (storage: Storage) => JSON.stringify(await storage.readAll())
const rpc = async (device: Device, name: string, parameters: object): Promise<unknown> => (await device.supabase.rpc(name, parameters).throwOnError()).data
const onServer = (id: string) => backend.sql('select name, sync_version from public.items where id = $1', [id])

test('COMPLAINTS 11 [PL4] a trip that is no longer shared leaves a device that is online by itself, its storage too, and the server gives nothing of it away', async () => {
  const { trip, tent } = await sharedTrip('Secret place')
  await ben.settled()
  expect(await stored(benStorage)).toContain('Secret place')
  await revoke(trip)
  await ben.until((state) => state.trips.entities[trip] === undefined && state.items.entities[tent.id] === undefined)
  await vi.waitFor(async () => expect(await stored(benStorage)).not.toContain('Secret place'))

  ann.dispatch(items.slice.actions.changed({ id: tent.id, changes: { name: 'Another secret' } }))
  await ann.settled()
  await ben.settled()
  const pulled = await rpc(ben, 'sync_pull', { request: { cursors: { [trip]: '1' } } })
  expect(pulled).toMatchObject({ gone: [{ scope: trip, reason: 'revoked' }] })
  const late = { op_id: crypto.randomUUID(), collection: 'items', kind: 'update', id: tent.id, scope: trip, base_version: 1, patch: { packed: true }, base: { packed: false }, time: new Date().toISOString() }
  const pushed = await rpc(ben, 'sync_push', { ops: [late] })
  expect(pushed).toMatchObject({ answers: [{ status: 'not_found' }] })
  expect(`${await stored(benStorage)}${JSON.stringify([pulled, pushed])}`).not.toMatch(/[Ss]ecret/)
})

test('COMPLAINTS 11 [PL4] what one had changed in it while offline is not lost with it: it waits in the tray, and nothing of it was done', async () => {
  const { trip, tent } = await sharedTrip('Alps')
  ben.sync.pause()
  const rope = item(trip, { name: 'Rope' })
  ben.dispatch(items.slice.actions.changed({ id: tent.id, changes: { name: 'Ben’s tent' } }))
  ben.dispatch(items.slice.actions.added(rope))
  await ben.sync.flush()
  await revoke(trip)
  ben.sync.resume()
  await ben.until(({ sync, trips: { entities } }) => sync.pending === 0 && entities[trip] === undefined)
  expect(new Set(ben.state().rejected.map(({ id }) => id))).toEqual(new Set([tent.id, rope.id]))
  expect(await onServer(tent.id)).toMatchObject([{ name: 'Alps' }])
  expect(await onServer(rope.id)).toEqual([])
  await ben.sync.discard(ben.state().rejected.map(({ rejectedId }) => rejectedId))
})

test('COMPLAINTS 12 [PL6] a deleted row does not come back from a device that was away for longer than tombstones are kept, nor by a copy of the request that made it', async () => {
  const { trip, tent } = await sharedTrip('Lakes')
  ben.sync.pause()
  ben.dispatch(items.slice.actions.changed({ id: tent.id, changes: { name: 'Ben’s tent' } }))
  await ben.sync.flush()
  const make = { op_id: crypto.randomUUID(), collection: 'items', kind: 'create', id: crypto.randomUUID(), scope: trip, base_version: null, patch: { name: 'Stove' }, time: new Date().toISOString() }
  await rpc(ann, 'sync_push', { ops: [make] })
  await ann.settled()
  ann.dispatch(items.slice.actions.removed(tent.id))
  ann.dispatch(items.slice.actions.removed(make.id))
  await ann.settled()

  await backend.sql(`update sync.settings set tombstones_kept = '0'`)
  await backend.sql('select * from sync.gc()')
  expect(await backend.sql('select row_id from sync.tombstones where scope_id = $1', [trip])).toEqual([])
  expect(await rpc(ann, 'sync_push', { ops: [make] })).toMatchObject({ answers: [{ status: 'duplicate' }] })
  ben.sync.resume()
  await ben.settled()
  await ann.settled()
  for (const id of [tent.id, make.id]) {
    expect(await onServer(id)).toEqual([])
    expect([ann.items()[id], ben.items()[id]]).toEqual([undefined, undefined])
  }
  expect(await stored(benStorage)).toContain('Ben’s tent')
  await backend.sql(`update sync.settings set tombstones_kept = '90 days'`)
})

test('COMPLAINTS 16 [PU3] of a thousand rows in one request ten are bad, each in its own way: 990 are done, where a plain bulk insert does none', async () => {
  const { trip } = await sharedTrip('Coast')
  const elsewhere = crypto.randomUUID()
  const bad: Array<[patch: object, scope: string, status: string]> = [
    [{ name: '' }, trip, 'invalid'],
    [{ name: 'x', quantity: -1 }, trip, 'invalid'],
    [{ name: 'x', quantity: 'many' }, trip, 'invalid'],
    [{ name: 'x', colour: 'red' }, trip, 'invalid'],
    [{ name: 'x', sync_version: 1 }, trip, 'invalid'],
    [{ name: null }, trip, 'invalid'],
    [{ name: 'x'.repeat(201) }, trip, 'invalid'],
    [{ name: 'x', person_id: crypto.randomUUID() }, trip, 'invalid'],
    [{ name: 'x' }, elsewhere, 'forbidden'],
    [{ name: 'x', notes: 'x'.repeat(300_000) }, trip, 'invalid'],
  ]
  const time = new Date().toISOString()
  const ops = Array.from({ length: 1_000 }, (_, place) => {
    const [patch, scope] = place % 100 === 37 ? bad[Math.floor(place / 100)]! : [{ name: 'x' }, trip]
    return { op_id: crypto.randomUUID(), collection: 'items', kind: 'create', id: crypto.randomUUID(), scope, base_version: null, patch, time }
  })
  const { answers } = (await rpc(ann, 'sync_push', { ops })) as { answers: Array<{ status: string; code?: string; message?: string }> }
  const refused = answers.filter(({ status }) => status !== 'applied')
  expect(refused.map(({ status }) => status)).toEqual(bad.map(([, , status]) => status))
  for (const { code, message } of refused) expect(`${code}: ${message}`).toMatch(/^\S+: \S+ .+/)
  expect(await backend.sql('select count(*)::int as items from public.items where trip_id = $1', [trip])).toEqual([{ items: 991 }])

  const rows = ops.slice(0, 100).map(({ patch }) => ({ id: crypto.randomUUID(), trip_id: trip, ...patch }))
  expect((await ann.supabase.from('items').insert(rows)).error).not.toBeNull()
  expect(await backend.sql('select count(*)::int as items from public.items where trip_id = $1', [trip])).toEqual([{ items: 991 }])
})
