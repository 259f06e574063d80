import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { items, openDevice, trips, type Device } from './device.ts'

let backend: LocalSupabase
let ann: Device
let vera: Device

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  const open = async (name: string) => {
    const email = `${name}@example.com`
    await backend.createUser(email, 'packing-list', name)
    return openDevice({ url: backend.url, anonKey: backend.anonKey, email, password: 'packing-list', storage: memoryStorage() })
  }
  ann = await open('ann')
  vera = await open('vera')
})

afterAll(async () => {
  await Promise.all([ann.sync.stop(), vera.sync.stop()])
  await backend.close()
})

test('[OB7] [OB4] [PU3] [PU5] a refused write of a viewer waits in the tray with its reason, leaves the view, and hinders nothing', async () => {
  const shared = crypto.randomUUID()
  const own = crypto.randomUUID()
  const tent = crypto.randomUUID()
  ann.dispatch(trips.slice.actions.added({ id: shared, name: 'Lakes' }))
  ann.dispatch(items.slice.actions.added({ id: tent, tripId: shared, name: 'Tent', quantity: 1, packed: false }))
  await ann.settled()
  await vera.accept(await ann.invite(shared, 'viewer'))
  await vera.until(({ items: { entities } }) => entities[tent] !== undefined)

  vera.sync.pause()
  vera.dispatch(items.slice.actions.changed({ id: tent, changes: { quantity: 9 } }))
  vera.dispatch(trips.slice.actions.added({ id: own, name: 'My own' }))
  vera.dispatch(items.slice.actions.added({ id: crypto.randomUUID(), tripId: own, name: 'Map', quantity: 1, packed: false }))
  vera.sync.resume()
  await vera.settled()

  const [rejected, ...others] = vera.state().rejected
  expect(others).toEqual([])
  expect(rejected).toMatchObject({ collection: 'items', id: tent, status: 'forbidden', changes: [{ patch: { quantity: 9 } }] })
  expect(rejected?.message).not.toBe('')
  expect(vera.items()[tent]?.quantity).toBe(1)
  expect(await backend.sql('select name from public.items where trip_id = $1', [own])).toEqual([{ name: 'Map' }])
  expect(await backend.sql('select quantity from public.items where id = $1', [tent])).toEqual([{ quantity: 1 }])

  await backend.sql(`update public.trip_members set role = 'editor' where trip_id = $1 and role = 'viewer'`, [shared])
  await vera.sync.retry(rejected!.rejectedId)
  await vera.settled()
  expect(vera.state().rejected).toEqual([])
  expect(await backend.sql('select quantity from public.items where id = $1', [tent])).toEqual([{ quantity: 9 }])
})
