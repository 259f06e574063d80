import type { Collections } from '../core/collection.ts'
import type { Fields } from '../core/json.ts'
import { mergeFields } from '../core/merge.ts'
import { keys } from '../core/records.ts'
import type { Answer, Change, Conflict, FieldConflict, Op, RecordedChange } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Environment } from './ports.ts'
import type { Replica } from './replica.ts'

export interface ConflictResolverParts {
  readonly collections: Collections
  readonly environment: Environment
  readonly replica: Replica
  /** Server's clock minus the device's, in milliseconds. */
  readonly clockOffset: () => number
}

type Clash = Extract<Answer, { status: 'conflict' }>

/**
 * Decides what becomes of an op that met other people's work. What is left of it replaces its changes, with the server's
 * row as its base, and goes out with the next batch; what only a person can decide is parked.
 */
export class ConflictResolver {
  readonly #parts: ConflictResolverParts

  constructor(parts: ConflictResolverParts) {
    this.#parts = parts
  }

  /** The row has other values than the op's base. */
  onConflict(op: Op, { row, edits }: Clash, draft: Draft): void {
    const collection = this.#parts.collections.get(op.collection)!
    draft.putRow(row)
    if (op.kind === 'delete') {
      if (collection.deletePolicy === 'editWins') return this.#settle(op, null, draft)
      const again = this.#successor(op, { kind: 'delete', patch: {}, baseValues: row.fields, baseVersion: row.version })
      if (collection.deletePolicy === 'deleteWins') return this.#settle(op, again, draft)
      return this.#park(op, { kind: 'delete-edit', change: again, fields: [] }, draft)
    }
    const now = this.#parts.environment.now()
    const localTime = Math.min(op.time, now) + this.#parts.clockOffset()
    const { patch, undecided } = mergeFields(collection, { op, row, edits, localTime })
    const left = this.#successor(op, { kind: 'update', patch, baseValues: valuesOf(row.fields, patch), baseVersion: row.version })
    this.#settle(op, Object.keys(patch).length > 0 ? left : null, draft)
    if (undecided.length === 0) return
    const asked = Object.fromEntries(undecided.map(({ field, local }) => [field, local]))
    const change = this.#successor(op, { kind: 'update', patch: asked, baseValues: valuesOf(row.fields, asked), baseVersion: row.version })
    this.#keep(op, { kind: 'edit-edit', change, fields: undecided }, draft)
  }

  /** The row that the op edits has been deleted. */
  onDeleted(op: Op, draft: Draft): void {
    const collection = this.#parts.collections.get(op.collection)!
    const patch: Fields = { ...op.baseValues, ...draft.row(op)?.fields, ...op.patch }
    draft.removeRow(op)
    if (op.kind === 'delete' || collection.deletePolicy === 'deleteWins') return this.#settle(op, null, draft)
    const again = this.#successor(op, { kind: 'create', patch, baseValues: {}, baseVersion: null })
    if (collection.deletePolicy === 'editWins') this.#settle(op, again, draft)
    else this.#park(op, { kind: 'edit-delete', change: again, fields: [] }, draft)
  }

  /** A change that stands for what is left of an op: at the time of the original edit, by the same user. */
  #successor(op: Op, rest: Pick<Change, 'kind' | 'patch' | 'baseValues' | 'baseVersion'>): RecordedChange {
    const first = this.#parts.replica.outbox.get(op.sequences[0]!)!
    return { ...first, ...rest, changeId: this.#parts.environment.newId(), scope: op.scope, time: op.time }
  }

  /** The op's changes leave the outbox; what is left takes the place of the first, before all later edits of the row. */
  #settle(op: Op, left: RecordedChange | null, draft: Draft): void {
    for (const sequence of op.sequences) draft.delete(keys.change(sequence))
    if (left !== null) draft.put(keys.change(left.sequence), left)
  }

  #park(op: Op, parked: Parked, draft: Draft): void {
    this.#settle(op, null, draft)
    this.#keep(op, parked, draft)
  }

  #keep({ collection, id }: Op, { kind, change, fields }: Parked, draft: Draft): void {
    const { environment } = this.#parts
    const conflictId = environment.newId()
    const conflict: Conflict = { conflictId, kind, collection, id, fields, changes: [change], time: environment.now() }
    draft.put(keys.conflict(conflictId), conflict)
  }
}

interface Parked {
  readonly kind: Conflict['kind']
  readonly change: RecordedChange
  readonly fields: readonly FieldConflict[]
}

function valuesOf(fields: Fields, like: Fields): Fields {
  return Object.fromEntries(Object.keys(like).map((field) => [field, fields[field] ?? null]))
}
