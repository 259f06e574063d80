import { configureStore } from '@reduxjs/toolkit'
import { createClient } from '@supabase/supabase-js'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createSync, memoryStorage, type Network, type Storage } from '../index.ts'
import type { grouped } from '../supabase/wire-groups.ts'
import { items, trips } from './device.ts'
import { singleOps } from './single-ops.ts'

/** A line that never gets through: pokes are of no matter here. */
class NoSocket extends EventTarget {
  readonly readyState = 0
  send(): void {}
  close(): void {}
}

const expiresIn = 3_600
const sessionOf = (user: string, number: number) => ({ access_token: `${user}-${number}`, refresh_token: `refresh-${user}-${number}`, token_type: 'bearer', expires_in: expiresIn, user: { id: user } })

/** What a device keeps over restarts of the program. */
interface Device {
  readonly stores: Map<string, Storage>
  readonly auth: Map<string, string>
  last: string | null
}

const freshDevice = (): Device => ({ stores: new Map(), auth: new Map(), last: null })

/** A server with sessions that it takes, or not, and the requests that came to it, with the token that each carried. */
function serverOf() {
  const state = {
    isReached: true,
    /** Of the refresh tokens. */
    areRevoked: false,
    /** The tokens that it takes; of any other the sender is anonymous. */
    isGood: (_token: string): boolean => true,
    pushes: [] as { token: string; ids: string[] }[],
    renewals: 0,
  }
  const fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input)
    if (!state.isReached) throw new TypeError('fetch failed')
    if (url.includes('/auth/v1/token')) return token(url, JSON.parse(init.body as string) as { refresh_token?: string; email?: string })
    const bearer = new Headers(init.headers).get('authorization')?.replace('Bearer ', '') ?? ''
    if (bearer === 'anon-key' || !state.isGood(bearer)) return Response.json({ code: 'PT401', message: 'Sign in.' }, { status: 401 })
    const user = bearer.split('-')[0]!
    if (url.includes('/sync_pull')) return Response.json({ unchanged: true })
    const { ops } = JSON.parse(init.body as string) as { ops: ReturnType<typeof grouped> }
    const single = singleOps(ops)
    state.pushes.push({ token: bearer, ids: single.map(({ id }) => id) })
    return Response.json({ user, now: new Date().toISOString(), answers: single.map(({ op_id }) => ({ op_id, status: 'applied', version: 1 })) })
  }
  const token = (url: string, { refresh_token, email }: { readonly refresh_token?: string; readonly email?: string }): Response => {
    if (!url.includes('refresh_token')) return Response.json(sessionOf(email!.split('@')[0]!, 0))
    state.renewals += 1
    if (state.areRevoked) return Response.json({ code: 'refresh_token_not_found', message: 'Invalid Refresh Token' }, { status: 400 })
    const [, user, number] = refresh_token!.split('-')
    return Response.json(sessionOf(user!, Number(number) + 1))
  }
  return { state, fetch }
}

/** The app of a README, with an unmodified client that keeps its session on the device. */
async function openApp(device: Device, { fetch }: ReturnType<typeof serverOf>, isOnline: () => boolean = () => true) {
  const networkListeners = new Set<Parameters<Network['subscribe']>[0]>()
  const supabase = createClient('http://supabase.test', 'anon-key', {
    auth: {
      autoRefreshToken: true,
      storage: { getItem: (key) => device.auth.get(key) ?? null, setItem: (key, value) => void device.auth.set(key, value), removeItem: (key) => void device.auth.delete(key) },
    },
    global: { fetch },
    realtime: { transport: NoSocket as never },
  })
  const sync = createSync({
    supabase,
    storage: (user) => {
      const store = device.stores.get(user) ?? memoryStorage()
      device.stores.set(user, store)
      return Promise.resolve(store)
    },
    lastUser: { read: () => device.last, write: (user) => void (device.last = user) },
    network: { online: isOnline, subscribe: (listener) => (networkListeners.add(listener), () => networkListeners.delete(listener)) },
    collections: { trips: { adapter: trips.adapter, scope: 'id' }, items: { adapter: items.adapter, scope: 'tripId', references: { tripId: 'trips' } } },
  })
  const store = configureStore({
    reducer: sync.reducer({ trips: trips.slice.reducer, items: items.slice.reducer }),
    middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
  })
  const asked: boolean[] = []
  store.subscribe(() => asked.push(store.getState().sync.paused.includes('signed-out')))
  const end = async () => {
    await supabase.auth.stopAutoRefresh()
    await sync.stop()
  }
  onTestFinished(end)
  void sync.start(store)
  await vi.advanceTimersByTimeAsync(100)
  return {
    sync,
    end,
    state: () => store.getState().sync,
    items: () => Object.keys(store.getState().items.entities),
    add: (id: string) => void store.dispatch(items.slice.actions.added({ id, tripId: 'lakes', name: id, quantity: 1, packed: false })),
    signIn: async (user: string) => {
      await supabase.auth.signInWithPassword({ email: `${user}@example.com`, password: 'packing-list' })
      await vi.advanceTimersByTimeAsync(1_000)
    },
    network: (event: 'online' | 'offline') => networkListeners.forEach((listener) => listener(event)),
    /** How often the person was asked to sign in again. */
    prompts: () => asked.filter((isNow, index) => isNow && asked[index - 1] === false).length,
  }
}

