import type { SyncEvent } from '../core/events.ts'
import { limitOf, pollEvery, reachOf, smoothed, type Limit, type Line, type Reach } from '../core/pace.ts'
import type { Network } from './ports.ts'

/** How much is asked of the line, by what is told and measured of it; and what the user is told of it [C8]. */
export class Pace {
  readonly #network: Network
  readonly #emit: (event: SyncEvent) => void
  #latency: number | null = null
  #isOffline: boolean
  #told: Reach = 'online'

  constructor(network: Network, emit: (event: SyncEvent) => void) {
    this.#network = network
    this.#emit = emit
    this.#isOffline = !network.online()
  }

  /** Requests that were answered tell how long the line takes. */
  hear(event: SyncEvent): void {
    if (event.type === 'pushed' || event.type === 'pulled') this.#latency = smoothed(this.#latency, event.milliseconds)
    if (event.type === 'phaseChanged') this.#isOffline = event.paused.includes('offline')
    if (event.type === 'closed') return
    this.look()
  }

  /** The hints may be others than before. */
  look(): void {
    const reach = reachOf(this.#line, this.#isOffline)
    if (reach === this.#told) return
    this.#told = reach
    this.#emit({ type: 'reachChanged', reach })
  }

  pollEvery(isJoined: boolean): number {
    return pollEvery({ line: this.#line, isJoined, isHidden: this.#network.isHidden?.() ?? false })
  }

  limit(): Limit {
    return limitOf(this.#line)
  }

  get #line(): Line {
    return { hints: this.#network.hints?.() ?? {}, latency: this.#latency }
  }
}
