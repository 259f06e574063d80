export { createSync } from './create-sync.ts'
export { sharedSession, type SessionStorage } from './browser/shared-session.ts'
export type { Sync } from './sync.ts'
export type { AdapterLike, CheckedOptions, CollectionOptions, CustomSlice, EntityCodec, SyncOptions } from './options.ts'
export type { Health } from './core/breaker.ts'
export { InvalidChange, SyncError, UnsyncedWork, type SyncErrorCode } from './core/errors.ts'
export type { Reach } from './core/pace.ts'
export type { LastError, PauseReason, Phase, SetAside, SyncEvent } from './core/events.ts'
export { problemInWords, StorageError, type StorageProblem } from './core/storage-error.ts'
export { logEvents, measureRequests, type Logger } from './event-listeners.ts'
export type { FailureKind } from './core/failure.ts'
export type { Fields, Json } from './core/json.ts'
export {
  firstWriteWins,
  lastWriteWins,
  localWins,
  manual,
  reject,
  remoteWins,
  type Decision,
  type DeletePolicy,
  type Disagreement,
  type MergePolicy,
} from './core/policies.ts'
export { counter, max, min, set } from './core/policies-combine.ts'
export { describeStatus, statusOf, type SyncState, type SyncStatus } from './core/status.ts'
export { ratesOf, type Metrics, type Rates } from './core/metrics.ts'
export { text } from './core/text-merge.ts'
export type { Present } from './core/presence.ts'
export type { Stay } from './engine/entered-scopes.ts'
export type { Backoff, RetrySettings } from './core/retry.ts'
export type {
  Advice,
  Change,
  ChangeGroup,
  Choice,
  Conflict,
  ConflictKind,
  ConflictWeight,
  DecidedField,
  FieldConflict,
  FieldEdit,
  Rejected,
  Resolution,
} from './core/types.ts'
export type { Advise } from './engine/adviser.ts'
export { guest as guestId } from './engine/adoption.ts'
export type { Unsynced } from './engine/signing-out.ts'
export type { ArchivedHistory } from './engine/archive.ts'
export type { Diagnostics } from './engine/diagnostics.ts'
export type { LoggedEvent } from './engine/event-log.ts'
export { memoryStorage } from './engine/memory-storage.ts'
export type { LastUser, Network, OpenStorage, OpenTabs, SealedWrite, Storage } from './engine/ports.ts'
export { selectConflicts, selectPending, selectPresent, selectRejected, selectSync, selectUnsynced, type WithSync } from './redux/selectors.ts'
export type { ReducerOf, Reducers, StateOf } from './redux/reducer.ts'
export type { Entities, Entity, SliceRows } from './redux/slices.ts'
export type { EntityStatus, PendingChange } from './engine/entity-status.ts'
export type { Disturbance } from './engine/disturbances.ts'
export type { LogEntry, LogPage, LogSubject } from './core/change-log.ts'
