import { equal } from '../core/equal.ts'
import { kindOf } from '../core/records.ts'
import type { Answer, Conflict, Op, Rejected, Resolution } from '../core/types.ts'

type Puts = readonly (readonly [key: string, value: unknown])[]

/** How many conflicts of a device were decided without a person, and how many there were [D3]. */
export interface ConflictCount {
  readonly byPolicy: number
  readonly all: number
}

/** What a write adds to that; `isKnown`: the record was there before. */
export function conflictsIn(puts: Puts, isKnown: (key: string) => boolean): ConflictCount {
  const fresh = puts.filter(([key]) => !isKnown(key))
  const byPolicy = fresh.filter(([key, value]) => kindOf(key) === 'history' && (value as Resolution).decidedBy === 'policy').length
  const asked = fresh.filter(([key, value]) => kindOf(key) === 'conflict' || (kindOf(key) === 'rejected' && (value as Rejected).status === 'conflict')).length
  return { byPolicy, all: byPolicy + asked }
}

/** Fields of a refused op in which both sides moved, and of which nothing tells what became of them: no decision, conflict or refusal [CO5]. */
export function unaccounted(op: Op, answer: Answer | undefined, puts: Puts): readonly string[] {
  if (answer?.status !== 'conflict' || op.kind === 'delete') return []
  const told = puts.filter(([key, value]) => tells.has(kindOf(key)) && isOf(value as Conflict | Rejected | Resolution, op))
  if (told.some(([key]) => kindOf(key) !== 'history')) return []
  const decided = new Set(told.flatMap(([, value]) => (value as Resolution).fields.map(({ field }) => field)))
  const { fields } = answer.row
  return Object.entries(op.patch).flatMap(([field, local]) => {
    const [base, remote] = [op.baseValues[field] ?? null, fields[field] ?? null]
    return decided.has(field) || field in op.add || equal(remote, base) || equal(remote, local) || equal(local, base) ? [] : [field]
  })
}

const tells: ReadonlySet<string> = new Set(['history', 'conflict', 'rejected'])

const isOf = ({ collection, id }: Pick<Op, 'collection' | 'id'>, op: Op): boolean => collection === op.collection && id === op.id
