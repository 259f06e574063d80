import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { items, openDevice, people, trips, type Device, type Item } from './device.ts'

let backend: LocalSupabase
const devices: Device[] = []

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  for (const name of ['ann', 'ben', 'cleo']) {
    const email = `${name}@example.com`
    await backend.createUser(email, 'packing-list', name)
    devices.push(await openDevice({ url: backend.url, anonKey: backend.anonKey, email, password: 'packing-list', storage: memoryStorage() }))
  }
})

afterAll(async () => {
  await Promise.all(devices.map(({ sync }) => sync.stop()))
  await backend.close()
})

test('[CO1] [PU2] [PL1] three people edit one list offline, come back, and agree; then they see each other live', async () => {
  const [ann, ben, cleo] = devices as [Device, Device, Device]
  const trip = crypto.randomUUID()
  const id = Object.fromEntries(['brush', 'tent', 'socks', 'soap', 'map', 'cup'].map((name) => [name, crypto.randomUUID()])) as Record<string, string>
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  for (const name of ['brush', 'tent', 'socks', 'soap']) {
    ann.dispatch(items.slice.actions.added({ id: id[name]!, tripId: trip, name, quantity: 1, packed: false }))
  }
  await ann.settled()
  const token = await ann.invite(trip, 'editor')
  for (const { accept, until } of [ben, cleo]) {
    await accept(token)
    await until(({ items: { ids } }) => ids.length === 4)
  }

  for (const { sync } of devices) sync.pause()
  const change = items.slice.actions.changed
  ann.dispatch(change({ id: id['brush']!, changes: { name: 'Toothbrush' } }))
  ann.dispatch(change({ id: id['tent']!, changes: { packed: true } }))
  ann.dispatch(change({ id: id['socks']!, changes: { packed: true } }))
  ann.dispatch(items.slice.actions.added({ id: id['map']!, tripId: trip, name: 'Map', quantity: 1, packed: false }))
  ben.dispatch(change({ id: id['brush']!, changes: { quantity: 3 } }))
  ben.dispatch(items.slice.actions.removed(id['soap']!))
  ben.dispatch(people.slice.actions.added({ id: crypto.randomUUID(), tripId: trip, name: 'Kim' }))
  cleo.dispatch(change({ id: id['brush']!, changes: { category: 'Bath' } }))
  cleo.dispatch(items.slice.actions.added({ id: id['cup']!, tripId: trip, name: 'Cup', quantity: 2, packed: false }))
  await Promise.all(devices.map(({ sync }) => sync.flush()))
  expect(devices.map(({ state }) => state().pending)).toEqual([4, 3, 2])

  for (const { sync } of devices) sync.resume()
  await Promise.all(devices.map(({ until }) => until(({ sync, items: { entities }, people: { ids } }) => {
    const brush = entities[id['brush']!]
    return sync.pending === 0 && Object.keys(entities).length === 5 && ids.length === 1 && brush?.quantity === 3 && brush.name === 'Toothbrush' && brush.category === 'Bath' && entities[id['tent']!]?.packed === true
  })))

  const shown = devices.map((device) => sorted(Object.values(device.items()).map(visible)))
  const inDatabase = sorted(await backend.sql('select id, name, quantity, packed, category from public.items where trip_id = $1', [trip]))
  expect(shown[0]).toEqual(inDatabase)
  expect(shown[1]).toEqual(inDatabase)
  expect(shown[2]).toEqual(inDatabase)
  expect(devices.map(({ state }) => [state().conflicts.length, state().rejected.length])).toEqual([[0, 0], [0, 0], [0, 0]])

  ann.dispatch(change({ id: id['cup']!, changes: { packed: true } }))
  await Promise.all([ben, cleo].map(({ until }) => until(({ items: { entities } }) => entities[id['cup']!]?.packed === true)))
})

const visible = ({ id, name, quantity, packed, category }: Item) => ({ id, name, quantity, packed, category })
const sorted = <T extends Record<string, unknown>>(rows: T[]): T[] => rows.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
