import { configureStore } from '@reduxjs/toolkit'
import type { AuthChangeEvent, SupabaseClient } from '@supabase/supabase-js'
import { createSync, memoryStorage, type CollectionOptions, type Storage, type SyncEvent, type SyncOptions } from '../index.ts'
import type { WireAnswer, WireOp } from '../supabase/wire.ts'
import type { grouped } from '../supabase/wire-groups.ts'
import { fakeEnvironment, type FakeEnvironment } from '../testing/fake-environment.ts'
import { items, people, trips } from './device.ts'
import { singleOps } from './single-ops.ts'

type Listener = (event: AuthChangeEvent, session: { readonly user: { readonly id: string } } | null) => void

/** As much of a client as the package uses, in memory. It answers as told; `online` false: no answer comes. */
export interface StubSupabase {
  readonly supabase: SupabaseClient
  /** The ops of each push that was answered, with the user in whose name they came. */
  readonly pushes: { readonly user: string; readonly ops: readonly WireOp[] }[]
  online: boolean
  /** Default: applied. */
  answer: (op: WireOp) => WireAnswer
  readonly signIn: (user: string) => void
  readonly signOut: () => void
}

const applied = ({ op_id, base_version }: WireOp): WireAnswer => ({ op_id, status: 'applied', version: (base_version ?? 0) + 1 })

/** A server that refuses what is done to the entities of these ids, and applies everything else. */
export const refusing =
  (...ids: readonly string[]) =>
  (op: WireOp): WireAnswer =>
    ids.includes(op.id) ? { op_id: op.op_id, status: 'invalid', code: '23514', message: 'It must not be.' } : applied(op)

export function stubSupabase(now: () => number): StubSupabase {
  const listeners = new Set<Listener>()
  let user: string | null = 'ann'
  const session = () => (user === null ? null : { user: { id: user } })
  const tell = (event: AuthChangeEvent) => {
    for (const listener of listeners) listener(event, session())
  }
  const time = () => new Date(now()).toISOString()
  const call = (name: string, parameters: { readonly ops?: ReturnType<typeof grouped> }) => {
    if (!stub.online) return { data: null, error: { message: 'TypeError: fetch failed', code: '' }, status: 0 }
    if (name === 'sync_pull') return { data: { unchanged: true }, error: null, status: 200 }
    const ops = structuredClone(singleOps(parameters.ops ?? []))
    stub.pushes.push({ user: user ?? '', ops })
    return { data: { user, now: time(), answers: ops.map((op) => stub.answer(op)) }, error: null, status: 200 }
  }
  const channel = { on: () => channel, subscribe: () => channel }
  const client = {
    auth: {
      onAuthStateChange: (listener: Listener) => {
        listeners.add(listener)
        listener('INITIAL_SESSION', session())
        return { data: { subscription: { unsubscribe: () => listeners.delete(listener) } } }
      },
      getSession: () => Promise.resolve({ data: { session: session() }, error: null }),
      signOut: () => {
        stub.signOut()
        return Promise.resolve({ error: null })
      },
      refreshSession: () => Promise.resolve({ data: { session: null }, error: null }),
    },
    rpc: (name: string, parameters: object) => ({ abortSignal: () => Promise.resolve(call(name, parameters)) }),
    channel: () => channel,
    removeChannel: () => Promise.resolve('ok'),
    realtime: { isConnected: () => true },
  }
  const stub: StubSupabase = {
    supabase: client as unknown as SupabaseClient,
    pushes: [],
    online: true,
    answer: applied,
    signIn: (name) => {
      user = name
      tell('SIGNED_IN')
    },
    signOut: () => {
      user = null
      tell('SIGNED_OUT')
    },
  }
  return stub
}

export type StubbedApp = Awaited<ReturnType<typeof stubbedApp>>

export interface StubbedAppParts {
  /** Ann's. */
  readonly storage?: Storage
  /** Settings of the items that differ from the usual. */
  readonly items?: Partial<CollectionOptions>
  readonly options?: Partial<SyncOptions>
  readonly environment?: FakeEnvironment
}

/** An app as in the README, before `start`: a store of trips, people and items, the package's public face, and a stub of the client. */
export function stubbedApp({ storage = memoryStorage(), items: settings = {}, options = {}, environment = fakeEnvironment() }: StubbedAppParts = {}) {
  const stub = stubSupabase(environment.now)
  // A guest has another.
  const stores = new Map([['ann', storage]])
  const storeOf = (user: string) => {
    const store = stores.get(user) ?? memoryStorage()
    stores.set(user, store)
    return Promise.resolve(store)
  }
  const references = { tripId: 'trips', personId: 'people' }
  const sync = createSync({
    supabase: stub.supabase,
    storage: storeOf,
    environment,
    collections: {
      trips: { adapter: trips.adapter, scope: 'id' },
      people: { adapter: people.adapter, scope: 'tripId', references: { tripId: 'trips' } },
      items: { adapter: items.adapter, scope: 'tripId', references, ...settings },
    },
    ...options,
  })
  const store = configureStore({
    reducer: sync.reducer({ trips: trips.slice.reducer, people: people.slice.reducer, items: items.slice.reducer }),
    middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
  })
  const events: SyncEvent[] = []
  sync.subscribe((event) => events.push(event))
  return {
    stub,
    environment,
    sync,
    store,
    events,
    storage,
    state: () => store.getState().sync,
    items: () => store.getState().items.entities as Readonly<Record<string, object>>,
    /** An item of the trip `lakes`, with whatever else is given. */
    add: (id: string, given: object = {}) => void store.dispatch(items.slice.actions.added({ id, tripId: 'lakes', name: id, quantity: 1, packed: false, ...given })),
    change: (id: string, changes: object) => void store.dispatch(items.slice.actions.changed({ id, changes })),
    remove: (id: string) => void store.dispatch(items.slice.actions.removed(id)),
    /** What was pushed, op by op. */
    sent: () => stub.pushes.flatMap(({ ops }) => ops),
    /** Long enough for all that waits to be sent and answered. */
    synced: () => environment.advance(10_000),
  }
}

/** The app runs, and has nothing to do. */
export async function openStubbedApp(given?: StubbedAppParts) {
  const app = stubbedApp(given)
  await app.sync.start(app.store)
  await app.environment.settle()
  return app
}
