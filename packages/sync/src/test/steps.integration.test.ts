import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { items, openDevice, people, trips, type Device, type Item } from './device.ts'

let backend: LocalSupabase
let ann: Device
let ben: Device
let trip: string
let tent: string

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  const open = async (name: string) => {
    const email = `${name}@example.com`
    await backend.createUser(email, 'packing-list', name)
    return openDevice({ url: backend.url, anonKey: backend.anonKey, email, password: 'packing-list', storage: memoryStorage(), careful: true })
  }
  ann = await open('ann')
  ben = await open('ben')
})

afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await backend.close()
})

beforeEach(async () => {
  trip = crypto.randomUUID()
  tent = crypto.randomUUID()
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  ann.dispatch(items.slice.actions.added({ id: tent, tripId: trip, name: 'Tent', quantity: 1, packed: false }))
  await ann.settled()
  await ben.accept(await ann.invite(trip, 'editor'))
  await ben.until(({ items: { entities } }) => entities[tent] !== undefined)
})

const edit = (device: Device, changes: Partial<Item>) => device.dispatch(items.slice.actions.changed({ id: tent, changes }))
const stored = async () => (await backend.sql('select name, quantity from public.items where id = $1', [tent]))[0]

async function apart(work: () => void): Promise<void> {
  ann.sync.pause()
  ben.sync.pause()
  work()
  ann.sync.resume()
  await ann.settled()
  ben.sync.resume()
  await ben.settled()
  await ann.settled()
}

test('[PU2] two people who add one each, apart, add two', async () => {
  await apart(() => {
    edit(ann, { quantity: 2 })
    edit(ben, { quantity: 2 })
  })
  expect(await stored()).toMatchObject({ quantity: 3 })
  expect([ann, ben].map((device) => device.items()[tent]?.quantity)).toEqual([3, 3])
})

test('[A7] of a step that the server refuses in part it does nothing, and all of it waits in the tray; mended, all goes through', async () => {
  const cleo = crypto.randomUUID()
  const map = crypto.randomUUID()
  ann.sync.atomically(() => {
    ann.dispatch(people.slice.actions.added({ id: cleo, tripId: trip, name: 'Cleo' }))
    ann.dispatch(items.slice.actions.added({ id: map, tripId: trip, name: 'Map', quantity: 1, packed: false, personId: cleo }))
    edit(ann, { quantity: -5 })
  })
  await ann.settled()
  expect(ann.state().rejected.map(({ id }) => id).sort()).toEqual([cleo, map, tent].sort())
  expect(await backend.sql('select id from public.people where id = $1', [cleo])).toEqual([])
  expect([ann.people()[cleo], ann.items()[map]]).toEqual([undefined, undefined])

  const wrong = ann.state().rejected.find(({ id }) => id === tent)
  await ann.sync.edit(wrong!.rejectedId, { quantity: 4 })
  await ann.settled()
  expect(ann.state().rejected).toEqual([])
  expect(await stored()).toMatchObject({ quantity: 4 })
  expect(await backend.sql('select person_id from public.items where id = $1', [map])).toEqual([{ person_id: cleo }])
})

test('[A6] a step is taken back and done again after it was synced; what somebody else has edited since stays', async () => {
  edit(ann, { name: 'Big tent', packed: true })
  await ann.settled()
  await ben.settled()
  edit(ben, { packed: false })
  await ben.settled()
  await ann.settled()
  expect(await ann.sync.undo()).toBe(true)
  await ann.settled()
  await ben.settled()
  expect(ben.items()[tent]).toMatchObject({ name: 'Tent', packed: false })
  expect(await ann.sync.redo()).toBe(true)
  await ann.settled()
  expect(await stored()).toMatchObject({ name: 'Big tent' })
})

test('[CO5] [D4] a conflict that a person decides by a third value, and takes back', async () => {
  await apart(() => {
    edit(ann, { name: 'Igloo' })
    edit(ben, { name: 'Tipi' })
  })
  const [conflict] = ben.state().conflicts
  expect(conflict).toMatchObject({ id: tent, fields: [{ field: 'name', base: 'Tent', local: 'Tipi', remote: 'Igloo' }] })
  await ben.sync.resolve(conflict!.conflictId, { merged: { name: 'Yurt' } })
  await ben.settled()
  expect(await stored()).toMatchObject({ name: 'Yurt' })
  const [decision] = ben.sync.history()
  expect(decision).toMatchObject({ decidedBy: 'person', fields: [{ local: 'Tipi', remote: 'Igloo', kept: 'Yurt' }] })
  await ben.sync.undoResolution(decision!.resolutionId)
  await ben.settled()
  expect(await stored()).toMatchObject({ name: 'Igloo' })
})
