import type { Collection, Collections } from '../core/collection.ts'
import { weighConflict, type ConflictFacts } from '../core/conflict-analysis.ts'
import { diffFields } from '../core/diff.ts'
import type { Fields } from '../core/json.ts'
import { mergeFields } from '../core/merge.ts'
import { keys } from '../core/records.ts'
import type { Answer, Change, Conflict, ConflictWeight, FieldConflict, Op, RecordedChange, Resolution } from '../core/types.ts'
import type { Draft } from './draft.ts'
import { enterHistory } from './history.ts'
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

/** What the server's word on an op came to. `refused`: these changes belong into the tray; retried, they overrule the server. */
export type Outcome = { readonly is: 'settled' } | { readonly is: 'refused'; readonly change: RecordedChange; readonly fields: readonly string[] }

const settled: Outcome = { is: 'settled' }

/**
 * Decides what becomes of an op that met other people's work. What is left of it replaces its changes, with the server's
 * row as its base, and goes out with the next batch; what only a person can decide is parked. An op of a unit is not parked:
 * the unit waits as a whole, in the tray.
 */
export class ConflictResolver {
  readonly #parts: ConflictResolverParts

  constructor(parts: ConflictResolverParts) {
    this.#parts = parts
  }

  /** The row has other values than the op's base. */
  onConflict(op: Op, { row, edits }: Clash, draft: Draft): Outcome {
    draft.putRow(row)
    if (op.kind === 'delete') return this.#onEdited(op, { row, edits }, draft)
    const { patch, undecided, rejected, decided, kind, weight } = mergeFields(this.#collection(op), { op, row, edits, ...this.#edit(op) })
    const onRow = (fields: Fields) =>
      this.#successor(op, { kind: 'update', patch: fields, baseValues: valuesOf(row.fields, fields), baseVersion: row.version })
    const disputed = [...undecided.map(({ field }) => field), ...Object.keys(rejected)]
    if (op.unit !== null && disputed.length > 0) return { is: 'refused', change: onRow(op.patch), fields: disputed }
    if (decided.length > 0) this.#remember(op, { kind, fields: decided, outcome: { is: 'kept' } }, draft)
    this.#settle(op, isEmpty(patch) ? null : onRow(patch), draft)
    if (undecided.length > 0) {
      const asked = Object.fromEntries(undecided.map(({ field, local }) => [field, local]))
      this.#keep(op, { kind, change: onRow(asked), fields: undecided, weight }, draft)
    }
    return isEmpty(rejected) ? settled : { is: 'refused', change: onRow(rejected), fields: disputed }
  }

  /** The row that the op edits has been deleted; by whom and when is not known. */
  onDeleted(op: Op, draft: Draft): Outcome {
    const { replica } = this.#parts
    const known = draft.row(op) ?? replica.buried.get(keys.buried(op))
    const patch: Fields = { ...op.baseValues, ...known?.fields, ...op.patch }
    draft.removeRow(op)
    if (op.kind === 'delete') return this.#settle(op, null, draft)
    const again = this.#successor(op, { kind: 'create', patch, baseValues: {}, baseVersion: null })
    const fields = Object.entries(op.patch).map(([field, local]) => ({ field, base: op.baseValues[field] ?? null, local, remote: null, remoteEdit: null }))
    return this.#decideDelete(op, { kind: 'edit-delete', change: again, fields, row: patch }, draft)
  }

  /** The row that the op deletes has been edited. */
  #onEdited(op: Op, { row, edits }: Pick<Clash, 'row' | 'edits'>, draft: Draft): Outcome {
    const again = this.#successor(op, { kind: 'delete', patch: {}, baseValues: row.fields, baseVersion: row.version })
    const { serverFields } = this.#collection(op)
    const edited = Object.keys(diffFields(op.baseValues, row.fields)?.patch ?? {}).filter((field) => !serverFields.includes(field))
    // The row is as the user saw it: what raised its version was an edit of their own, or one that was taken back.
    if (edited.length === 0) return this.#settle(op, again, draft)
    const fields = edited.map((field) => {
      return { field, base: op.baseValues[field] ?? null, local: null, remote: row.fields[field] ?? null, remoteEdit: edits[field] ?? null }
    })
    return this.#decideDelete(op, { kind: 'delete-edit', change: again, fields, row: row.fields }, draft)
  }

