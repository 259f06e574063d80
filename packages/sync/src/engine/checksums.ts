import { rowHash } from '../core/row-hash.ts'
import { endOf, noWait, waitFrom, type Wait } from '../core/wait.ts'
import type { PullPage } from './ports.ts'
import type { Replica } from './replica.ts'

/** Milliseconds between checks. Each reads all rows of the user, 1 ms for 2,000 of them, and what it looks for is rare: lost storage, writes past the triggers. */
const checkEvery = 600_000

/** What the checksums of an answer say about scopes. */
export interface Verdict {
  /** They differ twice in a row: they are to be fetched anew. */
  readonly anew: readonly string[]
  /** They still differ after that: no use to go on. Told once. */
  readonly left: readonly string[]
  /** The server is to be asked again at once. */
  readonly again: boolean
}

/** Whether the device holds the rows that the server says, scope by scope [PL7]. */
export class Checksums {
  #next: Wait = noWait
  readonly #suspects = new Set<string>()
  readonly #fetchedAnew = new Set<string>()
  readonly #left = new Set<string>()

  isDue(now: number): boolean {
    return endOf(this.#next, now) <= now
  }

  /** The next pull of everything is to be checked: at a start, and after a resync. */
  soon(): void {
    this.#next = noWait
  }

  /** The page that the checksums came with has been taken in, and was the last of a pull of everything; `null`: it had none. */
  compare(told: PullPage['checksums'], replica: Replica, now: number): Verdict {
    const differing = told === null ? [] : differingScopes(told, replica).filter((scope) => !this.#left.has(scope))
    const left = differing.filter((scope) => this.#fetchedAnew.has(scope))
    const fresh = differing.filter((scope) => !this.#fetchedAnew.has(scope))
    const anew = fresh.filter((scope) => this.#suspects.has(scope))
    // One that agrees again may be fetched anew again, should it ever differ once more.
    this.#fetchedAnew.clear()
    this.#suspects.clear()
    for (const scope of left) this.#left.add(scope)
    for (const scope of anew) this.#fetchedAnew.add(scope)
    for (const scope of fresh) if (!this.#fetchedAnew.has(scope)) this.#suspects.add(scope)
    const again = fresh.length > 0
    this.#next = again ? noWait : waitFrom(now, checkEvery)
    return { anew, left, again }
  }
}

/** Of the scopes that are pulled. A row that the app's schema refuses is not shown, and counts. */
function differingScopes(told: NonNullable<PullPage['checksums']>, replica: Replica): string[] {
  const sums = new Map([...replica.scopes.keys()].map((scope) => [scope, 0]))
  for (const { id, scope, version } of replica.rows()) {
    const sum = sums.get(scope)
    if (sum !== undefined) sums.set(scope, (sum ^ rowHash(id, version)) >>> 0)
  }
  return [...sums].flatMap(([scope, sum]) => (sum === (told[scope] ?? 0) ? [] : [scope]))
}
