import { initialSyncState, type LastError, type PauseReason, type Phase, type SyncState } from './status.ts'
import type { Conflict, Rejected } from './types.ts'

/** Everything that happens, in one stream: the `sync` slice, the status and every later listener read it. */
export type SyncEvent =
  | { readonly type: 'opened'; readonly user: string; readonly pending: number }
  | { readonly type: 'closed' }
  /** A change is in the outbox and in the view; it need not be durable yet. */
  | { readonly type: 'changeRecorded'; readonly pending: number }
  /** All changes so far are durable. */
  | { readonly type: 'changeStored'; readonly pending: number }
  | { readonly type: 'changeRefused'; readonly error: LastError }
  | { readonly type: 'storageFailed'; readonly error: LastError }
  | { readonly type: 'phaseChanged'; readonly phase: Phase; readonly paused: readonly PauseReason[] }
  | { readonly type: 'outboxChanged'; readonly pending: number; readonly conflicts: readonly Conflict[]; readonly rejected: readonly Rejected[] }
  | { readonly type: 'completed'; readonly time: number }
  | { readonly type: 'failed'; readonly error: LastError }

/** The next state of the `sync` slice. */
export function reduceEvent(state: SyncState, event: SyncEvent): SyncState {
  switch (event.type) {
    case 'opened':
      return { ...initialSyncState, user: event.user, pending: event.pending, phase: 'idle' }
    case 'closed':
      return { ...initialSyncState, phase: 'idle' }
    case 'changeRecorded':
      return { ...state, pending: event.pending }
    case 'changeStored':
      return { ...state, pending: event.pending, durable: true }
    case 'storageFailed':
      return { ...state, durable: false, lastError: event.error }
    case 'phaseChanged':
      return { ...state, phase: event.phase, paused: event.paused }
    case 'outboxChanged':
      return { ...state, pending: event.pending, conflicts: event.conflicts, rejected: event.rejected }
    case 'completed':
      return { ...state, lastSuccess: event.time, lastError: null }
    case 'changeRefused':
    case 'failed':
      return { ...state, lastError: event.error }
  }
}
