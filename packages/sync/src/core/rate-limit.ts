/** Calls a second that are no cause for concern, however long they go on: more than any person makes. */
const sustained = 100
/** Calls at once that are none either. */
const burst = 500
/** It is over once so many calls at once are possible again: after a while of quiet, or one loop would be told of many times. */
const calmAt = burst / 2

/** A token bucket: each call takes a token, `sustained` come back each second, and there are `burst` at most. Times are milliseconds. */
export interface RateLimit {
  readonly tokens: number
  readonly countedAt: number
  /** When the bucket was last full. */
  readonly fullAt: number
  /** There was no token for a call, and it has not been calm since. */
  readonly isOver: boolean
}

export const noCalls: RateLimit = { tokens: burst, countedAt: 0, fullAt: 0, isOver: false }

/** After a call. A clock that was set back gives no tokens, and takes none. */
export function countCall(limit: RateLimit, now: number): RateLimit {
  const returned = (Math.max(0, now - limit.countedAt) * sustained) / 1_000
  const there = Math.min(burst, limit.tokens + returned)
  const isOver = there < 1 || (limit.isOver && there < calmAt)
  return { tokens: Math.max(0, there - 1), countedAt: now, fullAt: there === burst ? now : Math.min(limit.fullAt, now), isOver }
}

/** Calls a second, on average since the bucket was last full; of less than a second, in that time. */
export function callsPerSecond({ tokens, countedAt, fullAt }: RateLimit): number {
  const seconds = (countedAt - fullAt) / 1_000
  return Math.round((burst - tokens + sustained * seconds) / Math.max(1, seconds))
}
