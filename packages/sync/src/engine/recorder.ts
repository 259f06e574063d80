import { retryDelay } from '../core/retry.ts'
import type { Change } from '../core/types.ts'
import type { LocalData } from './local-data.ts'
import type { Environment } from './ports.ts'

export interface RecorderParts {
  readonly data: LocalData
  readonly environment: Environment
  readonly onRecorded: () => void
  readonly onFailed: (cause: unknown) => void
  /** Edits come faster than any person makes them; told once until it is over [A5]. */
  readonly onRunaway: (perSecond: number) => void
}

/**
 * Makes changes durable: all of one tick in one transaction (group commit).
 * When the storage refuses, they stay in memory and in the view, in their order, and it is tried again.
 */
export class Recorder {
  readonly #parts: RecorderParts
  #waiting: Change[] = []
  #running: Promise<void> | null = null

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  record(changes: readonly Change[]): void {
    for (const change of changes) this.#parts.data.replica.outbox.beginRecording(change)
    this.#waiting.push(...changes)
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  /** Resolves when everything recorded so far is durable [OB2]. */
  async flush(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #run(): Promise<void> {
    const { data, environment, onRecorded, onFailed } = this.#parts
    for (let failures = 0; this.#waiting.length > 0; ) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await data.commit({}, batch)
        failures = 0
        onRecorded()
      } catch (cause) {
        this.#waiting = [...batch, ...this.#waiting]
        failures += 1
        onFailed(cause)
        const delay = retryDelay(failures, environment.random())
        await new Promise<void>((resolve) => environment.setTimer(resolve, delay))
      }
    }
    this.#running = null
  }
}
