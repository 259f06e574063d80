import type { SyncEvent } from '../core/events.ts'
import type { KeepData } from './ports.ts'

/**
 * Asks the browser to keep the data once there is something to lose: when the first change of a signed-in user has been stored.
 * A guest who looks around is not bothered.
 */
export class Keeping {
  readonly #keepData: KeepData
  readonly #emit: (event: SyncEvent) => void
  #user: string | null = null
  #isAsked = false

  constructor(keepData: KeepData, emit: (event: SyncEvent) => void) {
    this.#keepData = keepData
    this.#emit = emit
  }

  /** To be told every event, after the app was. */
  hear(event: SyncEvent): void {
    if (event.type === 'opened') {
      this.#user = event.user
      this.#tell(this.#keepData.isKept())
    }
    if (event.type !== 'changeStored' || this.#user === null || this.#isAsked) return
    this.#isAsked = true
    this.#tell(this.#keepData.ask())
  }

  /** A browser that refuses to say keeps nothing. */
  #tell(answer: Promise<boolean>): void {
    void answer.catch(() => false).then((kept) => this.#emit({ type: 'keepingTold', kept }))
  }
}
