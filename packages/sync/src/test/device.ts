import { configureStore, createEntityAdapter, createSlice, type EntityAdapter, type PayloadAction } from '@reduxjs/toolkit'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { counter, createSync, manual, type Storage, type Sync, type SyncState } from '../index.ts'

export interface Trip {
  id: string
  name: string
}
export interface Person {
  id: string
  tripId: string
  name: string
}
export interface Item {
  id: string
  tripId: string
  personId?: string | null
  name: string
  quantity: number
  packed: boolean
  category?: string | null
}

/** An ordinary slice, as an app would write it: it knows nothing of sync. */
function entitySlice<E extends { id: string }>(name: string) {
  const adapter: EntityAdapter<E, string> = createEntityAdapter<E>()
  const slice = createSlice({
    name,
    initialState: adapter.getInitialState(),
    reducers: {
      added: (state, { payload }: PayloadAction<E>) => void adapter.addOne(state as never, payload),
      addedMany: (state, { payload }: PayloadAction<E[]>) => void adapter.addMany(state as never, payload),
      changed: (state, { payload }: PayloadAction<{ id: string; changes: Partial<E> }>) => void adapter.updateOne(state as never, payload),
      removed: (state, { payload }: PayloadAction<string>) => void adapter.removeOne(state as never, payload),
    },
  })
  return { adapter, slice }
}

export const trips = entitySlice<Trip>('trips')
export const people = entitySlice<Person>('people')
export const items = entitySlice<Item>('items')

export interface DeviceOptions {
  readonly url: string
  readonly anonKey: string
  readonly email: string
  readonly password: string
  readonly storage: Storage
  /** Items count their quantity, and ask a person about their name. Default: the last write wins everywhere. */
  readonly careful?: boolean
  /** Stands between the client and the server, to see and to lose what passes. */
  readonly fetch?: typeof fetch
}

/** One device of one user: an unmodified client, a store, and the package's public face. */
export interface Device {
  readonly supabase: SupabaseClient
  readonly store: ReturnType<typeof createStore>
  readonly sync: Sync
  readonly state: () => SyncState
  readonly items: () => Record<string, Item>
  readonly people: () => Record<string, Person>
  readonly dispatch: ReturnType<typeof createStore>['dispatch']
  /** Resolves when the store's state passes the test. */
  readonly until: (test: (state: ReturnType<ReturnType<typeof createStore>['getState']>) => boolean) => Promise<void>
  /** Makes an invitation to a trip; resolves with its token. */
  readonly invite: (trip: string, role: 'editor' | 'viewer') => Promise<string>
  readonly accept: (token: string) => Promise<void>
  /** Resolves when nothing waits and the server has been heard since. */
  readonly settled: () => Promise<void>
}

function createStore(sync: Sync) {
  return configureStore({
    reducer: sync.reducer({ trips: trips.slice.reducer, people: people.slice.reducer, items: items.slice.reducer }),
    middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
  })
}

export async function openDevice({ url, anonKey, email, password, storage, careful = false, fetch }: DeviceOptions): Promise<Device> {
  const supabase = createClient(url, anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    ...(fetch && { global: { fetch } }),
  })
  const { error } = await supabase.auth.signInWithPassword({ email, password })
  if (error) throw error
  const merge = careful ? { quantity: counter(), name: manual() } : {}
  const sync = createSync({
    supabase,
    storage: () => Promise.resolve(storage),
    collections: {
      trips: { adapter: trips.adapter, scope: 'id' },
      people: { adapter: people.adapter, scope: 'tripId', references: { tripId: 'trips' } },
      items: { adapter: items.adapter, scope: 'tripId', references: { tripId: 'trips', personId: 'people' }, merge },
    },
  })
  const store = createStore(sync)
  await sync.start(store)
  const state = () => store.getState()
  const until: Device['until'] = (test) =>
    new Promise((resolve) => {
      const look = () => test(store.getState()) && (stop(), resolve())
      const stop = store.subscribe(look)
      look()
    })
  return {
    supabase,
    store,
    sync,
    state: () => state().sync,
    items: () => state().items.entities,
    people: () => state().people.entities,
    dispatch: store.dispatch,
    until,
    invite: async (trip, role) => (await supabase.rpc('create_invite', { trip, role }).throwOnError()).data as string,
    accept: async (token) => void (await supabase.rpc('accept_invite', { token }).throwOnError()),
    settled: async () => {
      const since = Date.now()
      sync.now()
      await until(({ sync: { pending, lastSuccess } }) => pending === 0 && (lastSuccess ?? 0) > since)
    },
  }
}
