import type { Collections, Priority } from './collection.ts'
import type { Fields } from './json.ts'
import { squash, type Squashable } from './squash.ts'
import type { EntityRef, Op, OpKind, RecordedChange } from './types.ts'

export interface Plan {
  /** In the order in which the server must apply them. */
  readonly ops: readonly Op[]
  /** Sequence numbers of changes that undid each other before they were ever sent. */
  readonly undone: readonly number[]
}

export interface PlanSettings {
  readonly collections: Collections
  /** The most in a batch. */
  readonly limit: { readonly ops: number; readonly bytes: number }
  /** Collections of which nothing is sent now. */
  readonly held?: ReadonlySet<string>
  readonly newId: () => string
}

/** A map key for an entity. A NUL cannot occur in a collection's name. */
export const entityKey = (collection: string, id: string): string => `${collection}\u0000${id}`

/**
 * Squashes the pending changes (oldest first, grouped by entity) and orders the ops [OB6]: what must come before goes before,
 * and what nothing ties goes by priority, then grouped by collection and kind, because the server works in runs.
 */
export function plan(pending: Iterable<readonly RecordedChange[]>, settings: PlanSettings): Plan {
  const ops: Op[] = []
  const undone: number[] = []
  for (const changes of pending) {
    const [oldest] = changes
    if (oldest === undefined) continue
    const sequences = changes.map(({ sequence }) => sequence)
    const squashed = sendable(squash(changes), settings.collections.get(oldest.collection)?.serverFields ?? [])
    if (squashed === null) undone.push(...sequences)
    else ops.push({ ...squashed, ...nameOf(oldest), opId: settings.newId(), scope: scopeOf(oldest, squashed, settings), sequences, add: {}, unit: null })
  }
  return { ops: inCausalOrder(ops.sort(byPreference(settings.collections)), settings).slice(0, settings.limit.ops), undone }
}

/**
 * Without what only the server fills in: a row that is brought back still holds it, and where a delete and a create became
 * a replace, the old value would be cleared. `null`: nothing else was changed.
 */
function sendable(squashed: Squashable | null, serverFields: readonly string[]): Squashable | null {
  if (squashed === null || !serverFields.some((field) => field in squashed.patch)) return squashed
  const patch = Object.fromEntries(Object.entries(squashed.patch).filter(([field]) => !serverFields.includes(field)))
  return squashed.kind === 'update' && Object.keys(patch).length === 0 ? null : { ...squashed, patch }
}

const nameOf = ({ collection, id }: RecordedChange): EntityRef => ({ collection, id })

/** Where the server has the row now; a row that it does not have yet is created where it ended up. */
function scopeOf({ collection, scope }: RecordedChange, { kind, patch }: Squashable, { collections }: PlanSettings): string {
  const moved = kind === 'create' ? patch[collections.get(collection)?.scopeField ?? 'id'] : undefined
  return typeof moved === 'string' ? moved : scope
}

const priorities: Record<Priority, number> = { critical: 0, high: 1, normal: 2, low: 3 }
/** Deletes first: they may free a unique value that a create takes. */
const kinds: Record<OpKind, number> = { delete: 0, create: 1, replace: 2, update: 3 }

function byPreference(collections: Collections): (a: Op, b: Op) => number {
  const rank = new Map([...collections.keys()].map((name, index) => [name, index]))
  const urgency = ({ collection }: Op) => priorities[collections.get(collection)?.priority ?? 'normal']
  return (a, b) =>
    urgency(a) - urgency(b) ||
    (rank.get(a.collection) ?? 0) - (rank.get(b.collection) ?? 0) ||
    kinds[a.kind] - kinds[b.kind] ||
    a.sequences[0]! - b.sequences[0]!
}

/** Visits each op after all that it depends on; otherwise the given order stays. */
function inCausalOrder(ops: readonly Op[], { collections }: PlanSettings): Op[] {
  const byEntity = new Map(ops.map((op) => [entityKey(op.collection, op.id), op]))
  const formerChildren = new Map<string, Op[]>()
  for (const op of ops) {
    for (const parent of parents(op.collection, op.baseValues, collections)) {
      formerChildren.set(parent, [...(formerChildren.get(parent) ?? []), op])
    }
  }
  const ordered = new Set<Op>()
  const begun = new Set<Op>()
  const visit = (op: Op) => {
    if (begun.has(op)) return
    begun.add(op)
    const before =
      op.kind === 'delete'
        ? (formerChildren.get(entityKey(op.collection, op.id)) ?? [])
        : parents(op.collection, op.patch, collections).flatMap((key) => byEntity.get(key) ?? [])
    before.filter(({ kind }) => op.kind === 'delete' || kind !== 'delete').forEach(visit)
    ordered.add(op)
  }
  ops.forEach(visit)
  return [...ordered]
}

/** The entities that these values refer to. */
function parents(collection: string, values: Fields, collections: Collections): string[] {
  return Object.entries(collections.get(collection)?.references ?? {}).flatMap(([field, parent]) => {
    const id = values[field]
    return typeof id === 'string' ? [entityKey(parent, id)] : []
  })
}
