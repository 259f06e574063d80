import { equal } from '../core/equal.ts'
import type { Answer, Op } from '../core/types.ts'
import { asRow, conflict, missing, visible, type Pusher } from './memory-push.ts'
import type { MemoryTables } from './memory-tables.ts'

/** The ids of the ops that add to counters, and of those of their units: what they are refused is remembered [PU1]. */
export function countingIn(ops: readonly Op[]): ReadonlySet<string> {
  const adding = ops.filter(({ add }) => Object.keys(add).length > 0)
  const units = new Set(adding.flatMap(({ unit }) => unit ?? []))
  return new Set([...adding, ...ops.filter(({ unit }) => unit !== null && units.has(unit))].map(({ opId }) => opId))
}

/** The same refusal, where it was about the row with the row as it is now, as in sync_push.sql. */
export function refuseAgain(tables: MemoryTables, { op, first }: { op: Op; first: Answer }, pusher: Pick<Pusher, 'user'>): Answer {
  if (first.status !== 'conflict' && first.status !== 'deleted') return first
  const row = visible(tables, op, pusher)
  if (row === undefined) return missing(tables, op, pusher)
  const { patch } = asRow(op)
  return conflict(op, row, Object.keys(patch).filter((field) => !equal(row.fields[field] ?? null, patch[field] ?? null)))
}
