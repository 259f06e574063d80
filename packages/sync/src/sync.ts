import type { Middleware, Store } from '@reduxjs/toolkit'
import type { LogEntry, LogPage, LogSubject } from './core/change-log.ts'
import type { SyncEvent } from './core/events.ts'
import type { Fields } from './core/json.ts'
import type { Choice, Resolution } from './core/types.ts'
import type { ArchivedHistory } from './engine/archive.ts'
import type { Diagnostics } from './engine/diagnostics.ts'
import type { Unsynced } from './engine/signing-out.ts'
import type { Disturbance } from './engine/disturbances.ts'
import type { Stay } from './engine/entered-scopes.ts'
import type { EntityStatus, PendingChange } from './engine/entity-status.ts'
import type { ReducerOf, Reducers } from './redux/reducer.ts'

/** Sync for one store. */
export interface Sync {
  /** Combines the app's reducers with the `sync` slice. */
  readonly reducer: <R extends Reducers>(reducers: R) => ReducerOf<R>
  readonly middleware: Middleware
  /** Opens the data of whoever is signed in and keeps following. Resolves when the store shows what the device holds. */
  readonly start: (store: Pick<Store, 'dispatch' | 'getState'>) => Promise<void>
  /** Ends everything; what was dispatched is durable when it resolves. */
  readonly stop: () => Promise<void>
  /**
   * Signs the user out on this device, without a network too, and takes their data off the screen [ID3]. `unsynced` says what
   * becomes of work that the server does not have (`selectUnsynced` counts it). `wait`, the default: it is sent first. `keep`: it
   * stays on the device, out of sight, and goes out when they sign in here again. `wipe`: it is gone, with all else of theirs here.
   * Call this, and not `supabase.auth.signOut`, which keeps the work and asks nobody.
   *
   * @throws {UnsyncedWork} with `wait`, when not all could be sent now: it tells the `count`, and the user stays signed in.
   * @throws {SyncError} `signed-out`, `session`
   */
  readonly signOut: (options?: { readonly unsynced?: Unsynced }) => Promise<void>
  /** Asks for a sync now: a button's work, everything else happens by itself. */
  readonly now: () => void
  /** Resolves when everything dispatched so far is durable on the device [OB2]. */
  readonly flush: () => Promise<void>
  /** Nothing is sent or fetched until `resume`; changes are kept as always. */
  readonly pause: () => void
  readonly resume: () => void

  /**
   * What is dispatched while `work` runs is one step: the server applies all of it or nothing, and it is undone as a whole [A7].
   * What an asynchronous `work` dispatches after its first `await` is not part of the step.
   *
   * @example
   * sync.atomically(() => {
   *   store.dispatch(itemsReassigned({ from: 'ben', to: 'ann' }))
   *   store.dispatch(personRemoved('ben'))
   * })
   */
  readonly atomically: <Result>(work: () => Result) => Result
  /** Takes back the user's last step on this device that still shows, offline and after sync alike; false: there is none [A6]. */
  readonly undo: () => Promise<boolean>
  /** Does again what was undone last; false: there is nothing. */
  readonly redo: () => Promise<boolean>

  /**
   * Decides conflicts of the `sync` slice, one or many: one side whole, or `{ merged }`, a value for each disputed field.
   *
   * @throws {SyncError} `not-found`, `invalid-change`; then none was decided.
   */
  readonly resolve: (conflictIds: string | readonly string[], choice: Choice) => Promise<void>
  /** Decisions about conflicts on this device, automatic ones too, newest first [CO5]. */
  readonly history: () => readonly Resolution[]
  /** What this device remembers from before the last 500 decisions and 100 steps, for `history.keptDays`. @throws {SyncError} `signed-out` */
  readonly archivedHistory: () => Promise<ArchivedHistory>
  /** Puts back what a decision of the history gave up, where nobody has changed it since. @throws {SyncError} `not-found` */
  readonly undoResolution: (resolutionId: string) => Promise<void>

  /** Sends refused changes once more, with those that belong to them. @throws {SyncError} `not-found` */
  readonly retry: (rejectedIds: string | readonly string[]) => Promise<void>
  /** Sends refused changes once more, with other values in some fields. @throws {SyncError} `not-found`, `bad-change`, `invalid-change` */
  readonly edit: (rejectedId: string, patch: Fields) => Promise<void>
  /** Gives refused changes up, with those that depend on them. @throws {SyncError} `not-found` */
  readonly discard: (rejectedIds: string | readonly string[]) => Promise<void>

  /** A kill switch: nothing of the collection is sent, also after a restart, until `release`. Changes are kept as always [E6]. */
  readonly hold: (collection: string) => Promise<void>
  /** Lifts a hold, of the app's or of sync's own, which it lays on a collection of which the server refuses more than a tenth. */
  readonly release: (collection: string) => Promise<void>
  /** Fetches a scope anew, or all; what waits to be sent stays [E4]. */
  readonly resync: (scope?: string) => Promise<void>

  /**
   * Tells the others of a scope that the user has it open in this tab, until `leave` of the result is called, and by its `move`
   * what of it they look at; `selectPresent(state, scope)` has who else is there. `where` is an id, say, in the app's own words of
   * at most 200 characters; default: nothing in particular.
   */
  readonly enter: (scope: string, where?: string | null) => Stay

  /** Everything that happens, as it happens; the result ends it. A listener that throws harms nothing [F1]. */
  readonly subscribe: (listener: (event: SyncEvent) => void) => () => void
  /** How one entity stands: saved, waiting, on its way, waiting for a decision, or refused. An unknown one is `saved`. */
  readonly entityStatus: (collection: string, id: string) => EntityStatus
  /** What has not been confirmed, by entity, the oldest first. */
  readonly pendingChanges: () => readonly PendingChange[]
  /**
   * Who did what to an entity or in a scope, from the server's log, newest first. `before`: of the page before this one; default: the newest.
   *
   * @throws {TransportError}
   */
  readonly changeLog: (subject: LogSubject, before?: number | null) => Promise<LogPage>
  /** The same as far as this device knows, without a network: the user's own, what waits and the last steps that are done. */
  readonly deviceLog: (subject: LogSubject) => readonly LogEntry[]
  /** What somebody who helps needs to see, without a value that a user has written; `null`: nobody is signed in [F3]. */
  readonly exportDiagnostics: () => Diagnostics | null
  /** For developers: does something to the next request, to see what becomes of it. Nothing is lost by it. */
  readonly disturb: (disturbance: Disturbance) => void
}
