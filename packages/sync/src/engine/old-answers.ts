import type { SyncEvent } from '../core/events.ts'
import type { LocalData } from './local-data.ts'
import type { Environment, PullPage } from './ports.ts'

/** Milliseconds until the server is asked again, the first time and at most: a replica lags for less than a second as a rule. */
const waits = { first: 1_000, longest: 30_000 }
/** Half a minute of old answers is no lag any more. */
const answersBeforeError = 5

export interface OldAnswersParts {
  readonly data: LocalData
  readonly environment: Environment
  readonly emit: (event: SyncEvent) => void
}

/** Answers of a server that knows less than the device has seen already, as a read replica that lags [PL4], [PL5]. */
export class OldAnswers {
  readonly #parts: OldAnswersParts
  #inARow = 0

  constructor(parts: OldAnswersParts) {
    this.#parts = parts
  }

  /**
   * Nothing of such an answer holds: neither who is a member, nor what is gone. Where the server is as new as it should be and its
   * counters are still behind after a while, it has lost commits: then it is believed, and sends those scopes anew.
   */
  isOld({ asOf, behind }: PullPage): boolean {
    if (asOf < this.#parts.data.replica.asOf) return true
    return behind.length > 0 && this.#inARow < answersBeforeError
  }

  /** Milliseconds until the next attempt. A server that stays old is told of: sync stands still. */
  wait(): number {
    const { environment, emit } = this.#parts
    this.#inARow += 1
    if (this.#inARow >= answersBeforeError) {
      const message = 'The server knows less than this device has seen: a read replica lags, or the database was restored and its epoch is still the old one.'
      emit({ type: 'failed', error: { kind: 'server', code: 'old-answer', message, time: environment.now() }, attempt: this.#inARow })
    }
    return Math.min(waits.longest, waits.first * 2 ** (this.#inARow - 1))
  }

  isOver(): void {
    this.#inARow = 0
  }
}
