import equal from 'fast-deep-equal'
import type { Collection } from './collection.ts'
import type { Fields, Json } from './json.ts'
import type { FieldConflict, FieldEdit, Op, Row } from './types.ts'

export interface MergeInput {
  readonly op: Pick<Op, 'patch' | 'baseValues'>
  readonly row: Row
  readonly edits: Readonly<Record<string, FieldEdit>>
  /** When the local edit was made, by the server's clock. */
  readonly localTime: number
}

/** What is left of the local patch, and what only a person can decide. */
export interface Merged {
  readonly patch: Fields
  readonly undecided: readonly FieldConflict[]
}

/**
 * Three-way, field by field [CO1]: the same value on both sides is no conflict; where only one side moved, that side stays;
 * where both moved, the field's policy decides.
 */
export function mergeFields(collection: Collection, { op, row, edits, localTime }: MergeInput): Merged {
  const patch: Record<string, Json> = {}
  const undecided: FieldConflict[] = []
  for (const [field, local] of Object.entries(op.patch)) {
    const base = op.baseValues[field] ?? null
    const remote = row.fields[field] ?? null
    if (equal(local, remote) || equal(base, local)) continue
    if (equal(base, remote)) {
      patch[field] = local
      continue
    }
    const edit = edits[field] ?? null
    const policy = collection.merge[field] ?? collection.mergeDefault
    const decision = policy({ base, local, remote, localTime, remoteTime: edit?.time ?? 0 })
    if (decision.take === 'ask') undecided.push({ field, base, local, remote, remoteEdit: edit })
    else if (decision.take === 'local') patch[field] = local
    else if (decision.take === 'value' && !equal(decision.value, remote)) patch[field] = decision.value
  }
  return { patch, undecided }
}
