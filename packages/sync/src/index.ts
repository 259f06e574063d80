export { createSync, type Sync } from './create-sync.ts'
export type { AdapterLike, CollectionOptions, CustomSlice, SyncOptions } from './options.ts'
export { SyncError, type SyncErrorCode } from './core/errors.ts'
export type { SyncEvent } from './core/events.ts'
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
export { describeStatus, statusOf, type LastError, type PauseReason, type Phase, type SyncState, type SyncStatus } from './core/status.ts'
export { text } from './core/text-merge.ts'
export type { Change, Conflict, ConflictKind, ConflictWeight, FieldConflict, FieldEdit, Rejected } from './core/types.ts'
export { memoryStorage } from './engine/memory-storage.ts'
export type { OpenStorage, OpenTabs, Storage, Write } from './engine/ports.ts'
export { selectConflicts, selectPending, selectRejected, selectSync, type WithSync } from './redux/selectors.ts'
export type { ReducerOf, Reducers, StateOf } from './redux/reducer.ts'
export type { Entities, Entity, SliceRows } from './redux/slices.ts'
