import { SyncError } from '../core/errors.ts'
import type { Present } from '../core/presence.ts'
import { unsyncedOf, type SyncState } from '../core/status.ts'
import type { Conflict, Rejected } from '../core/types.ts'

/** A store's state with the `sync` slice in it. */
export interface WithSync {
  readonly sync: SyncState
}

/** Said by `start` and by the hooks, whichever comes first. */
export const noSlice = 'The store has no slice `sync`: make its reducer by `sync.reducer({ … })`.'

/** The `sync` slice whole. @throws {SyncError} `bad-configuration`: the store has none. */
export function selectSync(state: WithSync): SyncState {
  const { sync } = state as { readonly sync?: SyncState }
  if (sync === undefined) throw new SyncError('bad-configuration', noSlice)
  return sync
}
/** How many changes the server has not confirmed. */
export const selectPending = (state: WithSync): number => selectSync(state).pending
/** Conflicts that wait for a person: see `sync.resolve`. */
export const selectConflicts = (state: WithSync): readonly Conflict[] => selectSync(state).conflicts
/** Refused changes, each with its reason: see `sync.retry`, `sync.edit` and `sync.discard`. */
export const selectRejected = (state: WithSync): readonly Rejected[] => selectSync(state).rejected
/** How much of the user's work is on this device alone: to be told before they sign out [ID3]. */
export const selectUnsynced = (state: WithSync): number => unsyncedOf(selectSync(state))
/** Who else has the scope open now, whoever came first before the others. They say so themselves: nothing must depend on it. `null`: nobody. */
export const selectPresent = (state: WithSync, scope: string | null): readonly Present[] => (scope === null ? undefined : selectSync(state).present[scope]) ?? nobody

/** Always the same: a component that shows nobody is not drawn again. */
const nobody: readonly Present[] = []
