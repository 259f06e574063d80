import type { HeardCommits } from './heard-commits.ts'
import type { Environment } from './ports.ts'

export interface MissingCommitsParts {
  readonly heard: HeardCommits
  readonly environment: Environment
  /** Takes in what the storage holds. */
  readonly read: () => Promise<void>
}

/** Milliseconds that a commit of another tab may be on its way before it is looked up in the storage. */
const patience = 50
/** Milliseconds until a storage that could not be read is read again. */
const patienceWithStorage = 1_000

/** A commit that was left out may still be on its way; else it is found in the storage [TB2]. */
export class MissingCommits {
  readonly #parts: MissingCommitsParts
  #isWaiting = false
  #isOver = false

  constructor(parts: MissingCommitsParts) {
    this.#parts = parts
  }

  /** To be told whenever something was heard of. */
  wait(milliseconds: number = patience): void {
    const { heard, environment } = this.#parts
    if (this.#isWaiting || this.#isOver || !heard.isMissingSome) return
    this.#isWaiting = true
    environment.setTimer(() => void this.#look(), milliseconds)
  }

  /** The storage is about to be closed: to read it would open it again. */
  stop(): void {
    this.#isOver = true
  }

  async #look(): Promise<void> {
    const { heard, read } = this.#parts
    if (this.#isOver) return
    const isRead = !heard.isMissingSome || (await read().then(() => true, () => false))
    this.#isWaiting = false
    this.wait(isRead ? patience : patienceWithStorage)
  }
}
