import { afterFailure, afterNews, afterProbe, afterSuccess, breakerState, healthOf, restored, type Breaker, type Health } from '../core/breaker.ts'
import type { Collections } from '../core/collection.ts'
import type { SyncEvent } from '../core/events.ts'
import { longestAsked } from '../core/failure.ts'
import { keys } from '../core/records.ts'
import { mostUrgent, retryDelay, type RetrySettings } from '../core/retry.ts'
import type { LocalData } from './local-data.ts'
import type { Environment } from './ports.ts'

export interface CircuitParts {
  readonly data: LocalData
  readonly collections: Collections
  readonly environment: Environment
  readonly retry: RetrySettings
  readonly emit: (event: SyncEvent) => void
}

/** How the requests went, and from that: when the next may go out, and whether it may be more than a probe [C7]. */
export class Circuit {
  readonly #parts: CircuitParts
  /** The longest wait between attempts. */
  readonly #longest: number
  #breaker: Breaker
  #health: Health
  /** When the server said that it may be asked again. News of the network changes nothing about that [C6]. */
  #notBefore = 0

  constructor(parts: CircuitParts) {
    const { data, environment, retry } = parts
    const longest = Math.max(...Object.values(retry).map((backoff) => backoff.longest))
    this.#parts = parts
    this.#longest = longest
    this.#breaker = restored(data.replica.breaker, { now: environment.now(), longest })
    this.#health = healthOf(this.#breaker)
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#breaker.failures
  }

  get retryAt(): number {
    const now = this.#parts.environment.now()
    // A wait that is longer than any can be is of a clock that has been set back.
    const bounded = (at: number, longest: number) => (at > now + longest ? now : at)
    return Math.max(bounded(this.#breaker.retryAt ?? 0, this.#longest), bounded(this.#notBefore, longestAsked))
  }

  get probing(): boolean {
    return breakerState({ failures: this.failures, retryAt: this.retryAt }, this.#parts.environment.now()) === 'half-open'
  }

  succeeded(): Promise<void> {
    return this.#set(afterSuccess())
  }

  /** A probe got through: the next request is the trial. */
  probed(): void {
    this.#breaker = afterProbe(this.#breaker)
  }

  /** The network has returned, or the user asks: the wait is over. */
  news(): void {
    this.#breaker = afterNews(this.#breaker)
  }

  /** `asked`: milliseconds that the server asked to wait. */
  async failed(asked: number | undefined): Promise<void> {
    const { environment, data, collections, retry } = this.#parts
    const now = environment.now()
    if (asked !== undefined) this.#notBefore = now + asked
    // The most urgent change on its way decides how patient it is [B2].
    const urgency = mostUrgent((data.replica.batch?.ops ?? []).map(({ collection }) => collections.get(collection)?.priority ?? 'normal'))
    const wait = retryDelay(this.failures + 1, environment.random(), retry[urgency])
    // The storage may be the one that fails: what cannot be written down holds in memory.
    await this.#set(afterFailure(this.#breaker, { now, wait })).catch(() => {})
  }

  /** Written down when it changes what is told: a restart must not make a storm of a server's trouble. */
  async #set(breaker: Breaker): Promise<void> {
    const { data, emit } = this.#parts
    this.#breaker = breaker
    const health = healthOf(breaker)
    if (health === this.#health) return
    this.#health = health
    emit({ type: 'healthChanged', health })
    await data.commit({ puts: [[keys.breaker, breaker]] })
  }
}