  /** Delete against edit: one side is given up whole, unless a person is asked [CO4]. */
  #decideDelete(op: Op, clash: DeleteClash, draft: Draft): Outcome {
    const { kind, change, fields, row } = clash
    const { deletePolicy, threshold, critical } = this.#collection(op)
    const weight = weighConflict({ kind, fields, ...this.#edit(op), critical })
    if (deletePolicy === 'manual' || weight.confidence < threshold) {
      if (op.unit !== null) return { is: 'refused', change, fields: fields.map(({ field }) => field) }
      this.#settle(op, null, draft)
      this.#keep(op, { kind, change, fields: [], weight }, draft)
      return settled
    }
    const stays = deletePolicy === 'editWins'
    const decided = fields.map((field) => ({ ...field, kept: stays ? (field.local ?? field.remote) : null }))
    this.#remember(op, { kind, fields: decided, outcome: stays ? { is: 'kept' } : { is: 'deleted', row } }, draft)
    // The edit's side is carried by `change` when it is ours, the delete's likewise.
    return this.#settle(op, stays === (kind === 'edit-delete') ? change : null, draft)
  }

  #collection(op: Op): Collection {
    return this.#parts.collections.get(op.collection)!
  }

  /** By whom and when the op's edit was made, by the server's clock and never later than now. */
  #edit(op: Op): Pick<ConflictFacts, 'localUser' | 'localTime'> {
    const localTime = Math.min(op.time, this.#parts.environment.now()) + this.#parts.clockOffset()
    return { localTime, localUser: this.#first(op).user }
  }

  #first(op: Op): RecordedChange {
    return this.#parts.replica.outbox.get(op.sequences[0]!)!
  }

  /** A change that stands for what is left of an op: at the time of the original edit, by the same user. */
  #successor(op: Op, rest: Pick<Change, 'kind' | 'patch' | 'baseValues' | 'baseVersion'>): RecordedChange {
    const carried = op.sequences.flatMap((sequence) => this.#parts.replica.outbox.get(sequence) ?? [])
    const first = this.#first(op)
    // An edit by itself that was joined to a unit must not take the rest of its op out of the unit [A7].
    const group = carried.find((change) => change.group.atomic)?.group ?? first.group
    return { ...first, ...rest, changeId: this.#parts.environment.newId(), scope: op.scope, time: op.time, group }
  }

  /** The op's changes leave the outbox; what is left takes the place of the first, before all later edits of the row. */
  #settle(op: Op, left: RecordedChange | null, draft: Draft): Outcome {
    for (const sequence of op.sequences) draft.finish(sequence)
    if (left !== null) draft.put(keys.change(left.sequence), left)
    return settled
  }

  #keep({ collection, id, scope }: Op, { kind, change, fields, weight }: Parked, draft: Draft): void {
    const { environment } = this.#parts
    const conflictId = environment.newId()
    const time = environment.now()
    const conflict: Conflict = { conflictId, kind, collection, id, scope, fields, changes: [change], time, advice: null, ...weight }
    draft.put(keys.conflict(conflictId), conflict)
  }

  #remember(op: Op, decision: Pick<Resolution, 'kind' | 'fields' | 'outcome'>, draft: Draft): void {
    const { environment, replica } = this.#parts
    const { collection, id, scope } = op
    const resolutionId = environment.newId()
    const by = { decidedBy: 'policy', user: this.#first(op).user, time: environment.now() } as const
    enterHistory({ resolutionId, collection, id, scope, ...by, ...decision }, draft, replica)
  }
}

interface Parked {
  readonly kind: Conflict['kind']
  readonly change: RecordedChange
  readonly fields: readonly FieldConflict[]
  readonly weight: ConflictWeight
}

/** `change` carries our side on; `row` is what is lost if the delete stays. */
interface DeleteClash {
  readonly kind: 'edit-delete' | 'delete-edit'
  readonly change: RecordedChange
  readonly fields: readonly FieldConflict[]
  readonly row: Fields
}

const isEmpty = (fields: Fields): boolean => Object.keys(fields).length === 0

function valuesOf(fields: Fields, like: Fields): Fields {
  return Object.fromEntries(Object.keys(like).map((field) => [field, fields[field] ?? null]))
}
