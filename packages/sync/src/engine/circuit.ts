import { afterFailure, afterNews, afterProbe, afterSuccess, breakerState, healthOf, restored, type Breaker, type Health } from '../core/breaker.ts'
import type { Collections } from '../core/collection.ts'
import type { SyncEvent } from '../core/events.ts'
import { keys } from '../core/records.ts'
import { mostUrgent, retryDelay, type RetrySettings } from '../core/retry.ts'
import { endOf, noWait, type Wait } from '../core/wait.ts'
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
  #breaker: Breaker
  #health: Health
  /** The server asked for it. News of the network changes nothing about that [C6]. */
  #asked: Wait = noWait

  constructor(parts: CircuitParts) {
    this.#parts = parts
    this.#breaker = restored(parts.data.replica.breaker)
    this.#health = healthOf(this.#breaker)
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#breaker.failures
  }

  get retryAt(): number {
    const now = this.#parts.environment.now()
    return Math.max(endOf(this.#breaker.wait ?? noWait, now), endOf(this.#asked, now))
  }

  get probing(): boolean {
    const now = this.#parts.environment.now()
    return this.retryAt <= now && breakerState(this.#breaker, now) === 'half-open'
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
    if (asked !== undefined) this.#asked = { from: now, until: now + asked }
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
