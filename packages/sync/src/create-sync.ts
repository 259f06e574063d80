import type { Middleware, Store } from '@reduxjs/toolkit'
import { idbStorage } from './browser/idb-storage.ts'
import { webLastUser, type LastUser } from './browser/last-user.ts'
import { webNetwork } from './browser/network.ts'
import { webTabs } from './browser/tabs.ts'
import { SyncError } from './core/errors.ts'
import type { SyncEvent } from './core/events.ts'
import { alone } from './engine/alone.ts'
import type { EntityEdit } from './engine/change-tracker.ts'
import { Engine, type EngineParts, type EntityView } from './engine/engine.ts'
import type { Environment, Network } from './engine/ports.ts'
import { toCollections, toSlices, toTables, type SyncOptions } from './options.ts'
import { rowsApplied, slicesCleared } from './redux/actions.ts'
import { createMiddleware } from './redux/middleware.ts'
import { createReducer, type ReducerOf, type Reducers } from './redux/reducer.ts'
import { rowsToShow, type SliceRows } from './redux/slices.ts'
import { toAction } from './redux/sync-slice.ts'
import { supabasePokes } from './supabase/realtime.ts'
import { followSession, supabaseRefresh, type SessionState } from './supabase/session.ts'
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
  const environment: Environment = { ...systemEnvironment, ...options.environment }
  const inBrowser = typeof window !== 'undefined'
  if (inBrowser && !window.isSecureContext) {
    throw new SyncError('bad-configuration', 'Browsers give storage locks and ids to secure pages only: serve this page by HTTPS or from localhost.')
  }
  const parts: Omit<EngineParts, 'emit' | 'show'> = {
    collections: toCollections(options.collections),
    environment,
    openStorage: options.storage ?? idbStorage(),
    openTabs: options.tabs ?? (options.storage === undefined ? webTabs() : alone),
    transport: supabaseTransport(supabase, new Tables(toTables(options.collections))),
    listenForPokes: supabasePokes(supabase),
    network: inBrowser ? webNetwork : alwaysOnline,
    refreshSession: supabaseRefresh(supabase),
  }
  const lastUser = inBrowser ? webLastUser() : forgetful
  let engine: Engine | null = null
  const early: EntityEdit[] = []
  let stop: (() => void) | null = null
  let settled: Promise<void> = Promise.resolve()

  const running = (): Engine => {
    if (engine === null) throw new SyncError('signed-out', 'Nobody is signed in on this device.')
    return engine
  }

  return {
    reducer: (reducers) => createReducer(reducers, slices),
    middleware: createMiddleware({
      slices,
      record: (edits) => (engine === null ? void early.push(...edits) : engine.record(edits)),
      onError: (error) => queueMicrotask(() => reportError(error)),
    }),
    start: async (store) => {
      const emit = (event: SyncEvent) => void store.dispatch(toAction(event))
      const show = (views: readonly EntityView[]) => {
        const rows = toRows(views, store.getState() as Record<string, unknown>)
        if (rows !== null) store.dispatch(rowsApplied(rows))
      }
      const close = async () => {
        await engine?.close()
        engine = null
        early.length = 0
        store.dispatch(slicesCleared())
      }
      const open = async (user: string) => {
        if (engine?.user === user) return engine.resume('signed-out')
        if (engine !== null) await close()
        const opened = await Engine.open({ ...parts, emit, show }, user)
        // Together: an edit made in between would be in neither.
        engine = opened
        opened.begin(early.splice(0))
      }
      const follow = async (state: SessionState) => {
        if (state.is === 'signed-in') lastUser.write(state.user)
        if (state.is === 'signed-out') lastUser.write(null)
        const user = state.is === 'signed-in' ? state.user : lastUser.read()
        if (user !== null) await open(user)
        else if (engine !== null) await close()
        else emit({ type: 'closed' })
      }
      // One after the other: a switch of users must not overtake the one before.
      const inTurn = (task: () => Promise<void>) => {
        const done = settled.then(task)
        settled = done.catch((cause: unknown) => emit(storageFailure(cause, environment.now())))
        return done
      }
      const known = lastUser.read()
      // Not asking the session first: without a network supabase-js tries for half a minute to renew an expired one.
      const opened = known === null ? null : inTurn(() => open(known))
      const followed = new Promise<void>((resolve, reject) => {
        stop = followSession(supabase, (state) => void inTurn(() => follow(state)).then(resolve, reject))
      })
      await (opened ?? followed)
    },
    stop: async () => {
      stop?.()
      await settled
      await engine?.close()
      engine = null
    },
    now: () => engine?.syncNow(),
    flush: async () => engine?.flush(),
    pause: () => engine?.pause('user'),
    resume: () => engine?.resume('user'),
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

function storageFailure(cause: unknown, time: number): SyncEvent {
  const message = `The data on this device could not be opened: ${String(cause)}`
  return { type: 'storageFailed', error: { kind: 'storage', code: 'storage', message, time } }
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
