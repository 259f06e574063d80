import { configureStore, createEntityAdapter, createSlice, type EntityAdapter, type PayloadAction, type UnknownAction } from '@reduxjs/toolkit'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { LocalSupabase } from '@stowaway/local-supabase'
import { createSync, type Storage, type Sync, type SyncState } from '../index.ts'

/** A row of any collection, by the fields that the version of the app at hand knows or not. */
export interface Entity {
  readonly id: string
  readonly [field: string]: unknown
}

function slice(name: string) {
  const adapter: EntityAdapter<Entity, string> = createEntityAdapter<Entity>()
  const { reducer, actions } = createSlice({
    name,
    initialState: adapter.getInitialState(),
    reducers: {
      added: (state, { payload }: PayloadAction<Entity>) => adapter.addOne(state, payload),
      addedMany: (state, { payload }: PayloadAction<Entity[]>) => adapter.addMany(state, payload),
      changed: (state, { payload }: PayloadAction<{ id: string; changes: Record<string, unknown> }>) => adapter.updateOne(state, payload),
    },
  })
  return { adapter, reducer, actions }
}

export const trips = slice('trips')
export const items = slice('items')
/** Known to the second version of the app alone. */
export const checklists = slice('checklists')

export interface App {
  readonly sync: Sync
  readonly dispatch: (action: UnknownAction) => unknown
  readonly supabase: SupabaseClient
  readonly rows: (collection: 'trips' | 'items' | 'checklists') => Readonly<Record<string, Entity>>
  readonly state: () => SyncState
  /** Resolves when the store's state passes the test. */
  readonly until: (test: (app: App) => boolean) => Promise<void>
  readonly stop: () => Promise<void>
}

interface AppOptions {
  readonly name: string
  readonly storage: Storage
  readonly version?: 1 | 2
  /** Stands between the client and the server. */
  readonly fetch?: typeof fetch
}

/** The app in its first version, or in the second, which knows a table that the first did not, on a device of one user. */
export async function openApp(backend: LocalSupabase, { name, storage, version = 1, fetch }: AppOptions): Promise<App> {
  const supabase = createClient(backend.url, backend.anonKey, { auth: { persistSession: false, autoRefreshToken: false }, ...(fetch && { global: { fetch } }) })
  const { error } = await supabase.auth.signInWithPassword({ email: `${name}@example.com`, password: 'packing-list' })
  if (error) throw error
  const ofTrip = { scope: 'tripId', references: { tripId: 'trips' } }
  const sync = createSync({
    supabase,
    storage: () => Promise.resolve(storage),
    collections: {
      trips: { adapter: trips.adapter, scope: 'id' },
      items: { adapter: items.adapter, ...ofTrip },
      ...(version === 2 && { checklists: { adapter: checklists.adapter, ...ofTrip } }),
    },
  })
  const store = configureStore({
    reducer: sync.reducer({ trips: trips.reducer, items: items.reducer, checklists: checklists.reducer }),
    middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
  })
  await sync.start(store)
  const app: App = {
    sync, supabase,
    dispatch: store.dispatch,
    rows: (collection) => store.getState()[collection].entities,
    state: () => store.getState().sync,
    until: (test) =>
      new Promise((resolve) => {
        const look = () => test(app) && (end(), resolve())
        const end = store.subscribe(look)
        look()
      }),
    stop: () => sync.stop(),
  }
  return app
}
