import { encodeEntity } from './codec.ts'
import type { Collection } from './collection.ts'
import { weighConflict } from './conflict-analysis.ts'
import { equal } from './equal.ts'
import type { Fields, Json } from './json.ts'
import type { Decision, Disagreement, MergePolicy } from './policies.ts'
import type { ConflictKind, ConflictWeight, DecidedField, FieldConflict, FieldEdit, Op, Row } from './types.ts'

export interface MergeInput {
  readonly op: Pick<Op, 'kind' | 'patch' | 'baseValues'>
  readonly row: Row
  readonly edits: Readonly<Record<string, FieldEdit>>
  /** Who made the local edit, and when, by the server's clock. */
  readonly localUser: string
  readonly localTime: number
}

/** What is left of the local patch, what only a person can decide, what is set aside, and what a policy decided, for the history [CO5]. */
export interface Merged {
  readonly patch: Fields
  readonly undecided: readonly FieldConflict[]
  readonly rejected: Fields
  readonly decided: readonly DecidedField[]
  readonly kind: ConflictKind
  readonly weight: ConflictWeight
}

/**
 * Three-way, field by field [CO1]: the same value on both sides is no conflict; where only one side moved, that side stays;
 * where both moved, the field's policy decides, unless giving one side up takes more confidence than there is [CO4].
 */
export function mergeFields(collection: Collection, input: MergeInput): Merged {
  const { op, row, edits } = input
  const patch: Record<string, Json> = {}
  const rejected: Record<string, Json> = {}
  const undecided: FieldConflict[] = []
  const guesses: Guess[] = []
  const decided: DecidedField[] = []
  for (const [field, local] of Object.entries(op.patch)) {
    const base = own(op.baseValues, field)
    const remote = own(row.fields, field)
    const policy = own(collection.merge, field) ?? collection.mergeDefault
    if (equal(base, local) || (equal(local, remote) && policy.sameValue === undefined)) continue
    if (equal(base, remote)) {
      patch[field] = local
      continue
    }
    const remoteEdit = own(edits, field)
    const conflict = { field, base, local, remote, remoteEdit }
    const decision = decide(policy, { base, local, remote, localTime: input.localTime, remoteTime: remoteEdit?.time ?? 0 })
    if (decision.take === 'ask') undecided.push(conflict)
    else if (decision.take === 'reject') rejected[field] = local
    else if (decision.take === 'value') {
      decided.push({ ...conflict, kept: decision.value })
      if (!equal(decision.value, remote)) patch[field] = decision.value
    } else if (!equal(local, remote)) guesses.push({ conflict, take: decision.take })
  }
  const kind = op.kind === 'create' ? 'create-create' : 'edit-edit'
  const fields = [...undecided, ...guesses.map(({ conflict }) => conflict)]
  const weight = weighConflict({ ...input, kind, fields, critical: collection.critical })
  const sure = weight.confidence >= collection.threshold
  for (const { conflict, take } of guesses) {
    if (sure) decided.push({ ...conflict, kept: conflict[take] })
    else undecided.push(conflict)
    if (sure && take === 'local') patch[conflict.field] = conflict.local
  }
  return { patch, undecided, rejected, decided, kind, weight }
}

/** A decision that gives one side up. */
interface Guess {
  readonly conflict: FieldConflict
  readonly take: 'local' | 'remote'
}

/** Not by `record[field]` alone: a field named `constructor` would find a function of all objects. */
function own<Value>(record: Readonly<Record<string, Value>>, field: string): Value | null {
  return Object.hasOwn(record, field) ? (record[field] ?? null) : null
}

/** The app's own policy may throw, or decide for what cannot be stored. That must not hold up the whole outbox: a person decides. */
function decide(policy: MergePolicy, disagreement: Disagreement): Decision {
  try {
    const decision = policy(disagreement)
    switch (decision.take) {
      case 'value':
        return { take: 'value', value: encodeEntity({ value: decision.value })['value'] ?? null }
      case 'local':
      case 'remote':
      case 'ask':
      case 'reject':
        return decision
      default:
        return { take: 'ask' }
    }
  } catch {
    return { take: 'ask' }
  }
}
