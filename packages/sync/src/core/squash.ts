import { diffFields, valueIn } from './diff.ts'
import type { Fields, Json } from './json.ts'
import type { OpKind } from './types.ts'

/** The part of a change or an op that squashing looks at. */
export interface Squashable {
  readonly kind: OpKind
  readonly patch: Fields
  readonly baseValues: Fields
  readonly baseVersion: number | null
  readonly time: number
}

/**
 * The changes of one entity, oldest first, as one; `null` when together they change nothing [OB5].
 * Squashing in parts leads to the same row.
 */
export function squash(changes: readonly Squashable[]): Squashable | null {
  let sum: Squashable | null = null
  let isAbsent = false
  for (const change of changes) {
    // Made and deleted before it was sent, it is nowhere: an edit by a tab that had not heard of that changes nothing.
    if (isAbsent && (change.kind === 'update' || change.kind === 'delete')) continue
    const before: Squashable | null = sum
    sum = before === null ? change : join(before, change)
    isAbsent = sum === null && before?.kind === 'create'
  }
  // Not before: what a field began as must be known to the end, or an edit by a tab that saw something else in between is lost.
  return sum && tidy(sum)
}

function join(first: Squashable, then: Squashable): Squashable | null {
  const base = { baseVersion: first.baseVersion, time: then.time }
  // A delete and a replace know the whole row that was there; what came after them tells nothing of it.
  const whole = first.kind === 'delete' || first.kind === 'replace'
  const oldest: Fields = whole ? first.baseValues : { ...then.baseValues, ...first.baseValues }
  const latest: Fields = { ...first.patch, ...then.patch }
  switch (`${first.kind}+${then.kind}` as const) {
    case 'create+update':
    case 'create+create':
      return { ...base, kind: 'create', patch: latest, baseValues: {} }
    case 'create+replace':
      return { ...base, kind: 'create', patch: then.patch, baseValues: {} }
    case 'create+delete':
      return null
    case 'update+update':
    case 'update+create':
      return { ...base, kind: 'update', patch: latest, baseValues: oldest }
    case 'update+delete':
    case 'replace+delete':
    case 'delete+delete':
    case 'delete+update':
      return { ...base, kind: 'delete', patch: {}, baseValues: oldest }
    case 'delete+create':
    case 'delete+replace':
    case 'update+replace':
    case 'replace+replace':
    case 'replace+create':
      return { ...base, kind: 'replace', patch: then.patch, baseValues: oldest }
    case 'replace+update':
      return { ...base, kind: 'replace', patch: latest, baseValues: oldest }
  }
}

/** A field that ends where it began leaves the patch; a replace keeps all its fields, as the row may have to be made anew. */
function tidy(change: Squashable): Squashable | null {
  if (change.kind === 'create' || change.kind === 'delete') return change
  const patch: Fields = change.kind === 'replace' ? withoutLeftOvers(change) : change.patch
  const diff = diffFields(pick(change.baseValues, patch), patch)
  if (diff === null) return null
  return change.kind === 'replace' ? { ...change, patch } : { ...change, ...diff }
}

/** What the old row had and the new one has not must become `null`, or the old value would show through. */
function withoutLeftOvers({ patch, baseValues }: Squashable): Fields {
  const cleared: Record<string, Json> = {}
  for (const field of Object.keys(baseValues)) if (!Object.hasOwn(patch, field)) cleared[field] = null
  return { ...cleared, ...patch }
}

function pick(values: Fields, like: Fields): Fields {
  return Object.fromEntries(Object.keys(like).map((field) => [field, valueIn(values, field)]))
}