/** A device on which Ann is signed in, and has closed the app. */
async function annsDevice(server: ReturnType<typeof serverOf>): Promise<Device> {
  const device = freshDevice()
  const app = await openApp(device, server)
  await app.signIn('ann')
  app.add('tent')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(app.state()).toMatchObject({ user: 'ann', pending: 0 })
  await app.end()
  return device
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('complaint 7: a token that expires, or is missing, loses what waits, or sends it as nobody', () => {
  test('refused as anonymous between two requests, it is renewed, and the same goes out as the same user; nobody is asked', async () => {
    const server = serverOf()
    const app = await openApp(await annsDevice(server), server)
    server.state.isGood = (token) => token === 'ann-1'
    app.add('stove')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(server.state.pushes.slice(1)).toEqual([{ token: 'ann-1', ids: ['stove'] }])
    expect([server.state.renewals, app.prompts(), app.state().pending]).toEqual([1, 0, 0])
  })

  test('that cannot be renewed, pauses the queue: asked once, for hours, nothing is dropped, failed, counted or sent with the key of the app', async () => {
    const server = serverOf()
    const app = await openApp(await annsDevice(server), server)
    server.state.isGood = () => false
    server.state.areRevoked = true
    app.add('stove')
    await vi.advanceTimersByTimeAsync(3 * expiresIn * 1_000)
    app.add('cup')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(app.state()).toMatchObject({ user: 'ann', pending: 2, paused: ['signed-out'], rejected: [], health: 'healthy' })
    expect(app.items()).toEqual(['tent', 'stove', 'cup'])
    expect(app.prompts()).toBe(1)
    expect(server.state.pushes).toHaveLength(1)
    server.state.isGood = () => true
    server.state.areRevoked = false
    await app.signIn('ann')
    expect(server.state.pushes.slice(1).flatMap(({ ids }) => ids)).toEqual(['stove', 'cup'])
    expect(app.state()).toMatchObject({ pending: 0, paused: [] })
  })

  test('is not there at all: nothing goes out as nobody, nor as who signs in instead', async () => {
    const server = serverOf()
    const device = await annsDevice(server)
    const offline = await openApp(device, server, () => false)
    offline.add('stove')
    await offline.sync.flush()
    await offline.end()
    device.auth.clear()
    const app = await openApp(device, server)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(app.state()).toMatchObject({ user: 'ann', pending: 1, paused: ['signed-out'] })
    await app.signIn('ben')
    expect([app.state().user, app.items()]).toEqual(['ben', []])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.state.pushes).toHaveLength(1)
    await app.signIn('ann')
    expect(server.state.pushes.slice(1)).toEqual([{ token: 'ann-0', ids: ['stove'] }])
  })
})

describe('complaint 8: a token that is renewed without a network signs the user out', () => {
  test('an app that is opened offline after hours shows the user’s data, keeps what they do, and is in step 10 s after the network is back', async () => {
    const server = serverOf()
    const device = await annsDevice(server)
    await vi.advanceTimersByTimeAsync(2 * expiresIn * 1_000)
    server.state.isReached = false
    const app = await openApp(device, server, () => server.state.isReached)
    expect([app.state().user, app.items()]).toEqual(['ann', ['tent']])
    app.add('stove')
    // As long as auth-js tries, and then keeps that it failed for a minute.
    await vi.advanceTimersByTimeAsync(40_000)
    expect(app.state()).toMatchObject({ user: 'ann', pending: 1, paused: ['offline'] })
    server.state.isReached = true
    app.network('online')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(server.state.pushes.slice(1)).toEqual([{ token: 'ann-1', ids: ['stove'] }])
    expect([app.state().pending, app.prompts()]).toEqual([0, 0])
  })

  test('nor does one that expires while the app is open and the server is out of reach, though the device takes itself to be online', async () => {
    const server = serverOf()
    const app = await openApp(await annsDevice(server), server)
    server.state.isReached = false
    app.add('stove')
    await vi.advanceTimersByTimeAsync(2 * expiresIn * 1_000)
    expect(app.state()).toMatchObject({ user: 'ann', pending: 1, paused: [] })
    expect(app.items()).toEqual(['tent', 'stove'])
    server.state.isReached = true
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.state.pushes.slice(1)).toEqual([{ token: 'ann-1', ids: ['stove'] }])
    expect(app.prompts()).toBe(0)
  })

  test('nor one that the server refuses to renew: the data stay, and whoever is back goes on where they were', async () => {
    const server = serverOf()
    const app = await openApp(await annsDevice(server), server)
    server.state.areRevoked = true
    await vi.advanceTimersByTimeAsync(2 * expiresIn * 1_000)
    app.add('stove')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(app.state()).toMatchObject({ user: 'ann', pending: 1, paused: ['signed-out'] })
    expect(app.items()).toEqual(['tent', 'stove'])
    expect(app.prompts()).toBe(1)
    await app.signIn('ann')
    expect(app.state()).toMatchObject({ pending: 0, paused: [] })
  })
})
