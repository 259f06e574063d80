import equal from 'fast-deep-equal'
import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import { kindOf } from '../core/records.ts'
import { squash } from '../core/squash.ts'
import type { Answer, Batch, Conflict, Op, RecordedChange, Rejected } from '../core/types.ts'
import type { Write } from '../engine/ports.ts'

export interface LedgerParts {
  readonly answered: ReadonlyMap<string, ReadonlySet<Answer['status']>>
  readonly complain: (sentence: string) => void
}

/**
 * Keeps account of one device's disk: every change that leaves the outbox, and every decision that leaves the lists,
 * must have a reason that can be checked [OB4].
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #records = new Map<string, unknown>()
  /** Lists of decisions that the person at the device has asked to clear. */
  readonly #decided = new Set<string>()
  recorded = 0

  constructor(parts: LedgerParts) {
    this.#parts = parts
  }

  /** A person decides; the record may leave its list. */
  decide(key: string): void {
    this.#decided.add(key)
  }

  get pending(): number {
    return [...this.#records.keys()].filter((key) => key === 'batch' || kindOf(key) === 'change').length
  }

  all(kind: 'conflict'): Conflict[]
  all(kind: 'rejected'): Rejected[]
  all(kind: 'conflict' | 'rejected'): unknown[] {
    return [...this.#records].filter(([key]) => kindOf(key) === kind).map(([, value]) => value)
  }

  enter({ puts = [], deletes = [], append = [] }: Write, sequences: readonly number[]): void {
    this.#checkChanges(new Map(puts), deletes)
    for (const key of deletes) {
      const needsReason = kindOf(key) === 'conflict' || kindOf(key) === 'rejected'
      if (needsReason && this.#records.has(key) && !this.#decided.has(key) && !this.#wentWithScope(key, { puts, deletes })) this.#parts.complain(`[OB4] ${key} left its list and nobody had decided it`)
      this.#records.delete(key)
    }
    for (const [key, value] of puts) {
      if (kindOf(key) === 'rejected' && (value as Rejected).code === '22000') {
        this.#parts.complain(`[PU5] a column of the server was sent: ${JSON.stringify(value)}`)
      }
      if (key === 'batch') this.#checkOps((value as Batch).ops)
      this.#records.set(key, value)
    }
    for (const [index, change] of append.entries()) {
      const sequence = sequences[index]!
      this.recorded += 1
      this.#records.set(changeKey(sequence), { ...change, sequence })
    }
  }

  /** The scope is gone for this user: what waited for a decision waits in the tray now, a delete nowhere. */
  #wentWithScope(key: string, { puts = [], deletes = [] }: Write): boolean {
    const { scope, kind, changes } = this.#records.get(key) as Conflict
    const isKept = puts.some(([name, value]) => kindOf(name) === 'rejected' && equal((value as Rejected).changes, changes))
    return kindOf(key) === 'conflict' && deletes.includes(`scope/${scope}`) && (isKept || kind === 'delete-edit')
  }

  /** An op carries the last value of each field of its changes, unless that is where the field began [OB5]. */
  #checkOps(ops: readonly Op[]): void {
    const known = (this.#records.get('batch') as Batch | undefined)?.ops ?? []
    for (const op of ops.filter(({ opId }) => known.every((other) => other.opId !== opId))) {
      const changes = op.sequences.map((sequence) => this.#records.get(changeKey(sequence)) as RecordedChange)
      // An update after the delete is one that was refused earlier and is tried again: the row stays deleted.
      const isDelete = changes.findLast(({ kind }) => kind !== 'update')?.kind === 'delete'
      if (isDelete !== (op.kind === 'delete')) this.#parts.complain(`[OB5] ${op.kind} of ${op.id} carries ${JSON.stringify(changes)}`)
      if (isDelete) continue
      const began = Object.assign({}, ...changes.toReversed().map(({ baseValues }) => baseValues)) as Fields
      const ends = Object.assign({}, ...changes.map(({ patch }) => patch)) as Fields
      for (const [field, value] of Object.entries(ends)) {
        if (field === 'createdAt') continue
        if (!equal(op.patch[field] ?? null, value) && !(op.kind === 'update' && equal(began[field] ?? null, value))) {
          this.#parts.complain(`[OB5] ${field} of ${op.id} is not in the op: ${JSON.stringify([op, changes])}`)
        }
      }
    }
  }

  #checkChanges(puts: ReadonlyMap<string, unknown>, deletes: readonly string[]): void {
    const leaving = [...deletes, ...puts.keys()].flatMap((key) => {
      const change = kindOf(key) === 'change' ? (this.#records.get(key) as RecordedChange | undefined) : undefined
      return change === undefined ? [] : [change]
    })
    const byEntity = new Map<string, RecordedChange[]>()
    for (const change of leaving) {
      const key = entityKey(change.collection, change.id)
      byEntity.set(key, [...(byEntity.get(key) ?? []), change])
    }
    for (const changes of byEntity.values()) {
      const unexplained = changes.filter((change) => !this.#isAnswered(change) && !isKept(change, puts))
      if (unexplained.length === 0 || squash(unexplained) === null) continue
      const isEvicted = deletes.some((key) => key === `scope/${changes[0]!.scope}`) && unexplained.at(-1)!.kind === 'delete'
      if (!isEvicted) this.#parts.complain(`[OB4] changes left the outbox without a reason: ${JSON.stringify(unexplained)}`)
    }
  }

  /** The op that carried the change has an answer that ends it. */
  #isAnswered({ sequence }: RecordedChange): boolean {
    const batch = this.#records.get('batch') as Batch | undefined
    const op = batch?.ops.find(({ sequences }) => sequences.includes(sequence))
    return op !== undefined && this.#endings(op).length > 0
  }

  #endings({ opId }: Op): Answer['status'][] {
    return [...(this.#parts.answered.get(opId) ?? [])].filter((status) => ['applied', 'merged', 'duplicate', 'conflict', 'deleted'].includes(status))
  }
}

const changeKey = (sequence: number): string => `change/${String(sequence).padStart(16, '0')}`

/** The change is kept in a record of the same write. */
function isKept({ sequence }: RecordedChange, puts: ReadonlyMap<string, unknown>): boolean {
  return [...puts].some(([key, value]) => {
    if (kindOf(key) !== 'rejected') return false
    return (value as Rejected).changes.some((kept) => kept.sequence === sequence)
  })
}
