import type { Json } from './json.ts'
import type { ConflictKind, ConflictWeight, FieldConflict } from './types.ts'

export interface ConflictFacts {
  readonly kind: ConflictKind
  /** The fields of which one side is given up, or would be. */
  readonly fields: readonly FieldConflict[]
  readonly critical: readonly string[]
  /** Who made the local edit, and when, by the server's clock. */
  readonly localUser: string
  readonly localTime: number
}

/** Two edits so far apart leave half of the doubt: the later one was probably made in knowledge of the earlier. */
const halfKnown = 5 * 60_000
/** What is left of the doubt when both edits are by one person, who knows which was meant. */
const doubtAboutOneself = 0.1
/** A critical field weighs as much as so many others. */
const criticalFields = 3
/** From so many fields on it is no slip but another idea of the whole thing. */
const manyFields = 4
const nearlySame = 0.8

/**
 * How severe a conflict is and how sure a decision about it can be [CO4]. Whatever speaks for a decision reduces the doubt by
 * its share: time between the edits, one person behind both, values that nearly agree. Each further field divides the odds.
 * Only sums, products and quotients, which every device computes alike [CO3].
 */
export function weighConflict(facts: ConflictFacts): ConflictWeight {
  const { fields, critical, localUser } = facts
  if (fields.length === 0) return { severity: 'low', confidence: 1 }
  const agreement = Math.min(...fields.map(({ local, remote }) => likeness(local, remote)))
  const byOneself = fields.every(({ remoteEdit }) => remoteEdit?.by === localUser)
  const doubt = doubtByTime(facts) * (byOneself ? doubtAboutOneself : 1) * (1 - agreement / 2)
  const weight = fields.reduce((sum, { field }) => sum + (critical.includes(field) ? criticalFields : 1), 0)
  return { severity: severityOf(facts, agreement), confidence: (1 - doubt) / (1 - doubt + weight * doubt) }
}

/** The nearest of the edits counts; of one whose time is unknown nothing can be said. */
function doubtByTime({ fields, localTime }: ConflictFacts): number {
  const gaps = fields.map(({ remoteEdit }) => (remoteEdit === null ? 0 : Math.abs(localTime - remoteEdit.time)))
  return halfKnown / (halfKnown + Math.min(...gaps))
}

function severityOf(facts: ConflictFacts, agreement: number): ConflictWeight['severity'] {
  const { kind, fields, critical } = facts
  if (kind === 'delete-edit' || kind === 'edit-delete') return 'high'
  if (fields.length >= manyFields || fields.some(({ field }) => critical.includes(field))) return 'high'
  return agreement >= nearlySame ? 'low' : 'medium'
}

/** How nearly two values agree, 0 to 1: numbers by their ratio, texts by what they begin and end with; all others not. */
function likeness(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return likeNumbers(a, b)
  if (typeof a === 'string' && typeof b === 'string') return likeTexts(a, b)
  return 0
}

function likeNumbers(a: number, b: number): number {
  if (a === b) return 1
  return a > 0 === b > 0 ? Math.min(Math.abs(a), Math.abs(b)) / Math.max(Math.abs(a), Math.abs(b)) : 0
}

function likeTexts(a: string, b: string): number {
  const longer = Math.max(a.length, b.length)
  if (longer === 0) return 1
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start += 1
  let end = 0
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  return (start + end) / longer
}
