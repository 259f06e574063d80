import type { Collection, Collections } from '../core/collection.ts'
import { weighConflict, type ConflictFacts } from '../core/conflict-analysis.ts'
import { diffFields } from '../core/diff.ts'
import type { Fields } from '../core/json.ts'
import { mergeFields } from '../core/merge.ts'
import { keys } from '../core/records.ts'
import type { Answer, Change, Conflict, ConflictWeight, FieldConflict, Op, RecordedChange, Rejected } from '../core/types.ts'
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
    draft.putRow(row)
    if (op.kind === 'delete') return this.#onEdited(op, { row, edits }, draft)
    const { patch, undecided, rejected, kind, weight } = mergeFields(this.#collection(op), { op, row, edits, ...this.#edit(op) })
    const onRow = (fields: Fields) =>
      this.#successor(op, { kind: 'update', patch: fields, baseValues: valuesOf(row.fields, fields), baseVersion: row.version })
    this.#settle(op, isEmpty(patch) ? null : onRow(patch), draft)
    if (!isEmpty(rejected)) this.#reject(op, onRow(rejected), draft)
    if (undecided.length === 0) return
    const asked = Object.fromEntries(undecided.map(({ field, local }) => [field, local]))
    this.#keep(op, { kind, change: onRow(asked), fields: undecided, weight }, draft)
  }

  /** The row that the op edits has been deleted; by whom and when is not known. */
  onDeleted(op: Op, draft: Draft): void {
    const patch: Fields = { ...op.baseValues, ...draft.row(op)?.fields, ...op.patch }
    draft.removeRow(op)
    if (op.kind === 'delete') return this.#settle(op, null, draft)
    const again = this.#successor(op, { kind: 'create', patch, baseValues: {}, baseVersion: null })
    const lost = Object.entries(op.patch).map(([field, local]) => ({ field, base: op.baseValues[field] ?? null, local, remote: null, remoteEdit: null }))
    const weight = this.#weigh(op, { kind: 'edit-delete', fields: lost })
    if (this.#asks(op, weight)) return this.#park(op, { kind: 'edit-delete', change: again, fields: [], weight }, draft)
    this.#settle(op, this.#collection(op).deletePolicy === 'editWins' ? again : null, draft)
  }

  /** The row that the op deletes has been edited. */
  #onEdited(op: Op, { row, edits }: Pick<Clash, 'row' | 'edits'>, draft: Draft): void {
    const again = this.#successor(op, { kind: 'delete', patch: {}, baseValues: row.fields, baseVersion: row.version })
    const edited = Object.keys(diffFields(op.baseValues, row.fields)?.patch ?? {})
    const lost = edited.map((field) => {
      return { field, base: op.baseValues[field] ?? null, local: null, remote: row.fields[field] ?? null, remoteEdit: edits[field] ?? null }
    })
    const weight = this.#weigh(op, { kind: 'delete-edit', fields: lost })
    if (this.#asks(op, weight)) return this.#park(op, { kind: 'delete-edit', change: again, fields: [], weight }, draft)
    this.#settle(op, this.#collection(op).deletePolicy === 'deleteWins' ? again : null, draft)
  }

  #collection(op: Op): Collection {
    return this.#parts.collections.get(op.collection)!
  }

  /** By whom and when the op's edit was made, by the server's clock and never later than now. */
  #edit(op: Op): Pick<ConflictFacts, 'localUser' | 'localTime'> {
    const localTime = Math.min(op.time, this.#parts.environment.now()) + this.#parts.clockOffset()
    return { localTime, localUser: this.#first(op).user }
  }

  #weigh(op: Op, facts: Pick<ConflictFacts, 'kind' | 'fields'>): ConflictWeight {
    return weighConflict({ ...facts, ...this.#edit(op), critical: this.#collection(op).critical })
  }

  /** Delete against edit: one side is given up whole, unless a person is asked [CO4]. */
  #asks(op: Op, { confidence }: ConflictWeight): boolean {
    const { deletePolicy, threshold } = this.#collection(op)
    return deletePolicy === 'manual' || confidence < threshold
  }

  #first(op: Op): RecordedChange {
    return this.#parts.replica.outbox.get(op.sequences[0]!)!
  }

  /** A change that stands for what is left of an op: at the time of the original edit, by the same user. */
  #successor(op: Op, rest: Pick<Change, 'kind' | 'patch' | 'baseValues' | 'baseVersion'>): RecordedChange {
    return { ...this.#first(op), ...rest, changeId: this.#parts.environment.newId(), scope: op.scope, time: op.time }
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

  #keep({ collection, id, scope }: Op, { kind, change, fields, weight }: Parked, draft: Draft): void {
    const { environment } = this.#parts
    const conflictId = environment.newId()
    const conflict: Conflict = { conflictId, kind, collection, id, scope, advice: null, fields, changes: [change], time: environment.now(), ...weight }
    draft.put(keys.conflict(conflictId), conflict)
  }

  /** The change stands on the server's row as it is now: to retry it is to overrule that. */
  #reject({ collection, id }: Op, change: RecordedChange, draft: Draft): void {
    const { environment } = this.#parts
    const rejectedId = environment.newId()
    const fields = Object.keys(change.patch).join(', ')
    const message = `Somebody else changed ${fields} in the meantime, and that stays. Retry to put your values in its place, or discard them.`
    const time = environment.now()
    const rejected: Rejected = { rejectedId, dependsOn: null, collection, id, status: 'conflict', code: 'policy_reject', message, changes: [change], time }
    draft.put(keys.rejected(rejectedId), rejected)
  }
}

interface Parked {
  readonly kind: Conflict['kind']
  readonly change: RecordedChange
  readonly fields: readonly FieldConflict[]
  readonly weight: ConflictWeight
}

const isEmpty = (fields: Fields): boolean => Object.keys(fields).length === 0

function valuesOf(fields: Fields, like: Fields): Fields {
  return Object.fromEntries(Object.keys(like).map((field) => [field, fields[field] ?? null]))
}
