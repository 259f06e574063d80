/** Milliseconds until a server that lags is asked again, the first time and at most: a replica lags for less than a second as a rule. */
const waits = { first: 1_000, longest: 30_000 }
/** Milliseconds after which it is no lag any more. */
const longestLag = 30_000

/** After 1 s, then after as long again as it has lasted: how often it is asked depends on nothing else that is asked meanwhile. */
export const askAgainIn = (elapsed: number): number => Math.min(waits.longest, waits.first + elapsed)

/** How long a server has known less than it should, by a clock that may be set back. Times are milliseconds since 1970. */
export class Lag {
  #since: number | null = null

  /** Milliseconds; a lag that was not known of begins now. */
  elapsed(now: number): number {
    if (this.#since === null || this.#since > now) this.#since = now
    return now - this.#since
  }

  /** It has lasted for too long to be one. */
  isOver(now: number): boolean {
    return this.#since !== null && now - this.#since >= longestLag
  }

  end(): void {
    this.#since = null
  }
}
