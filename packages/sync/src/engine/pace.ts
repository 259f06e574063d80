import type { SyncEvent } from '../core/events.ts'
import { limitOf, pollEvery, smoothed, type Limit, type Line } from '../core/pace.ts'
import type { Network } from './ports.ts'

/** How much is asked of the line, by what is told and measured of it. */
export class Pace {
  readonly #network: Network
  #latency: number | null = null

  constructor(network: Network) {
    this.#network = network
  }

  /** Requests that were answered tell how long the line takes. */
  hear(event: SyncEvent): void {
    if (event.type === 'pushed' || event.type === 'pulled') this.#latency = smoothed(this.#latency, event.milliseconds)
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
