import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { items, openDevice, trips, type Device } from './device.ts'

let backend: LocalSupabase
let ann: Device
let ben: Device
const [trip, tent] = [crypto.randomUUID(), crypto.randomUUID()]

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  const open = async (name: string) => {
    const email = `${name}@example.com`
    await backend.createUser(email, 'packing-list', name)
    return openDevice({ url: backend.url, anonKey: backend.anonKey, email, password: 'packing-list', storage: memoryStorage() })
  }
  ann = await open('ann')
  ben = await open('ben')
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  ann.dispatch(items.slice.actions.added({ id: tent, tripId: trip, name: 'Tent', quantity: 1, packed: false }))
  await ann.settled()
  await ben.accept(await ann.invite(trip, 'editor'))
  await ben.until(({ items: { entities } }) => entities[tent] !== undefined)
  ben.dispatch(items.slice.actions.changed({ id: tent, changes: { quantity: 2 } }))
  await ben.settled()
})

afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await backend.close()
})

test('[C3] [F2] the log of an entity tells who changed which field from what to what, in the names of the app', async () => {
  const { entries, before } = await ann.sync.changeLog({ collection: 'items', id: tent })
  expect(before).toBeNull()
  expect(entries).toMatchObject([
    { kind: 'update', user: ben.state().user, patch: { quantity: 2 }, baseValues: { quantity: 1 }, status: 'done' },
    { kind: 'create', user: ann.state().user, patch: { tripId: trip, name: 'Tent' } },
  ])
})

test('[C3] [F2] so does that of a scope', async () => {
  const { entries } = await ann.sync.changeLog({ scope: trip })
  expect(entries.map(({ collection, kind }) => `${kind} ${collection}`)).toEqual(['update items', 'create items', 'create trips'])
})

test('[C3] the log of another trip tells nothing', async () => {
  const { entries } = await ben.sync.changeLog({ scope: crypto.randomUUID() })
  expect(entries).toEqual([])
})

test('[F2] the device knows its own part by itself, what waits included', async () => {
  ben.sync.pause()
  ben.dispatch(items.slice.actions.changed({ id: tent, changes: { packed: true } }))
  await ben.sync.flush()
  expect(ben.sync.deviceLog({ collection: 'items', id: tent })).toMatchObject([
    { patch: { packed: true }, status: 'waiting' },
    { patch: { quantity: 2 }, status: 'done' },
  ])
  ben.sync.resume()
  await ben.settled()
})

test('[C6] a log that cannot be fetched is an error that says so', async () => {
  await expect(ann.sync.changeLog({ scope: 'no uuid' })).rejects.toMatchObject({ name: 'TransportError', message: expect.stringContaining('history') as string })
})
