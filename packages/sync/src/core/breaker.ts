import { endOf, type Wait } from './wait.ts'

/** healthy: requests get through; degraded: the last one did not; failed: so many did not that only probes are sent for a while. */
export type Health = 'healthy' | 'degraded' | 'failed'

/** A circuit breaker over all requests, in a form that can be stored [C7]. */
export interface Breaker {
  /** Failures in a row. */
  readonly failures: number
  /** Nothing is sent before it is over; `null`: it may be at once. */
  readonly wait: Wait | null
}

/** open: nothing is sent; half-open: a single small request finds out whether others would get through. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Failures in a row after which it opens. */
export const openAfter = 5

export const closed: Breaker = { failures: 0, wait: null }

export function breakerState({ failures, wait }: Breaker, now: number): BreakerState {
  if (failures < openAfter) return 'closed'
  return wait !== null && endOf(wait, now) > now ? 'open' : 'half-open'
}

/** `wait`: milliseconds until the next attempt. */
export const afterFailure = ({ failures }: Breaker, { now, wait }: { readonly now: number; readonly wait: number }): Breaker => ({
  failures: failures + 1,
  wait: { from: now, until: now + wait },
})

export const afterSuccess = (): Breaker => closed

/** A probe got through: the next request is sent as always, and opens it again if it fails. */
export const afterProbe = ({ failures }: Breaker): Breaker => ({ failures: Math.min(failures, openAfter - 1), wait: null })

/** The network has returned, or the user asks: the wait is over, and what failed is not forgotten. */
export const afterNews = ({ failures }: Breaker): Breaker => ({ failures, wait: null })

export function healthOf({ failures }: Breaker): Health {
  if (failures === 0) return 'healthy'
  return failures < openAfter ? 'degraded' : 'failed'
}

/** A breaker as it was stored; anything odd is a closed one. */
export function restored(stored: unknown): Breaker {
  if (typeof stored !== 'object' || stored === null || !('failures' in stored) || !('wait' in stored)) return closed
  const { failures, wait } = stored
  if (typeof failures !== 'number' || !Number.isSafeInteger(failures) || failures < 0) return closed
  return wait === null || isWait(wait) ? { failures, wait } : closed
}

function isWait(stored: unknown): stored is Wait {
  return typeof stored === 'object' && stored !== null && 'from' in stored && 'until' in stored && Number.isFinite(stored.from) && Number.isFinite(stored.until)
}
