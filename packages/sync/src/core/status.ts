import type { Health } from './breaker.ts'
import type { LastError, PauseReason, Phase, SetAside } from './events.ts'
import { noMetrics, type Metrics } from './metrics.ts'
import type { Present } from './presence.ts'
import type { Reach } from './pace.ts'
import type { StorageProblem } from './storage-error.ts'
import type { Conflict, Rejected } from './types.ts'

/** The `sync` slice: serialisable, and complete enough to debug from [RX4]. */
export interface SyncState {
  /** The user whose data are on screen; `null`: a guest's are, as nobody is signed in on this device. */
  readonly user: string | null
  readonly phase: Phase
  readonly paused: readonly PauseReason[]
  /** Changes that the server has not confirmed, those in flight included. */
  readonly pending: number
  /** False when changes are kept in memory only [ST2]. */
  readonly durable: boolean
  /** Why this device keeps nothing now; `null`: it does. `problemInWords` says it in English [ST2]. */
  readonly storage: StorageProblem | null
  /** Whether the browser promises to keep this app's data when room gets scarce; `null`: nobody knows, or has asked yet. */
  readonly kept: boolean | null
  /** Milliseconds since 1970 of the last time that device and server agreed; `null`: not since the start. */
  readonly lastSuccess: number | null
  readonly lastError: LastError | null
  readonly conflicts: readonly Conflict[]
  readonly rejected: readonly Rejected[]
  /** How the server is within reach of this device. A tab that does not lead sends nothing, and knows what the browser tells [C8]. */
  readonly reach: Reach
  /** Another tab runs a newer version of the app: this one should be loaded anew. Nothing is lost until then [TB3]. */
  readonly outdated: boolean
  /** Whether requests get through: always, not always, or not at all for a while [C7]. */
  readonly health: Health
  /** Collections of which nothing is sent, by the app's or by sync's own decision [E6]. */
  readonly held: readonly string[]
  /** Scopes that found no room on this device. They are on screen while it has a network, and fetched anew at each start [ST2]. */
  readonly evicted: readonly string[]
  readonly setAside: readonly SetAside[]
  /** Steps that the user can undo, and redo, on this device. */
  readonly undoable: number
  readonly redoable: number
  /** Who else has open what this tab shows, by scope; the tab's own, and gone with it. Scopes where nobody is are not in it. */
  readonly present: Readonly<Record<string, readonly Present[]>>
  readonly metrics: Metrics
}

export const initialSyncState: SyncState = {
  user: null,
  phase: 'starting',
  paused: [],
  pending: 0,
  durable: true,
  storage: null,
  kept: null,
  lastSuccess: null,
  lastError: null,
  conflicts: [],
  rejected: [],
  reach: 'online',
  outdated: false,
  health: 'healthy',
  held: [],
  evicted: [],
  setAside: [],
  undoable: 0,
  redoable: 0,
  present: {},
  metrics: noMetrics,
}

/** How much is on this device alone: changes that wait to be sent, conflicts and refused changes that wait for a person [ID3]. */
export const unsyncedOf = ({ pending, conflicts, rejected }: SyncState): number => pending + conflicts.length + rejected.length

/** What the badge tells, most urgent first. */
export type SyncStatus =
  | { readonly kind: 'starting' }
  | { readonly kind: 'needs-you'; readonly count: number }
  | { readonly kind: 'sign-in'; readonly pending: number }
  | { readonly kind: 'unsafe'; readonly pending: number }
  | { readonly kind: 'offline'; readonly pending: number }
  | { readonly kind: 'syncing'; readonly pending: number }
  | { readonly kind: 'retrying'; readonly pending: number }
  | { readonly kind: 'waiting'; readonly pending: number }
  | { readonly kind: 'saved' }

/**
 * Tells the state in one word. "Offline" and "retrying" are told only when something is unsaved
 * or when the device is known to be cut off; a quiet device with nothing to send is "saved".
 */
export function statusOf(state: SyncState): SyncStatus {
  const { pending } = state
  if (state.phase === 'starting' || isBetweenUsers(state)) return { kind: 'starting' }
  const decisions = state.conflicts.length + state.rejected.length
  if (decisions > 0) return { kind: 'needs-you', count: decisions }
  if (state.paused.includes('signed-out')) return { kind: 'sign-in', pending }
  if (!state.durable && pending > 0) return { kind: 'unsafe', pending }
  if (state.paused.includes('offline')) return { kind: 'offline', pending }
  if (isTryingAgain(state)) return { kind: 'retrying', pending }
  if (state.phase === 'pushing' || (state.phase === 'pulling' && pending > 0)) return { kind: 'syncing', pending }
  return pending > 0 ? { kind: 'waiting', pending } : { kind: 'saved' }
}

/** The last request did not get through. Until one does it is not told that anything goes on: an attempt may take half a minute, and fail. */
const isTryingAgain = ({ phase, health }: SyncState): boolean => phase === 'retrying' || (health !== 'healthy' && (phase === 'pushing' || phase === 'pulling'))

/** Nobody's data are open: a guest's work may be on its way to whoever has signed in, and nothing of it is saved yet [ID4]. */
const isBetweenUsers = ({ user, paused }: SyncState): boolean => user === null && !paused.includes('signed-out')

/** The status in English; an app with texts of its own uses `statusOf`. `reach`: a poor one is told where something is to be sent. */
export function describeStatus(status: SyncStatus, reach: Reach = 'online'): string {
  const isSending = status.kind === 'syncing' || status.kind === 'waiting' || status.kind === 'retrying'
  return reach === 'poor' && isSending ? `${sentenceOf(status)}, poor connection` : sentenceOf(status)
}

function sentenceOf(status: SyncStatus): string {
  switch (status.kind) {
    case 'starting':
      return 'opening'
    case 'needs-you':
      return 'needs you'
    case 'sign-in':
      return status.pending > 0 ? `${status.pending} waiting, sign in` : 'sign in to sync'
    case 'unsafe':
      return `${status.pending} not safe on this device yet`
    case 'offline':
      return status.pending > 0 ? `${status.pending} waiting, offline` : 'all saved, offline'
    case 'syncing':
      return 'syncing'
    case 'retrying':
      return status.pending > 0 ? `${status.pending} waiting, trying again` : 'cannot sync now, trying again'
    case 'waiting':
      return `${status.pending} waiting`
    case 'saved':
      return 'all saved'
  }
}
