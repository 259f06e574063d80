import { entityKey } from '../core/plan.ts'
import { firstCursor, kindOf, type PageRecord, type ScopeRecord } from '../core/records.ts'
import type { Answer, Op, Row } from '../core/types.ts'
import type { Write } from '../engine/ports.ts'
import type { Hardship } from './simulation-life.ts'
import type { Told } from './simulated-told.ts'

export interface BaseLedgerParts {
  readonly told: Told
  /** What was deleted, or belonged to another history, may come again as it was: replicas lag, or a backup was restored. */
  readonly mayComeAgain: () => boolean
  readonly spared: ReadonlySet<Hardship>
  readonly complain: (sentence: string) => void
}

export interface Entering {
  /** Ops that this write takes out of the batch, and that tell what the row is now. */
  readonly settled: readonly Op[]
  /** All by which a row may have left the device. */
  readonly sent: readonly Op[]
  /** Not of an op from or into a scope that had to make room. */
  readonly isStored: (op: Op) => boolean
  /** It came together in a tab's memory. */
  readonly isTakenOver: boolean
}

interface Held {
  readonly page: string
  readonly row: Row
}

/** Keeps account of the base rows on one device's disk: each change of one follows from what the server told. */
export class BaseLedger {
  readonly #parts: BaseLedgerParts
  readonly #pages = new Map<string, readonly Row[]>()
  readonly #rows = new Map<string, Held>()
  /** The highest version that each entity ever had here in this epoch. */
  readonly #highest = new Map<string, number>()

  /** Rows of damaged pages. */
  readonly #lost = new Set<string>()

  constructor(parts: BaseLedgerParts) {
    this.#parts = parts
  }

  /** The record cannot be used any more: what it held comes again, unless it is gone by then [OB8]. */
  damage(key: string): void {
    const [kind, , scope] = key.split('/')
    if (kind === 'scope') this.#parts.told.isFetched([key.slice('scope/'.length)])
    if (kind !== 'page' || scope === undefined) return
    this.#parts.told.isFetched([scope])
    for (const row of this.#pages.get(key) ?? []) {
      this.#rows.delete(keyOf(row))
      this.#lost.add(keyOf(row))
    }
    this.#pages.delete(key)
  }

  enter({ puts = [], deletes = [] }: Write, { settled, sent, isStored, isTakenOver }: Entering): void {
    const before = new Map<string, Row>()
    const written = new Map(puts.flatMap(([key, value]) => (kindOf(key) === 'page' ? [[key, (value as PageRecord).rows] as const] : [])))
    for (const key of deletes) if (kindOf(key) === 'page') written.set(key, [])
    for (const key of written.keys()) {
      for (const row of this.#pages.get(key) ?? []) {
        before.set(keyOf(row), row)
        this.#rows.delete(keyOf(row))
      }
    }
    for (const [page, rows] of written) this.#put(page, rows)
    const isNewEpoch = puts.some(([key]) => key === 'epoch')
    if (isNewEpoch) this.#highest.clear()
    else this.#compare(before, { deletes, sent, isStored, isTakenOver })
    for (const row of [...written.values()].flat()) {
      const highest = this.#highest.get(keyOf(row)) ?? 0
      if (row.version < highest && !isNewEpoch && !before.has(keyOf(row)) && !this.#parts.mayComeAgain()) {
        this.#parts.complain(`[PL6] ${row.collection}/${row.id} came back at version ${row.version}; it had been at ${highest}`)
      }
      this.#highest.set(keyOf(row), Math.max(highest, row.version))
    }
    for (const op of settled) this.#checkSettled(op)
    for (const [key, value] of puts) {
      if (kindOf(key) === 'scope' && (value as ScopeRecord).unseen === undefined && (value as ScopeRecord).cursor !== firstCursor) this.#parts.told.isWhole((value as ScopeRecord).scope, this.#parts.spared.has('resync'))
    }
  }

  #put(page: string, rows: readonly Row[]): void {
    if (rows.length > 0) this.#pages.set(page, rows)
    else this.#pages.delete(page)
    for (const row of rows) {
      const other = this.#rows.get(keyOf(row))
      if (other !== undefined) this.#parts.complain(`[PL1] ${row.collection}/${row.id} lies in two pages: ${page} and ${other.page}`)
      this.#rows.set(keyOf(row), { page, row })
    }
  }

  #compare(before: ReadonlyMap<string, Row>, { deletes, sent, isStored, isTakenOver }: Pick<Entering, 'sent' | 'isStored' | 'isTakenOver'> & { readonly deletes: readonly string[] }): void {
    const { told, complain } = this.#parts
    for (const [key, row] of before) {
      const after = this.#rows.get(key)?.row
      if (after !== undefined && after.version < row.version) complain(`[PL5] ${row.collection}/${row.id} went back from version ${row.version} to ${after.version}`)
      // In memory the scope may have gone with its rows, and come back since, made again by its user.
      const wentInMemory = isTakenOver && told.wasGone(row.scope)
      if (after !== undefined || deletes.includes(`scope/${row.scope}`) || told.hasLeft(row) || wentInMemory) continue
      const ops = sent.filter(({ collection, id }) => collection === row.collection && id === row.id)
      if (!ops.some((op) => endsRow(told.final(op.opId)) || !isStored(op))) complain(`[PL6] ${JSON.stringify(row)} left the device and nobody had told so`)
    }
    for (const key of deletes) {
      const scope = key.slice('scope/'.length)
      if (kindOf(key) === 'scope' && !told.isGone(scope) && !(isTakenOver && told.wasGone(scope))) complain(`[PL4] the scope ${scope} was evicted and nobody had told so`)
    }
  }

  /** The answer to an op tells what the row is now. */
  #checkSettled({ opId, collection, id }: Op): void {
    const answer = this.#parts.told.final(opId)
    if (answer === undefined) return
    const row = this.#rows.get(entityKey(collection, id))?.row
    if (endsRow(answer) && row !== undefined) this.#parts.complain(`[OB4] ${collection}/${id} is kept after the answer ${answer.status}`)
    const version = 'row' in answer ? answer.row?.version : 'version' in answer ? answer.version : null
    const isBehind = row === undefined ? !this.#lost.has(entityKey(collection, id)) : row.version < (version ?? 0)
    if (!endsRow(answer) && typeof version === 'number' && isBehind) {
      this.#parts.complain(`[PL5] ${collection}/${id} is at ${row?.version ?? 'nothing'} after the answer ${answer.status} of ${version}`)
    }
  }
}

const keyOf = ({ collection, id }: Row): string => entityKey(collection, id)

/** The answer says that there is no such row any more. */
function endsRow(answer: Answer | undefined): boolean {
  if (answer === undefined) return false
  return answer.status === 'deleted' || (answer.status === 'duplicate' && answer.row === null) || (answer.status === 'applied' && answer.version === null)
}
