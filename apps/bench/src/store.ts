import { configureStore, createEntityAdapter, createSlice, type Middleware, type PayloadAction, type Reducer, type Update } from '@reduxjs/toolkit'
import type { SupabaseClient } from '@supabase/supabase-js'
import { createSync, memoryStorage, type Sync } from '@stowaway/sync'
import { userClock, type UserClock } from './user-clock.ts'

export interface Item {
  readonly id: string
  readonly tripId: string
  readonly quantity: number
  readonly name?: string
  readonly position?: number
}

const tripsAdapter = createEntityAdapter<{ readonly id: string }>()
const itemsAdapter = createEntityAdapter<Item>()
const trips = createSlice({ name: 'trips', initialState: tripsAdapter.getInitialState(), reducers: {} })
const items = createSlice({
  name: 'items',
  initialState: itemsAdapter.getInitialState(),
  reducers: {
    added: (state, { payload }: PayloadAction<Item>) => void itemsAdapter.addOne(state, payload),
    changed: (state, { payload }: PayloadAction<Update<Item, string>>) => void itemsAdapter.updateOne(state, payload),
    allChanged: (state, { payload }: PayloadAction<readonly Update<Item, string>[]>) => void itemsAdapter.updateMany(state, payload),
    removed: (state, { payload }: PayloadAction<string>) => void itemsAdapter.removeOne(state, payload),
  },
})
const ui = createSlice({ name: 'ui', initialState: { clicks: 0 }, reducers: { clicked: (state) => void (state.clicks += 1) } })

export const reducers = { trips: trips.reducer, items: items.reducer, ui: ui.reducer }
export const collections = {
  trips: { adapter: tripsAdapter, scope: 'id' },
  items: { adapter: itemsAdapter, scope: 'tripId', references: { tripId: 'trips' } },
}
// They walk the whole state after each action, in development: they would drown what is measured.
export const withoutChecks = { immutableCheck: false, serializableCheck: false } as const

export const itemChanged = (id: string, quantity: number) => items.actions.changed({ id, changes: { quantity } })
/** Many edits in one action. */
export const itemsChanged = (ids: readonly string[], quantity: number) => items.actions.allChanged(ids.map((id) => ({ id, changes: { quantity } })))
export const { added: itemAdded, removed: itemRemoved } = items.actions
export const { clicked } = ui.actions

/** The same app without Stowaway, in the state of another store. */
export function bareStore(state: Omit<State, 'sync'>) {
  const preloadedState = { trips: state.trips, items: state.items, ui: state.ui }
  return configureStore({ reducer: reducers, middleware: (getDefault) => getDefault(withoutChecks), preloadedState })
}
export type BareStore = ReturnType<typeof bareStore>

const idle: Reducer<object> = (state = {}) => state
const passOn: Middleware = () => (next) => (action) => next(action)

/** The same app with a slice and a middleware that do nothing: what any addition to a store costs. */
export function idleStore() {
  return configureStore({ reducer: { ...reducers, idle }, middleware: (getDefault) => getDefault(withoutChecks).concat(passOn) })
}

export function syncedStore(sync: Sync) {
  return configureStore({ reducer: sync.reducer(reducers), middleware: (getDefault) => getDefault(withoutChecks).concat(sync.middleware) })
}
export type SyncedStore = ReturnType<typeof syncedStore>
export type State = ReturnType<SyncedStore['getState']>

/** Resolves when the store's state passes the test. */
export const untilState = (store: SyncedStore, test: (state: State) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (!test(store.getState())) return
      stop()
      resolve()
    }
    const stop = store.subscribe(look)
    look()
  })

/** The app with Stowaway, for the user as whom the client is signed in. */
export interface Device {
  readonly sync: Sync
  readonly store: SyncedStore
  readonly clock: UserClock
  /** Resolves when the store's state passes the test. */
  readonly until: (test: (state: State) => boolean) => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens a device and waits until it has pulled so many items. */
export async function openDevice(supabase: SupabaseClient, itemCount: number): Promise<Device> {
  const clock = userClock()
  const sync = createSync({
    supabase,
    environment: { now: clock.now },
    storage: () => Promise.resolve(memoryStorage()),
    collections,
  })
  const store = syncedStore(sync)
  const until: Device['until'] = (test) => untilState(store, test)
  await sync.start(store)
  await until(({ sync: { phase }, items: { ids } }) => ids.length === itemCount && phase === 'idle')
  return {
    sync,
    store,
    clock,
    until,
    close: async () => {
      await sync.stop()
      // It would wait for another channel, and keep the process alive for a minute.
      await supabase.realtime.disconnect()
    },
  }
}
