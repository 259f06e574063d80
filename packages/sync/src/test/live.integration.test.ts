import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage, selectPresent, type Present } from '../index.ts'
import { items, openDevice, trips, type Device } from './device.ts'

// People who have a trip open see each other, before the stand-in for Realtime, with its policies and its protocol.
let backend: LocalSupabase
let ann: Device
let ben: Device
let trip: string

const open = (name: string) => openDevice({ url: backend.url, anonKey: backend.anonKey, email: `${name}@example.com`, password: 'packing-list', storage: memoryStorage() })

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'memory' } })
  for (const name of ['ann', 'ben', 'cleo']) await backend.createUser(`${name}@example.com`, 'packing-list', name)
  ann = await open('ann')
  ben = await open('ben')
  trip = crypto.randomUUID()
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  await ann.settled()
  await ben.accept(await ann.invite(trip, 'viewer'))
  await ben.settled()
})

afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await backend.close()
})

const others = (device: Device): readonly Present[] => selectPresent(device.store.getState(), trip)
const userOf = async ({ supabase }: Device) => (await supabase.auth.getSession()).data.session?.user.id
const topics = ({ supabase }: Device) => supabase.getChannels().map(({ topic }) => topic).sort()
const isThere = (device: Device) => topics(device).some((topic) => topic.includes(trip))
const alone = (device: Device) => device.until(() => others(device).length === 0)
const seen = (device: Device, where: string | null) => device.until(() => others(device)[0]?.where === where && others(device).length === 1)

test('[C9] two members see each other, what they look at, and that one goes; who only looks at the trip too', async () => {
  const stay = ann.sync.enter(trip, 'tent')
  const visit = ben.sync.enter(trip)
  await Promise.all([seen(ann, null), seen(ben, 'tent')])
  expect(others(ben)).toMatchObject([{ user: await userOf(ann), where: 'tent' }])
  expect(others(ann)).toMatchObject([{ user: await userOf(ben), where: null }])
  visit.move('stove')
  await seen(ann, 'stove')
  visit.leave()
  await alone(ann)
  stay.leave()
  await alone(ben)
})

test('[C9] a tab has one channel for its user and one for each scope that it shows', async () => {
  const user = await userOf(ann)
  const stays = ['tent', 'stove', null].map((where) => ann.sync.enter(trip, where))
  const alps = crypto.randomUUID()
  const elsewhere = ann.sync.enter(alps)
  await expect.poll(() => topics(ann)).toEqual([`realtime:sync:${user}`, `realtime:sync:scope:${trip}`].sort())
  ann.dispatch(trips.slice.actions.added({ id: alps, name: 'Alps' }))
  await ann.settled()
  await expect.poll(() => topics(ann)).toHaveLength(3)
  for (const stay of [...stays, elsewhere]) stay.leave()
  await expect.poll(() => topics(ann)).toEqual([`realtime:sync:${user}`])
})

test('[C9] a device whose line ends without a word is gone for the others, and back when the line is', async () => {
  const stays = [ann.sync.enter(trip), ben.sync.enter(trip)]
  await Promise.all([seen(ann, null), seen(ben, null)])
  await ben.supabase.realtime.disconnect()
  await alone(ann)
  ben.supabase.realtime.connect()
  await seen(ann, null)
  expect(others(ann)).toMatchObject([{ user: await userOf(ben) }])
  for (const stay of stays) stay.leave()
  await alone(ann)
})

test('[C9] nothing that a member tells of themselves is believed for more than it is', async () => {
  const stay = ann.sync.enter(trip)
  await expect.poll(() => isThere(ben)).toBe(false)
  const { supabase } = ben
  const liar = supabase.channel(`sync:scope:${trip}`, { config: { private: true } })
  liar.on('presence', { event: 'sync' }, () => {})
  await new Promise<void>((resolve) => void liar.subscribe((state) => state === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED && resolve()))
  const before = ann.state()
  await liar.track({ user: 'x'.repeat(5_000), device: 'd', where: null, since: 1 })
  await liar.track({ user: await userOf(ann), device: 'd', where: null, since: 1 })
  await seen(ann, null)
  // A name is a name: nothing else of the device has changed by it.
  expect({ ...ann.state(), present: {} }).toEqual({ ...before, present: {} })
  await supabase.removeChannel(liar)
  await alone(ann)
  stay.leave()
})

test('[C9] [PL4] who is removed leaves the channel as soon as the trip is gone from the device; who let them go sees them no more', async () => {
  const stays = [ann.sync.enter(trip), ben.sync.enter(trip)]
  await Promise.all([seen(ann, null), seen(ben, null)])
  await backend.sql('delete from public.trip_members where trip_id = $1 and user_id = $2', [trip, await userOf(ben)])
  await expect.poll(() => isThere(ben)).toBe(false)
  await alone(ann)
  expect(others(ben)).toEqual([])
  // Taken in again, they are there again.
  await backend.sql('insert into public.trip_members (trip_id, user_id, role) values ($1, $2, $3)', [trip, await userOf(ben), 'editor'])
  await seen(ann, null)
  for (const stay of stays) stay.leave()
})

test('[C9] [PL2] while presence comes and goes, pokes go on as they did', async () => {
  const stay = ben.sync.enter(trip)
  const tent = { id: crypto.randomUUID(), tripId: trip, name: 'Tent', quantity: 1, packed: false }
  ann.dispatch(items.slice.actions.added(tent))
  await ben.until((state) => state.items.entities[tent.id] !== undefined)
  expect(ben.items()[tent.id]).toMatchObject(tent)
  stay.leave()
})

/** Why the server refuses what a device asks on its socket; supabase-js has no public way to hear that. */
function heardBy({ supabase }: Device, listener: (reason: string) => void): void {
  interface Socket {
    readonly onMessage: (hear: (message: { readonly payload: { readonly response?: { readonly reason?: string } } }) => void) => void
  }
  const { socketAdapter } = supabase.realtime as unknown as { readonly socketAdapter: { readonly getSocket: () => Socket } }
  socketAdapter.getSocket().onMessage(({ payload }) => listener(payload.response?.reason ?? ''))
}

test('[PL2] complaint 1: whose channel is refused hears the news by polls, and is seldom refused', async () => {
  const policies = await backend.sql(`select policyname as name from pg_policies where tablename = 'messages' and schemaname = 'realtime'`)
  for (const { name } of policies) await backend.sql(`drop policy "${String(name)}" on realtime.messages`)
  const cleo = await open('cleo')
  const stay = cleo.sync.enter(trip)
  const refusals: string[] = []
  heardBy(cleo, (reason) => reason.startsWith('Unauthorized') && refusals.push(reason))
  await cleo.accept(await ann.invite(trip, 'viewer'))
  await cleo.until(({ trips: { entities } }) => entities[trip] !== undefined)
  const rope = { id: crypto.randomUUID(), tripId: trip, name: 'Rope', quantity: 1, packed: false }
  ann.dispatch(items.slice.actions.added(rope))
  await cleo.until((state) => state.items.entities[rope.id] !== undefined)
  expect(cleo.items()[rope.id]).toMatchObject(rope)
  // Two channels, each asked for after 1, 2, 4 and 8 seconds.
  expect(refusals.length).toBeGreaterThan(0)
  expect(refusals.length).toBeLessThan(12)
  stay.leave()
  await cleo.sync.stop()
})
