import { firstCursor, numberIn } from '../core/records.ts'
import { askAgainIn, Lag } from './lag.ts'
import type { Environment } from './ports.ts'
import type { Replica } from './replica.ts'

interface Commit {
  readonly number: number
  readonly wasKnown: boolean
  readonly lag: Lag
}

/**
 * Commits that were poked and that no answer has held yet. A poke may overtake the read replica that answers the pull: without a
 * second question what it told of would come with the next poll, five minutes later [PL2].
 */
export class Awaited {
  readonly #parts: { readonly replica: Replica; readonly environment: Environment }
  readonly #commits = new Map<string, Commit>()

  constructor(parts: { readonly replica: Replica; readonly environment: Environment }) {
    this.#parts = parts
  }

  /** Infinity: the number is not known, and nobody can tell when it has come. */
  expect(poked: ReadonlyMap<string, number>): void {
    const { scopes } = this.#parts.replica
    for (const [scope, number] of poked) {
      if (number !== Infinity && number > (this.#commits.get(scope)?.number ?? 0)) this.#commits.set(scope, { number, wasKnown: scopes.has(scope), lag: new Lag() })
    }
  }

  /** All was answered: milliseconds until the server is to be asked again; `null`: nothing is missing, or it is no lag. */
  wait(): number | null {
    const { replica, environment } = this.#parts
    const now = environment.now()
    const waits: number[] = []
    for (const [scope, { number, wasKnown, lag }] of this.#commits) {
      const cursor = replica.scopes.get(scope)?.cursor
      const isGone = cursor === undefined && wasKnown
      if (isGone || numberIn(cursor ?? firstCursor) >= number || lag.isOver(now)) this.#commits.delete(scope)
      else waits.push(askAgainIn(lag.elapsed(now)))
    }
    return waits.length === 0 ? null : Math.min(...waits)
  }
}
