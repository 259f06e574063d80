import { backgroundSync } from './browser/background.ts'
import { idbStorage } from './browser/idb-storage.ts'
import { webLastEdits } from './browser/last-edits.ts'
import { webLastUser } from './browser/last-user.ts'
import { webKeepData } from './browser/persistence.ts'
import { webNetwork } from './browser/network.ts'
import { webTabs } from './browser/tabs.ts'
import { checkOptions, checkStore } from './checks.ts'
import { webCompression } from './compression.ts'
import { SyncError } from './core/errors.ts'
import type { SyncEvent } from './core/events.ts'
import { defaultRetry } from './core/retry.ts'
import { guest } from './engine/adoption.ts'
import { alone } from './engine/alone.ts'
import type { EntityEdit } from './engine/change-tracker.ts'
import { CurrentUser, type CurrentUserParts } from './engine/current-user.ts'
import { DisturbableTransport } from './engine/disturbances.ts'
import type { EditStep, Engine } from './engine/engine.ts'
import { EnteredScopes } from './engine/entered-scopes.ts'
import type { Environment, LastUser, Network } from './engine/ports.ts'
import type { EntityView } from './engine/screen.ts'
import { Keeping } from './engine/keeping.ts'
import { withLastEdits } from './engine/last-edits.ts'
import { sheltered } from './engine/sheltered.ts'
import { standIn } from './engine/stand-in.ts'
import { systemEnvironment } from './environment.ts'
import { tellMistakes } from './mistakes.ts'
import { toCollections, toSlices, toTables, type CheckedOptions, type SyncOptions } from './options.ts'
import { rowsApplied, slicesCleared } from './redux/actions.ts'
import { createMiddleware } from './redux/middleware.ts'
import { createReducer } from './redux/reducer.ts'
import { rowsToShow, type SliceRows } from './redux/slices.ts'
import { toAction } from './redux/sync-slice.ts'
import { supabaseLog } from './supabase/change-log.ts'
import { supabasePresence } from './supabase/presence.ts'
import { supabasePokes } from './supabase/realtime.ts'
import { supabaseRefresh, supabaseSession, supabaseSignOut } from './supabase/session.ts'
import { Tables } from './supabase/tables.ts'
import { supabaseTransport } from './supabase/transport.ts'
import type { Sync } from './sync.ts'

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
export function createSync<const C extends SyncOptions['collections']>(options: CheckedOptions<C>): Sync {
  const { supabase, name } = options
  checkOptions(options)
  const slices = toSlices(options.collections)
  // React Native has a window, and no page in it.
  const inBrowser = typeof document !== 'undefined'
  // Absent in React Native, where it does not matter.
  const isSecure = (globalThis as { isSecureContext?: boolean }).isSecureContext ?? true
  if (inBrowser && !isSecure) {
    throw new SyncError('bad-configuration', 'Browsers give storage locks and ids to secure pages only: serve this page by HTTPS or from localhost.')
  }
  const environment: Environment = { ...systemEnvironment, ...options.environment }
  const lastEdits = inBrowser && options.storage === undefined ? webLastEdits(name) : null
  const openStorage = options.storage ?? idbStorage(name)
  const stored = standIn({ openStorage: lastEdits === null ? openStorage : withLastEdits(openStorage, lastEdits), openTabs: options.tabs ?? (options.storage === undefined ? webTabs(name) : alone), environment })
  const mayAskToKeep = inBrowser && options.storage === undefined && options.keepData !== false && 'storage' in navigator
  const tables = new Tables(toTables(options.collections))
  const askForLog = supabaseLog(supabase, tables)
  const entered = new EnteredScopes()
  const transport = new DisturbableTransport(supabaseTransport(supabase, tables, options))
  const parts: Omit<CurrentUserParts, 'emit' | 'show' | 'clear'> = {
    collections: toCollections(options.collections),
    environment,
    openStorage: stored.openStorage,
    openTabs: stored.openTabs,
    lastEdits,
    storageIsBack: stored.isBack,
    refuseStorage: stored.refuse,
    ...(options.first !== undefined && { first: options.first }),
    transport,
    listenForPokes: supabasePokes(supabase, environment),
    presence: { scopes: entered, join: supabasePresence(supabase, environment) },
    network: options.network ?? (inBrowser ? webNetwork() : alwaysOnline),
    refreshSession: supabaseRefresh(supabase),
    archive: { compression: webCompression, keptDays: options.history?.keptDays ?? 90 },
    retry: { ...defaultRetry, ...options.retry },
    ...(options.appVersion !== undefined && { app: options.appVersion }),
    adviser: options.advise === undefined ? null : { advise: options.advise, takeFrom: options.takeAdviceFrom ?? Infinity },
    followSession: supabaseSession(supabase),
    endSession: supabaseSignOut(supabase),
    lastUser: options.lastUser ?? (inBrowser ? webLastUser(name) : forgetful),
  }
  const beforeStart: EditStep[] = []
  // oxlint-disable-next-line no-console -- a developer finds it there, and an app that wants it elsewhere says so
  const listeners = new Set<(event: SyncEvent) => void>([tellMistakes(options.warn ?? ((sentence) => console.warn(sentence)), (collection) => tables.tableOf(collection).table)])
  let current: CurrentUser | null = null
  let step: EntityEdit[] | null = null
  const endings: (() => void)[] = []

  let hasMiddleware = false
  const middleware = createMiddleware({
    slices,
    record: (edits) => (step === null ? record({ edits, atomic: false }) : void step.push(...edits)),
    // Thrown from a timer, where the app's own reporting finds it; `reportError` is missing in Node.
    onError: (error) =>
      void parts.environment.setTimer(() => {
        throw error
      }, 0),
  })

  const running = (): Engine => {
    if (current === null) throw new SyncError('signed-out', 'Sync has not been started.')
    return current.running()
  }

  return {
    reducer: (reducers) => createReducer(reducers, slices),
    middleware: (store) => {
      hasMiddleware = true
      return middleware(store)
    },
    start: async (store) => {
      if (current !== null) throw new SyncError('bad-configuration', 'Sync runs already: call stop before another start.')
      checkStore(store.getState(), { collections: options.collections, hasMiddleware })
      const tell = (event: SyncEvent) => {
        store.dispatch(toAction(event))
        for (const listener of listeners) sheltered(listener, parts.environment)(event)
      }
      const keeping = mayAskToKeep ? new Keeping(webKeepData(name), tell) : null
      const screen: Pick<CurrentUserParts, 'emit' | 'show' | 'clear'> = {
        emit: (event) => {
          tell(event)
          keeping?.hear(event)
        },
        show: (views) => {
          const rows = toRows(views, store.getState() as Record<string, unknown>)
          if (rows !== null) store.dispatch(rowsApplied(rows))
        },
        clear: () => void store.dispatch(slicesCleared()),
      }
      current = new CurrentUser({ ...parts, ...screen }, beforeStart.splice(0))
      if (inBrowser && options.backgroundSync === true) endings.push(followBackground(current, listeners))
      await current.start()
    },
    stop: async () => {
      for (const end of endings.splice(0)) end()
      await current?.stop()
      current = null
    },
    signOut: async ({ unsynced = 'wait' } = {}) => {
      if (current === null) throw new SyncError('signed-out', 'Sync has not been started.')
      await current.signOut(unsynced)
    },
    now: () => current?.engine?.syncNow(),
    flush: async () => current?.flush(),
    pause: () => current?.engine?.pause('user'),
    resume: () => current?.engine?.resume('user'),
    atomically: (work) => {
      // Within another step it is part of that.
      if (step !== null) return work()
      const edits: EntityEdit[] = []
      step = edits
      try {
        return work()
      } finally {
        step = null
        record({ edits, atomic: true })
      }
    },
    undo: async () => afterFlush(({ undo }) => undo.undo()),
    redo: async () => afterFlush(({ undo }) => undo.redo()),
    resolve: async (conflictIds, choice) => running().decisions.resolve([conflictIds].flat(), choice),
    history: () => current?.engine?.history() ?? [],
    archivedHistory: async () => running().archive.read(),
    undoResolution: async (resolutionId) => running().decisions.undoResolution(resolutionId),
    retry: async (rejectedIds) => running().decisions.retry([rejectedIds].flat()),
    edit: async (rejectedId, patch) => running().decisions.edit(rejectedId, patch),
    discard: async (rejectedIds) => running().decisions.discard([rejectedIds].flat()),
    hold: async (collection) => running().hold(known(collection)),
    release: async (collection) => running().release(known(collection)),
    resync: async (scope) => running().resync(scope),
    enter: (scope, where = null) => entered.enter(scope, { where, since: environment.now() }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    entityStatus: (collection, id) => current?.engine?.entityStatus({ collection, id }) ?? 'saved',
    pendingChanges: () => current?.engine?.pendingChanges() ?? [],
    changeLog: (subject, before = null) => askForLog(subject, before),
    deviceLog: (subject) => current?.engine?.deviceLog(subject) ?? [],
    disturb: (disturbance) => transport.disturb(disturbance),
    exportDiagnostics: () => current?.engine?.diagnostics() ?? null,
  }

  function record(done: EditStep): void {
    if (current === null) beforeStart.push(done)
    else current.record(done)
  }

  /** What was dispatched just before is a step too. */
  async function afterFlush<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    await current?.flush()
    return work(running())
  }

  function known(collection: string): string {
    if (slices.has(collection)) return collection
    throw new SyncError('not-found', `${collection} is not among the collections of createSync.`)
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

/** A guest's work waits for a person, not for a network. */
function followBackground(current: CurrentUser, listeners: Set<(event: SyncEvent) => void>): () => void {
  const { changed, follow } = backgroundSync(() => current.engine !== null && current.engine.user !== guest && current.engine.state.pending > 0)
  const listener = ({ type }: SyncEvent) => type === 'changeStored' && changed()
  const unfollow = follow()
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    unfollow()
  }
}

const alwaysOnline: Network = { online: () => true, subscribe: () => () => {} }
const forgetful: LastUser = { read: () => null, write: () => {} }
