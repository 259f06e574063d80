import { keys, kindOf } from '../core/records.ts'
import type { Batch, ChangeGroup, Op, RecordedChange } from '../core/types.ts'

/** Changes that stand for what was damaged, and the keys of those for which they stand. */
export interface Remade {
  readonly puts: readonly (readonly [key: string, value: RecordedChange])[]
  readonly deletes: readonly string[]
}

/**
 * Of a change on its way what is sent lies in the batch by itself. Where its record is damaged the op gets one change anew, in the
 * place of its first, that stands for all it carries: else nobody could tell what is left of it after a conflict or a refusal [OB8].
 */
export function remadeChanges(whole: ReadonlyMap<string, unknown>): Remade {
  const { ops = [] } = (whole.get(keys.batch) ?? {}) as Partial<Batch>
  const changeOf = (sequence: number) => whole.get(keys.change(sequence)) as RecordedChange | undefined
  // One that was made anew stands for the others, which are no more.
  const isWhole = ({ opId, sequences }: Op) => changeOf(sequences[0]!)?.changeId === opId || sequences.every((sequence) => changeOf(sequence) !== undefined)
  const remade = ops.filter((op) => !isWhole(op))
  if (remade.length === 0) return { puts: [], deletes: [] }
  const known = [...whole].flatMap(([key, value]) => (kindOf(key) === 'change' ? [value as RecordedChange] : []))
  const puts = remade.map((op) => {
    const sequence = op.sequences[0]!
    const near = op.sequences.flatMap((one) => changeOf(one) ?? [])[0] ?? known[0]
    const { user = '', device = '', app = '' } = near ?? {}
    return [keys.change(sequence), { ...editOf(op), changeId: op.opId, user, device, app, group: groupOf(op, { ops, changeOf }), sequence }] as const
  })
  return { puts, deletes: remade.flatMap(({ sequences }) => sequences.slice(1).map(keys.change)) }
}

const editOf = ({ collection, id, scope, kind, patch, baseValues, baseVersion, time }: Op) =>
  ({ collection, id, scope, kind: kind === 'replace' ? 'create' : kind, patch, baseValues, baseVersion, time }) as const

/** The step to which it belonged is known where another change of the op, or of its unit, is whole [A7]. */
function groupOf(op: Op, { ops, changeOf }: { readonly ops: readonly Op[]; readonly changeOf: (sequence: number) => RecordedChange | undefined }): ChangeGroup {
  const together = op.unit === null ? [op] : [op, ...ops.filter(({ unit }) => unit === op.unit)]
  const groups = together.flatMap(({ sequences }) => sequences.flatMap((sequence) => changeOf(sequence)?.group ?? []))
  return groups.find(({ atomic }) => atomic === (op.unit !== null)) ?? { groupId: op.unit ?? op.opId, atomic: op.unit !== null, cause: 'edit' }
}
