import type { Priority } from './collection.ts'

export interface Backoff {
  /** Milliseconds before the second attempt. */
  readonly first: number
  /** The longest wait. Below 10 s, so that a device is back in step within 10 s of the network's return. */
  readonly longest: number
}

/** How patient a request is, by the most urgent change that it carries [B2]. */
export type RetrySettings = Readonly<Record<Priority, Backoff>>

export const defaultBackoff: Backoff = { first: 500, longest: 8_000 }

export const defaultRetry: RetrySettings = {
  critical: { first: 250, longest: 4_000 },
  high: defaultBackoff,
  normal: defaultBackoff,
  low: { first: 1_000, longest: 8_000 },
}

/**
 * Milliseconds to wait after the given number of failures in a row (1, 2, …).
 * Half of it is random, so that many devices cut off together do not come back together. `random` lies in [0, 1).
 */
export function retryDelay(failures: number, random: number, { first, longest }: Backoff = defaultBackoff): number {
  const ceiling = Math.min(longest, first * 2 ** Math.min(failures - 1, 20))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}

/** The most urgent first. */
export const priorities: readonly Priority[] = ['critical', 'high', 'normal', 'low']

/** The most urgent of these; of none: normal. */
export function mostUrgent(some: Iterable<Priority>): Priority {
  const given = new Set(some)
  return priorities.find((priority) => given.has(priority)) ?? 'normal'
}
