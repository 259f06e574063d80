import type { Collections } from './collection.ts'
import type { Batch, Op } from './types.ts'

/**
 * The ops of the batch that this version of the app can send: it knows their collections, and those of all others of their units
 * [A7]. The rest keeps its place, and holds up nothing, until a version leads that knows them [TB3].
 */
export function sendable(batch: Batch | null, collections: Collections): readonly Op[] {
  const { ops = [] } = batch ?? {}
  const unknown = ops.filter(({ collection }) => !collections.has(collection))
  if (unknown.length === 0) return ops
  const units = new Set(unknown.flatMap(({ unit }) => unit ?? []))
  return ops.filter(({ collection, unit }) => collections.has(collection) && (unit === null || !units.has(unit)))
}
