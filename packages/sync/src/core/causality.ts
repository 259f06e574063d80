import type { Collections } from './collection.ts'
import { entityKey } from './entity-key.ts'
import type { Fields } from './json.ts'
import type { Op } from './types.ts'

/** What causality asks of an op. */
export type Caused = Pick<Op, 'collection' | 'id' | 'kind' | 'scope' | 'patch' | 'baseValues'>

/** For each op those that must be applied before it: a parent's before its children's, a former child's, and what is in a scope, before the delete of its parent [OB6]. */
export function causesOf<Some extends Caused>(ops: readonly Some[], collections: Collections): (op: Some) => readonly Some[] {
  // More than one of an entity where only the first of them may be sent now.
  const byEntity = new Map<string, Some[]>()
  for (const op of ops) {
    const key = entityKey(op.collection, op.id)
    const known = byEntity.get(key)
    if (known === undefined) byEntity.set(key, [op])
    else known.push(op)
  }
  const parents = (op: Some, values: Fields): Some[] => {
    const found: Some[] = []
    for (const [field, collection] of Object.entries(collections.get(op.collection)?.references ?? {})) {
      const id = values[field]
      const all = typeof id === 'string' ? byEntity.get(entityKey(collection, id)) : undefined
      for (const parent of all ?? []) if (parent !== op) found.push(parent)
    }
    return found
  }
  const causes = new Map(ops.map((op) => [op, op.kind === 'delete' ? [] : parents(op, op.patch).filter(({ kind }) => kind !== 'delete')]))
  for (const child of ops) {
    // An update tells only of the fields that it changes; where the entity is, its op tells.
    const before = { [collections.get(child.collection)?.scopeField ?? 'id']: child.scope, ...child.baseValues }
    for (const parent of parents(child, before)) if (parent.kind === 'delete') causes.get(parent)?.push(child)
  }
  return (op) => causes.get(op) ?? []
}

/**
 * Whether the op cannot be sent without its cause: a parent that is not there yet, or children that are still there. What is
 * only edited in a scope that is deleted goes first where both are sent, and holds nothing up where it is not.
 */
export const isNeeded = (op: Caused, cause: Caused): boolean =>
  op.kind === 'delete' ? cause.kind === 'delete' || Object.values(cause.baseValues).includes(op.id) : cause.kind === 'create' || cause.kind === 'replace'
