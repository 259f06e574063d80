import type { SyncEvent } from './events.ts'

/** Sums since the user's data were opened. */
export interface Metrics {
  readonly pushes: number
}

export const noMetrics: Metrics = { pushes: 0 }

/** The sums after an event; the same object when it counts for nothing. */
export function countEvent(metrics: Metrics, event: SyncEvent): Metrics {
  return event.type === 'pushed' ? { ...metrics, pushes: metrics.pushes + 1 } : metrics
}
