import type { SyncEvent } from '../core/events.ts'
import type { LocalData } from './local-data.ts'
import { askAgainIn, Lag } from './lag.ts'
import type { Environment, PullPage } from './ports.ts'

/** Milliseconds of old answers from which on a person is told. */
const untilError = 15_000

export interface OldAnswersParts {
  readonly data: LocalData
  readonly environment: Environment
  readonly emit: (event: SyncEvent) => void
}

/** Answers of a server that knows less than the device has seen already, as a read replica that lags [PL4], [PL5]. */
export class OldAnswers {
  readonly #parts: OldAnswersParts
  readonly #lag = new Lag()
  #inARow = 0

  constructor(parts: OldAnswersParts) {
    this.#parts = parts
  }

  /**
   * Nothing of such an answer holds: neither who is a member, nor what is gone. Where the server is as new as it should be and its
   * counters have been behind for so long that it is no lag, it has lost commits: then it is believed, and sends those scopes anew.
   */
  isOld({ asOf, behind }: PullPage): boolean {
    const { data, environment } = this.#parts
    if (asOf < data.replica.asOf) return true
    return behind.length > 0 && !this.#lag.isOver(environment.now())
  }

  /** Milliseconds until the next attempt. A server that stays old is told of: sync stands still. */
  wait(): number {
    const { environment, emit } = this.#parts
    const elapsed = this.#lag.elapsed(environment.now())
    this.#inARow += 1
    if (elapsed >= untilError) {
      const message = 'The server knows less than this device has seen: a read replica lags, or the database was restored and its epoch is still the old one.'
      emit({ type: 'failed', error: { kind: 'server', code: 'old-answer', message, time: environment.now() }, attempt: this.#inARow })
    }
    return askAgainIn(elapsed)
  }

  /** A pull of everything was answered in full. One of a few scopes says nothing of the others. */
  end(): void {
    this.#lag.end()
    this.#inARow = 0
  }
}
