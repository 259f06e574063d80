import { smoothed, timeoutOf } from '../core/pace.ts'
import { TransportError } from '../engine/ports.ts'

/** A signal for one request of which nothing is known. */
export const afterTimeout = (): AbortSignal => AbortSignal.timeout(timeoutOf(null, 0))

/** Gives requests the time that the line needs, by how long those before took [C13]; or what `giveUp` says. */
export class Patience {
  readonly #giveUp: (milliseconds: number) => AbortSignal
  #latency: number | null = null
  #givenUp = 0

  constructor(giveUp: (milliseconds: number) => AbortSignal = (milliseconds) => AbortSignal.timeout(milliseconds)) {
    this.#giveUp = giveUp
  }

  async during<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const signal = this.#giveUp(timeoutOf(this.#latency, this.#givenUp))
    const from = performance.now()
    try {
      const result = await work(signal)
      this.#latency = smoothed(this.#latency, performance.now() - from)
      this.#givenUp = 0
      return result
    } catch (error) {
      if (signal.aborted) this.#givenUp += 1
      throw error
    }
  }
}

/**
 * What the client does, or a failure of the network when that takes too long: supabase-js sets no time for a renewal of the
 * session, and a network that swallows it, as some do instead of refusing, would hold up the loop for ever.
 */
export function orGiveUp<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TransportError('The session was waited for too long.', { kind: 'network', code: 'refresh', cause: signal.reason }))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    const end = () => signal.removeEventListener('abort', giveUp)
    work.then(resolve, reject).finally(end)
  })
}
