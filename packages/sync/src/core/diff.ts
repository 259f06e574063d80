import { equal } from './equal.ts'
import type { Fields, Json } from './json.ts'

/** What an edit did to an entity: new values, and the values that they replaced. Both have the same keys. */
export interface FieldDiff {
  readonly patch: Fields
  readonly baseValues: Fields
}

/** The fields that differ by value, or `null` when none does. A field that is missing on one side counts as `null`. */
export function diffFields(before: Fields, after: Fields): FieldDiff | null {
  const patch: Record<string, Json> = {}
  const baseValues: Record<string, Json> = {}
  let changed = false
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = valueIn(before, field)
    const now = valueIn(after, field)
    if (equal(old, now)) continue
    patch[field] = now
    baseValues[field] = old
    changed = true
  }
  return changed ? { patch, baseValues } : null
}

/** Not by `fields[field]` alone: a missing field named `constructor` would be a function of all objects. */
export const valueIn = (fields: Fields, field: string): Json => (Object.hasOwn(fields, field) ? (fields[field] ?? null) : null)
