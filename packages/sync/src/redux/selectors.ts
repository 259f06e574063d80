import type { Present } from '../core/presence.ts'
import { unsyncedOf, type SyncState } from '../core/status.ts'
import type { Conflict, Rejected } from '../core/types.ts'

/** A store's state with the `sync` slice in it. */
export interface WithSync {
  readonly sync: SyncState
}

/** The `sync` slice whole. */
export const selectSync = (state: WithSync): SyncState => state.sync
/** How many changes the server has not confirmed. */
export const selectPending = (state: WithSync): number => state.sync.pending
/** Conflicts that wait for a person: see `sync.resolve`. */
export const selectConflicts = (state: WithSync): readonly Conflict[] => state.sync.conflicts
/** Refused changes, each with its reason: see `sync.retry`, `sync.edit` and `sync.discard`. */
export const selectRejected = (state: WithSync): readonly Rejected[] => state.sync.rejected
/** How much of the user's work is on this device alone: to be told before they sign out [ID3]. */
export const selectUnsynced = (state: WithSync): number => unsyncedOf(state.sync)
/** Who else has the scope open now, whoever came first before the others. They say so themselves: nothing must depend on it. `null`: nobody. */
export const selectPresent = (state: WithSync, scope: string | null): readonly Present[] => (scope === null ? undefined : state.sync.present[scope]) ?? nobody

/** Always the same: a component that shows nobody is not drawn again. */
const nobody: readonly Present[] = []
