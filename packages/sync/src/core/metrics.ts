import type { LastError, SyncEvent } from './events.ts'
import type { FailureKind } from './failure.ts'
import type { Resolution } from './types.ts'

/** Sums since the user's data were opened; JSON can carry them [F3]. */
export interface Metrics {
  /** Requests to push, and pages of pulls, that were answered. */
  readonly pushes: number
  readonly pulls: number
  readonly ops: number
  /** Changes that the ops carried. */
  readonly changes: number
  /** Of ops, about. */
  readonly bytes: number
  /** That pulls brought, deleted ones included. */
  readonly rows: number
  /** Ops that the server refused, and ops that met a conflict. */
  readonly refused: number
  readonly conflicts: number
  readonly decided: Readonly<Record<Resolution['decidedBy'], number>>
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>
  /** The newest last, at most ten. */
  readonly recentFailures: readonly Pick<LastError, 'time' | 'kind' | 'code'>[]
  /** Milliseconds from a request to its answer: of the last one, and a mean in which the latest ones weigh most. `null`: none was answered. */
  readonly latency: { readonly last: number; readonly mean: number } | null
}

export const noMetrics: Metrics = {
  pushes: 0,
  pulls: 0,
  ops: 0,
  changes: 0,
  bytes: 0,
  rows: 0,
  refused: 0,
  conflicts: 0,
  decided: { policy: 0, person: 0, adviser: 0, undo: 0 },
  failures: {},
  recentFailures: [],
  latency: null,
}

/** The sums after an event; the same object when it counts for nothing. */
export function countEvent(metrics: Metrics, event: SyncEvent): Metrics {
  if (event.type === 'pushed') return countPush(metrics, event)
  if (event.type === 'pulled') return countPull(metrics, event)
  if (event.type === 'resolved' && event.resolutions.length > 0) return { ...metrics, decided: countDecided(metrics.decided, event.resolutions) }
  if (event.type === 'failed' || event.type === 'storageFailed') return countFailure(metrics, event.error)
  return metrics
}

type Told<Type extends SyncEvent['type']> = Extract<SyncEvent, { type: Type }>

function countPush(metrics: Metrics, event: Told<'pushed'>): Metrics {
  return {
    ...metrics,
    pushes: metrics.pushes + 1,
    ops: metrics.ops + event.ops,
    changes: metrics.changes + event.changes,
    bytes: metrics.bytes + event.bytes,
    refused: metrics.refused + event.refused,
    conflicts: metrics.conflicts + event.conflicts,
    latency: nextLatency(metrics.latency, event.milliseconds),
  }
}

function countPull(metrics: Metrics, { rows, deleted, milliseconds }: Told<'pulled'>): Metrics {
  return { ...metrics, pulls: metrics.pulls + 1, rows: metrics.rows + rows + deleted, latency: nextLatency(metrics.latency, milliseconds) }
}

/** What the sums come to; each is `null` until there is something to divide by. */
export interface Rates {
  /** Requests that were answered, of all that were sent: 0 to 1. */
  readonly success: number | null
  /** Requests sent for each that was answered. */
  readonly attempts: number | null
  /** Changes that a request to push carried. */
  readonly batch: number | null
  /** Ops that met a conflict, of all: 0 to 1. */
  readonly conflict: number | null
}

export function ratesOf({ pushes, pulls, ops, changes, conflicts, failures }: Metrics): Rates {
  const answered = pushes + pulls
  const { storage: _, ...ofRequests } = failures
  const sent = Object.values(ofRequests).reduce((sum, count) => sum + count, answered)
  return { success: ratio(answered, sent), attempts: ratio(sent, answered), batch: ratio(changes, pushes), conflict: ratio(conflicts, ops) }
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

/** The part of the newest in the mean: what was measured ten requests ago counts for a tenth of that. */
const weight = 0.2

function nextLatency(latency: Metrics['latency'], last: number): Metrics['latency'] {
  return { last, mean: latency === null ? last : latency.mean + weight * (last - latency.mean) }
}

function countDecided(decided: Metrics['decided'], resolutions: readonly Resolution[]): Metrics['decided'] {
  const counts = { ...decided }
  for (const { decidedBy } of resolutions) counts[decidedBy] += 1
  return counts
}

const mostFailures = 10

function countFailure(metrics: Metrics, { time, kind, code }: LastError): Metrics {
  const failures = { ...metrics.failures, [kind]: (metrics.failures[kind] ?? 0) + 1 }
  return { ...metrics, failures, recentFailures: [...metrics.recentFailures, { time, kind, code }].slice(-mostFailures) }
}
