import { entityKey } from '../core/plan.ts'
import type { Answer, EntityRef, Op, Row } from '../core/types.ts'
import type { PullPage, PullRequest, PushResult } from '../engine/ports.ts'

/** What the server told one device: what arrived there, not what was sent. It is the only reason for a base row to change. */
export class Told {
  readonly #answers = new Map<string, Answer[]>()
  readonly #sent = new Map<number, Op[]>()
  readonly #tombstones = new Map<string, number>()
  readonly #gone = new Set<string>()
  readonly #everGone = new Set<string>()
  /** Scopes that are being sent anew: what does not come again is gone. */
  readonly #resets = new Set<string>()
  readonly #fetched = new Set<string>()
  /** The newest state of the server that it has heard of [PL4]. */
  #newest = { epoch: '', asOf: 0 }
  #hasAll = false

  /** The last answer to a pull of everything had all that was left of it: nothing is to be asked before the next poll. */
  get hasAll(): boolean {
    return this.#hasAll
  }

  /** The device has sent these. */
  sent(ops: readonly Op[]): void {
    for (const op of ops) for (const sequence of op.sequences) this.#sent.set(sequence, [...(this.#sent.get(sequence) ?? []).filter(({ opId }) => opId !== op.opId), op])
  }

  /** The ops that were sent and carry a change. */
  opsOf(sequence: number): readonly Op[] {
    return this.#sent.get(sequence) ?? []
  }

  /** All that were ever sent. */
  allSent(): readonly Op[] {
    return [...this.#sent.values()].flat()
  }

  push({ answers, epoch, asOf = 0 }: PushResult): void {
    this.#hear({ epoch: epoch ?? this.#newest.epoch, asOf })
    for (const answer of answers) this.#answers.set(answer.opId, [...(this.#answers.get(answer.opId) ?? []), answer])
  }

  pull(page: PullPage | 'unchanged', { only }: PullRequest): void {
    if (page !== 'unchanged') this.#hear(page)
    if (!only) this.#hasAll = page === 'unchanged' || (!page.more && page.asOf >= this.#newest.asOf && page.behind.length === 0)
    if (page === 'unchanged') return
    for (const { collection, id, scope, version } of page.deleted) {
      const key = placeKey({ collection, id }, scope)
      this.#tombstones.set(key, Math.max(version, this.#tombstones.get(key) ?? 0))
    }
    for (const { scope } of page.gone) this.#gone.add(scope)
    for (const { scope } of page.gone) this.#everGone.add(scope)
    for (const scope of page.reset) this.#resets.add(scope)
    for (const scope of Object.keys(page.cursors)) this.#gone.delete(scope)
  }

  #hear({ epoch, asOf }: { readonly epoch: string; readonly asOf: number }): void {
    if (epoch !== this.#newest.epoch || asOf > this.#newest.asOf) this.#newest = { epoch, asOf }
  }

  /** The device fetches them from their start of its own accord. */
  isFetched(scopes: readonly string[]): void {
    for (const scope of scopes) this.#fetched.add(scope)
  }

  /** The device holds all of the scope again; `keepsFetched`: of what it fetches anew by itself, rows may go and come again. */
  isWhole(scope: string, keepsFetched: boolean): void {
    this.#resets.delete(scope)
    if (!keepsFetched) this.#fetched.delete(scope)
  }

  all(opId: string): readonly Answer[] {
    return this.#answers.get(opId) ?? []
  }

  /** The latest answer to an op that decides it; `undefined`: there is none. */
  final(opId: string): Answer | undefined {
    return this.#answers.get(opId)?.findLast(({ status }) => status !== 'retry')
  }

  isGone(scope: string): boolean {
    return this.#gone.has(scope)
  }

  /** It was told once, to one of the tabs. */
  wasGone(scope: string): boolean {
    return this.#everGone.has(scope)
  }

  /** It has left its scope by a later tombstone, or may have been missing when its scope was sent anew. */
  hasLeft(row: Row): boolean {
    return (this.#tombstones.get(placeKey(row, row.scope)) ?? 0) > row.version || this.#resets.has(row.scope) || this.#fetched.has(row.scope)
  }
}

const placeKey = ({ collection, id }: EntityRef, scope: string): string => `${entityKey(collection, id)}\u0000${scope}`
