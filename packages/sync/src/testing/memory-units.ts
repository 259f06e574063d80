import type { Answer, Op } from '../core/types.ts'
import { conflict, refused, visible, type Pusher } from './memory-push.ts'
import type { MemoryTables } from './memory-tables.ts'

/** Cuts a push where the unit changes; each op without one stands by itself. */
export function sectionsOf(ops: readonly Op[]): readonly (readonly Op[])[] {
  const sections: Op[][] = []
  for (const op of ops) {
    const last = sections.at(-1)
    if (op.unit !== null && last?.[0]?.unit === op.unit) last.push(op)
    else sections.push([op])
  }
  return sections
}

/** The units whose ops do not stand next to each other. */
export function scatteredIn(sections: readonly (readonly Op[])[]): ReadonlySet<string> {
  const units = sections.flatMap(([first]) => first?.unit ?? [])
  return new Set(units.filter((unit, index) => units.indexOf(unit) !== index))
}

export const scattered = (op: Op): Answer => refused(op, 'invalid', 'scattered_unit')

export interface UnitTry {
  readonly ops: readonly Op[]
  /** Tries one op. */
  readonly answer: (op: Op) => Answer
}

/** Tries the ops of a unit; all that they did is taken back if one of them is refused, as in sync_apply_runs.sql [A7]. */
export function applyUnit(tables: MemoryTables, { ops, answer }: UnitTry, pusher: Pick<Pusher, 'user'>): readonly Answer[] {
  const takeBack = tables.savepoint()
  const answers = ops.map((op) => ({ op, given: answer(op) }))
  if (answers.every(({ given: { status } }) => isDone(status) || status === 'duplicate')) return answers.map(({ given }) => given)
  takeBack()
  const undecided = answers.find(({ given }) => given.status === 'retry')?.given
  return answers.map(({ op, given }) => {
    if (given.status === 'duplicate') return given
    if (undecided !== undefined) return { ...undecided, opId: op.opId }
    if (isDone(given.status)) return { opId: op.opId, status: 'undone' }
    return given.status === 'conflict' ? conflictAgain(tables, { op, fields: Object.keys(given.edits) }, pusher) : given
  })
}

export const isDone = (status: Answer['status']): boolean => status === 'applied' || status === 'merged'

/** With the row as it is now: what the unit had made of it never was. */
function conflictAgain(tables: MemoryTables, { op, fields }: { op: Op; fields: readonly string[] }, pusher: Pick<Pusher, 'user'>): Answer {
  const row = visible(tables, op, pusher)
  return row === undefined ? refused(op, 'not_found', 'not_found') : conflict(op, row, fields)
}
