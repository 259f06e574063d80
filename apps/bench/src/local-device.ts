import { randomUUID } from 'node:crypto'
import { configureStore } from '@reduxjs/toolkit'
import { memoryStorage, type Storage } from '@stowaway/sync'
import { defaultRetry } from '../../../packages/sync/dist/core/retry.js'
import { alone } from '../../../packages/sync/dist/engine/alone.js'
import { Engine, type EngineParts } from '../../../packages/sync/dist/engine/engine.js'
import type { Environment, PullPage } from '../../../packages/sync/dist/engine/ports.js'
import type { EntityView } from '../../../packages/sync/dist/engine/screen.js'
import { toCollections, toSlices } from '../../../packages/sync/dist/options.js'
import { rowsApplied } from '../../../packages/sync/dist/redux/actions.js'
import { createMiddleware } from '../../../packages/sync/dist/redux/middleware.js'
import { createReducer } from '../../../packages/sync/dist/redux/reducer.js'
import { rowsToShow } from '../../../packages/sync/dist/redux/slices.js'
import { toAction } from '../../../packages/sync/dist/redux/sync-slice.js'
import { collections, reducers, withoutChecks, type Item, type SyncedStore } from './store.ts'
import { user } from './rows.ts'
import { userClock, type UserClock } from './user-clock.ts'

/** An engine and its store without a server: pulls bring what they are given, and nothing is sent. */
export interface LocalDevice {
  readonly store: SyncedStore
  /** Resolves when the engine has pulled these pages and has nothing left to do. */
  readonly pull: (pages: readonly PullPage[]) => Promise<void>
  /** Records one edit of an item as a step of its own; the store shows it when it is durable. */
  readonly edit: (before: Item, after: Item) => void
  /** Resolves when all edits are durable. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface LocalDeviceOptions {
  readonly storage?: Storage
  /** What the engine has to show goes to the store, or nowhere: its own work then stands alone. */
  readonly screen?: 'store' | 'none'
}

const environmentOf = ({ now }: UserClock): Environment => ({
  now,
  random: () => Math.random(),
  newId: () => randomUUID(),
  setTimer: (callback, delay) => {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
})

/** Put together as by `createSync`. What the storage holds is on screen when it resolves. */
export async function openLocalDevice({ storage = memoryStorage(), screen = 'store' }: LocalDeviceOptions = {}): Promise<LocalDevice> {
  const slices = toSlices(collections)
  const clock = userClock()
  let news: readonly PullPage[] = []
  let onCompleted = nothing
  const middleware = createMiddleware({ slices, record: (edits) => engine.record({ edits, atomic: false }), onError: rethrow })
  const store: SyncedStore = configureStore({
    reducer: createReducer(reducers, slices),
    middleware: (getDefault) => getDefault(withoutChecks).concat(middleware),
  })
  const show = (views: readonly EntityView[]) => {
    const state = new Map<string, unknown>(Object.entries(store.getState()))
    const shown = [...slices].flatMap(([name, access]) => {
      const rows = rowsToShow(access, state.get(name), views.filter((view) => view.collection === name))
      return rows === null ? [] : [[name, rows] as const]
    })
    if (shown.length > 0) store.dispatch(rowsApplied(Object.fromEntries(shown)))
  }
  const parts: EngineParts = {
    collections: toCollections(collections),
    environment: environmentOf(clock),
    openStorage: () => Promise.resolve(storage),
    openTabs: alone,
    transport: {
      pull: ({ cursors }) => {
        const [page = 'unchanged', ...later] = news
        // Asked only whether there is anything new [PL9].
        if (cursors === null && page !== 'unchanged') return Promise.resolve({ ...page, rows: [], cursors: {}, partial: [], etag: null, more: true })
        news = later
        return Promise.resolve(page)
      },
      push: () => Promise.reject(new Error('Nothing was to be sent: the figures are of something else.')),
    },
    listenForPokes: () => ({ reconnect: nothing, stop: nothing }),
    network: { online: () => true, subscribe: () => nothing },
    refreshSession: () => Promise.resolve('refreshed'),
    retry: defaultRetry,
    adviser: null,
    emit: (event) => {
      if (screen === 'store') store.dispatch(toAction(event))
      // The pull with which the engine begins may end only now.
      if (event.type === 'completed' && news.length === 0) onCompleted()
      if (event.type === 'failed') rethrow(new Error(event.error.message))
    },
    show: screen === 'store' ? show : nothing,
  }
  const engine = await Engine.open(parts, user)
  // Edits are kept and not sent: what waits goes on waiting.
  await engine.hold('items')
  await engine.begin([])
  return {
    store,
    pull: (pages) =>
      new Promise((resolve) => {
        news = pages
        onCompleted = resolve
        engine.syncNow()
      }),
    edit: (before, after) => {
      clock.beforeEdit()
      engine.record({ edits: [{ collection: 'items', id: before.id, before, after }], atomic: false })
    },
    flush: () => engine.flush(),
    close: async () => {
      await engine.close()
    },
  }
}

const nothing = () => {}

function rethrow(error: unknown): never {
  throw error
}
