import type { SyncEvent } from './events.ts'
import { countEvent } from './metrics.ts'
import { initialSyncState, type SyncState } from './status.ts'

/** The next state of the `sync` slice. */
export function reduceEvent(state: SyncState, event: SyncEvent): SyncState {
  const next = reduceState(state, event)
  const metrics = countEvent(next.metrics, event)
  return metrics === next.metrics ? next : { ...next, metrics }
}

function presentAfter(before: SyncState['present'], { scope, present }: Extract<SyncEvent, { type: 'presenceChanged' }>): SyncState['present'] {
  const { [scope]: _, ...others } = before
  return present.length === 0 ? others : { ...others, [scope]: present }
}

function reduceState(state: SyncState, event: SyncEvent): SyncState {
  switch (event.type) {
    case 'opened':
      return { ...initialOf(state), user: event.user, pending: event.pending, phase: 'idle', durable: event.storage === null, storage: event.storage }
    case 'closed':
      return { ...initialOf(state), phase: 'idle' }
    case 'changeRecorded':
      return { ...state, pending: event.pending }
    case 'changeStored':
      return { ...state, pending: event.pending, durable: true, storage: null }
    case 'storageFailed':
      return { ...state, durable: false, storage: event.problem ?? 'failed', lastError: event.error }
    case 'keepingTold':
      return { ...state, kept: event.kept }
    case 'setAside':
      return { ...state, setAside: event.items }
    case 'phaseChanged':
      return { ...state, phase: event.phase, paused: event.paused }
    case 'reachChanged':
      return { ...state, reach: event.reach }
    case 'outdated':
      return { ...state, outdated: true }
    case 'healthChanged':
      return { ...state, health: event.health }
    case 'collectionsHeld':
      return { ...state, held: event.held }
    case 'scopesEvicted':
      return { ...state, evicted: event.evicted }
    case 'outboxChanged':
      return { ...state, pending: event.pending, conflicts: event.conflicts, rejected: event.rejected }
    case 'undoChanged':
      return { ...state, undoable: event.undoable, redoable: event.redoable }
    case 'presenceChanged':
      return { ...state, present: presentAfter(state.present, event) }
    case 'completed':
      return { ...state, lastSuccess: event.time, lastError: null }
    case 'changeRefused':
    case 'failed':
      return { ...state, lastError: event.error }
    case 'runaway':
    case 'pushed':
    case 'pulled':
    case 'checksumsDiffered':
    case 'resolved':
      return state
  }
}

/** Nothing is left of the user; the program is the same one, and no newer. */
const initialOf = ({ outdated }: SyncState): SyncState => ({ ...initialSyncState, outdated })
