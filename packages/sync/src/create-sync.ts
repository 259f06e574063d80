import type { Middleware, Store } from '@reduxjs/toolkit'
import { idbStorage } from './browser/idb-storage.ts'
import { webLastUser } from './browser/last-user.ts'
import { webNetwork } from './browser/network.ts'
import { webTabs } from './browser/tabs.ts'
import { SyncError } from './core/errors.ts'
import { alone } from './engine/alone.ts'
import type { EntityEdit } from './engine/change-tracker.ts'
import { CurrentUser, type CurrentUserParts } from './engine/current-user.ts'
import type { Engine, EntityView } from './engine/engine.ts'
import type { Environment, LastUser, Network } from './engine/ports.ts'
import { toCollections, toSlices, toTables, type SyncOptions } from './options.ts'
import { rowsApplied, slicesCleared } from './redux/actions.ts'
import { createMiddleware } from './redux/middleware.ts'
import { createReducer, type ReducerOf, type Reducers } from './redux/reducer.ts'
import { rowsToShow, type SliceRows } from './redux/slices.ts'
import { toAction } from './redux/sync-slice.ts'
import { supabasePokes } from './supabase/realtime.ts'
import { supabaseRefresh, supabaseSession } from './supabase/session.ts'
import { Tables } from './supabase/tables.ts'
import { supabaseTransport } from './supabase/transport.ts'

/** Sync for one store. */
export interface Sync {
  /** Combines the app's reducers with the `sync` slice. */
  readonly reducer: <R extends Reducers>(reducers: R) => ReducerOf<R>
  readonly middleware: Middleware
  /** Opens the data of whoever is signed in and keeps following. Resolves when the store shows what the device holds. */
  readonly start: (store: Pick<Store, 'dispatch' | 'getState'>) => Promise<void>
  /** Ends everything; what was dispatched is durable when it resolves. */
  readonly stop: () => Promise<void>
  /** Asks for a sync now: a button's work, everything else happens by itself. */
  readonly now: () => void
  /** Resolves when everything dispatched so far is durable on the device [OB2]. */
  readonly flush: () => Promise<void>
  /** Nothing is sent or fetched until `resume`; changes are kept as always. */
  readonly pause: () => void
  readonly resume: () => void
  /** Decides a conflict of the `sync` slice. @throws {SyncError} `not-found` */
  readonly resolve: (conflictId: string, choice: 'local' | 'remote') => Promise<void>
  /** Sends refused changes once more. @throws {SyncError} `not-found` */
  readonly retry: (rejectedId: string) => Promise<void>
  /** Gives refused changes up. @throws {SyncError} `not-found` */
  readonly discard: (rejectedId: string) => Promise<void>
}

/**
 * Puts the parts together.
 *
 * @example
 * const sync = createSync({ supabase, collections: { trips: { adapter: tripsAdapter, scope: 'id' } } })
 * const store = configureStore({
 *   reducer: sync.reducer({ trips: trips.reducer }),
 *   middleware: (getDefault) => getDefault().concat(sync.middleware),
 * })
 * await sync.start(store)
 *
 * @throws {SyncError} `bad-configuration`
 */
export function createSync(options: SyncOptions): Sync {
  const { supabase } = options
  const slices = toSlices(options.collections)
  const inBrowser = typeof window !== 'undefined'
  // Absent in React Native, where it does not matter.
  const isSecure = (globalThis as { isSecureContext?: boolean }).isSecureContext ?? true
  if (inBrowser && !isSecure) {
    throw new SyncError('bad-configuration', 'Browsers give storage locks and ids to secure pages only: serve this page by HTTPS or from localhost.')
  }
  const parts: Omit<CurrentUserParts, 'emit' | 'show' | 'clear'> = {
    collections: toCollections(options.collections),
    environment: { ...systemEnvironment, ...options.environment },
    openStorage: options.storage ?? idbStorage(),
    openTabs: options.tabs ?? (options.storage === undefined ? webTabs() : alone),
    transport: supabaseTransport(supabase, new Tables(toTables(options.collections))),
    listenForPokes: supabasePokes(supabase),
    network: inBrowser ? webNetwork : alwaysOnline,
    refreshSession: supabaseRefresh(supabase),
    followSession: supabaseSession(supabase),
    lastUser: inBrowser ? webLastUser() : forgetful,
  }
  const beforeStart: EntityEdit[] = []
  let current: CurrentUser | null = null

  const running = (): Engine => {
    if (current === null) throw new SyncError('signed-out', 'Sync has not been started.')
    return current.running()
  }

  return {
    reducer: (reducers) => createReducer(reducers, slices),
    middleware: createMiddleware({
      slices,
      record: (edits) => (current === null ? void beforeStart.push(...edits) : current.record(edits)),
      onError: (error) => queueMicrotask(() => reportError(error)),
    }),
    start: async (store) => {
      if (current !== null) throw new SyncError('bad-configuration', 'Sync runs already: call stop before another start.')
      const screen: Pick<CurrentUserParts, 'emit' | 'show' | 'clear'> = {
        emit: (event) => void store.dispatch(toAction(event)),
        show: (views) => {
          const rows = toRows(views, store.getState() as Record<string, unknown>)
          if (rows !== null) store.dispatch(rowsApplied(rows))
        },
        clear: () => void store.dispatch(slicesCleared()),
      }
      current = new CurrentUser({ ...parts, ...screen }, beforeStart.splice(0))
      await current.start()
    },
    stop: async () => {
      await current?.stop()
      current = null
    },
    now: () => current?.engine?.syncNow(),
    flush: async () => current?.flush(),
    pause: () => current?.engine?.pause('user'),
    resume: () => current?.engine?.resume('user'),
    resolve: async (conflictId, choice) => running().resolve(conflictId, choice),
    retry: async (rejectedId) => running().retry(rejectedId),
    discard: async (rejectedId) => running().discard(rejectedId),
  }

  function toRows(views: readonly EntityView[], state: Record<string, unknown>): Record<string, SliceRows> | null {
    const rows: Record<string, SliceRows> = {}
    for (const [collection, access] of slices) {
      const changed = rowsToShow(access, state[collection], views.filter((view) => view.collection === collection))
      if (changed) rows[collection] = changed
    }
    return Object.keys(rows).length > 0 ? rows : null
  }
}

const systemEnvironment: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  newId: () => crypto.randomUUID(),
  setTimer: (callback, delay) => {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
}

const alwaysOnline: Network = { online: () => true, subscribe: () => () => {} }
const forgetful: LastUser = { read: () => null, write: () => {} }
