import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage, selectPresent } from '../index.ts'
import { items, openDevice, trips, type Device } from './device.ts'

// What becomes of a device's channels when its token runs out, before a server whose tokens last a few seconds.
const lifetime = 4
let backend: LocalSupabase
let ann: Device
let ben: Device
let trip: string
/** Ann's session cannot be renewed: the network swallows the request. */
let isCut = false

const withoutRenewal: typeof fetch = (input, init) => {
  const url = input instanceof Request ? input.url : String(input)
  return isCut && url.includes('grant_type=refresh_token') ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)
}

const open = (name: string) =>
  openDevice({ url: backend.url, anonKey: backend.anonKey, email: `${name}@example.com`, password: 'packing-list', storage: memoryStorage(), ...(name === 'ann' && { fetch: withoutRenewal }) })

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'memory' }, jwtExpiry: lifetime })
  for (const name of ['ann', 'ben']) await backend.createUser(`${name}@example.com`, 'packing-list', name)
  ann = await open('ann')
  ben = await open('ben')
  trip = crypto.randomUUID()
  ben.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  await ben.settled()
  await ann.accept(await ben.invite(trip, 'editor'))
  await ann.settled()
})

afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await backend.close()
})

const channels = () => ann.supabase.getChannels()
const states = () => channels().map(({ state }) => state)
const expiry = async () => ((await ann.supabase.auth.getSession()).data.session?.expires_at ?? 0) * 1_000

const seenByBen = () => selectPresent(ben.store.getState(), trip).length

/** Ben adds something; resolves when Ann has it. */
async function heardFromBen(name: string): Promise<void> {
  const item = { id: crypto.randomUUID(), tripId: trip, name, quantity: 1, packed: false }
  ben.dispatch(items.slice.actions.added(item))
  await ann.until((state) => state.items.entities[item.id] !== undefined)
}

test('[ID1] [C9] a token that is renewed in time is given to the channels, which outlive the one before', async () => {
  const stay = ann.sync.enter(trip)
  await expect.poll(states).toEqual(['joined', 'joined'])
  const before = channels()
  const first = await expiry()
  await expect
    .poll(async () => {
      // As supabase-js does by itself, with tokens that last an hour.
      await ann.supabase.auth.refreshSession()
      return Date.now() > first + 1_000
    }, { interval: 500 })
    .toBe(true)
  expect(channels()).toEqual(before)
  expect(states()).toEqual(['joined', 'joined'])
  await heardFromBen('Tent')
  stay.leave()
})

test('[PL2] [ID1] complaint 1, 7: a session that cannot be renewed costs the channels, not the news, and they are joined again once it can be', async () => {
  const stays = [ann.sync.enter(trip), ben.sync.enter(trip)]
  await expect.poll(states).toEqual(['joined', 'joined'])
  await expect.poll(seenByBen).toBe(1)
  isCut = true
  await expect.poll(states).toEqual([])
  ben.dispatch(items.slice.actions.added({ id: crypto.randomUUID(), tripId: trip, name: 'Stove', quantity: 1, packed: false }))
  await ben.settled()
  expect(Object.values(ann.items()).map(({ name }) => name)).not.toContain('Stove')
  isCut = false
  await ann.until((state) => Object.values(state.items.entities).some(({ name }) => name === 'Stove'))
  await expect.poll(states).toEqual(['joined', 'joined'])
  await expect.poll(seenByBen).toBe(1)
  await heardFromBen('Rope')
  expect(ann.state().paused).toEqual([])
  for (const stay of stays) stay.leave()
})
