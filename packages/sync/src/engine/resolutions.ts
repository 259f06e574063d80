import { equal } from '../core/equal.ts'
import type { Fields, Json } from '../core/json.ts'
import type { Choice, Conflict, DecidedField, FieldConflict, Resolution } from '../core/types.ts'

/** The history's entry for a person's choice [CO5]. `row`: the entity as it is seen now. */
export function resolutionOf(conflict: Conflict, choice: Choice, by: Pick<Resolution, 'resolutionId' | 'decidedBy' | 'user' | 'time'> & { readonly row: Fields }): Resolution {
  const { row, ...who } = by
  const { collection, id, scope, kind } = conflict
  const fields = fieldsOf(conflict).map((field): DecidedField => ({ ...field, kept: keptBy(choice, field) }))
  const isDeleted = (kind === 'edit-delete' && choice === 'remote') || (kind === 'delete-edit' && choice === 'local')
  const last = conflict.changes.at(-1)
  const lost = kind === 'delete-edit' ? { ...last?.baseValues } : { ...row, ...last?.patch }
  return { ...who, collection, id, scope, kind, fields, outcome: isDeleted ? { is: 'deleted', row: lost } : { is: 'kept' } }
}

/** A conflict about a delete names no fields; what is at stake is the edit that was made here, if it was. */
function fieldsOf({ kind, fields, changes }: Conflict): readonly FieldConflict[] {
  if (kind !== 'edit-delete') return fields
  return changes.flatMap(({ patch, baseValues }) =>
    Object.entries(patch).map(([field, local]) => ({ field, base: baseValues[field] ?? null, local, remote: null, remoteEdit: null })),
  )
}

function keptBy(choice: Choice, { field, local, remote }: FieldConflict): Json {
  if (choice === 'local') return local
  return choice !== 'remote' && Object.hasOwn(choice.merged, field) ? (choice.merged[field] ?? null) : remote
}

/**
 * The entity as it should be when a decision is taken back: what was given up is there again, where what was kept still
 * stands. Of a value that holds both sides, such as a sum, the other side's part stays.
 */
export function undoOf({ kind, fields, outcome }: Resolution, present: Fields | null): Fields | null {
  if (outcome.is === 'deleted') return present ?? outcome.row
  if (kind === 'edit-delete' || kind === 'delete-edit') return null
  if (present === null) return null
  const back = fields.filter(({ field, kept }) => equal(present[field] ?? null, kept)).map(({ field, local, remote, kept }) => [field, equal(kept, remote) ? local : remote])
  return { ...present, ...(Object.fromEntries(back) as Fields) }
}
