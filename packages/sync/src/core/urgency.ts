import type { Collections, Priority } from './collection.ts'
import type { Op, OpKind } from './types.ts'

const priorities: Record<Priority, number> = { critical: 0, high: 1, normal: 2, low: 3 }
/** Deletes first: they may free a unique value that a create takes. */
const kinds: Record<OpKind, number> = { delete: 0, create: 1, replace: 2, update: 3 }

/** The order of ops that nothing ties: by priority, then grouped by collection and kind, because the server works in runs. */
export function byUrgency(collections: Collections): (a: Ranked, b: Ranked) => number {
  const rank = new Map([...collections.keys()].map((name, index) => [name, index]))
  const urgency = ({ collection }: Ranked) => priorities[collections.get(collection)?.priority ?? 'normal']
  return (a, b) =>
    urgency(a) - urgency(b) ||
    (rank.get(a.collection) ?? 0) - (rank.get(b.collection) ?? 0) ||
    kinds[a.kind] - kinds[b.kind] ||
    a.sequences[0]! - b.sequences[0]!
}

type Ranked = Pick<Op, 'collection' | 'kind' | 'sequences'>
