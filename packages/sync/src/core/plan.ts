import { blocksOf, type Block } from './blocks.ts'
import type { Collection, Collections } from './collection.ts'
import { addOf, counted, countersOf } from './counters.ts'
import { parted, type Standing } from './naming.ts'
import { sizeOf } from './size.ts'
import type { Squashable } from './squash.ts'
import type { Change, Op, RecordedChange } from './types.ts'
import { byUrgency } from './urgency.ts'

export { entityKey } from './entity-key.ts'

export interface Plan {
  /** In the order in which the server must apply them; those of a unit stand next to each other. */
  readonly ops: readonly Op[]
  /** Sequence numbers of changes that undid each other before they were ever sent. */
  readonly undone: readonly number[]
}

export interface PlanSettings {
  readonly collections: Collections
  /** The most that a batch holds; `bytes` about. A single op or unit that is larger goes alone. */
  readonly limit: { readonly ops: number; readonly bytes: number }
  /** Collections of which nothing is sent now [E6]. */
  readonly held?: ReadonlySet<string>
  /** Default: all may go freely. */
  readonly standing?: (change: RecordedChange) => Standing
  readonly newId: () => string
}

/** An op before it is known whether it goes with this batch. `opId`: the one that it must have; `waits`: it does not go. */
interface Candidate extends Omit<Op, 'opId' | 'unit'> {
  readonly opId: string | null
  readonly waits: boolean
}

const none: ReadonlySet<string> = new Set()
const free = (): Standing => 'free'

/**
 * Squashes the pending changes (oldest first, grouped by entity) and orders the ops [OB6]: what must come before goes before,
 * atomic groups stay together [A7], and what nothing ties goes by priority. As many as a batch holds are the plan.
 */
export function plan(pending: Iterable<readonly RecordedChange[]>, settings: PlanSettings): Plan {
  const { standing = free, held = none } = settings
  const all = [...pending]
  const whole = planned(all, settings)
  if (whole.ops.length > 0) return whole
  // What goes by its name may need what was done after it, and that waits for it: it goes as it would have before that was done.
  const before = all.map((changes) => changes.filter((change) => standing(change) !== 'free' || held.has(change.collection)))
  return { ops: planned(before, settings).ops, undone: whole.undone }
}

function planned(pending: Iterable<readonly RecordedChange[]>, { collections, limit, held = none, standing = free, newId }: PlanSettings): Plan {
  const candidates: Candidate[] = []
  const groups = new Map<string, Candidate[]>()
  const undone: number[] = []
  const add = (changes: readonly RecordedChange[], terms: Pick<Candidate, 'opId' | 'waits'>) => {
    const squashed = squashedOf(changes, collections)
    if (squashed === null) {
      if (!terms.waits) undone.push(...changes.map(({ sequence }) => sequence))
      return
    }
    const candidate = { ...squashed, ...terms }
    candidates.push(candidate)
    for (const groupId of atomicGroups(changes)) {
      const group = groups.get(groupId)
      if (group === undefined) groups.set(groupId, [candidate])
      else group.push(candidate)
    }
  }
  for (const changes of pending) {
    const { going, name, waiting } = parted(changes, standing)
    if (going.length > 0) add(going, { opId: name, waits: false })
    // Planned all the same: what cannot do without it must not go either.
    if (waiting.length > 0) add(waiting, { opId: null, waits: true })
  }
  // A collection that only another version of the app knows waits for that [TB3].
  const isHeld = ({ collection, waits }: Candidate) => waits || held.has(collection) || !collections.has(collection)
  const blocks = blocksOf(candidates.sort(byUrgency(collections)), { collections, isHeld, groups: groups.values() })
  return { ops: batchOf(blocks, { limit, newId }), undone }
}

/** The changes of one entity as one; `null`: together they change nothing. */
function squashedOf(changes: readonly RecordedChange[], collections: Collections): Omit<Candidate, 'opId' | 'waits'> | null {
  const [oldest] = changes
  if (oldest === undefined) return null
  const collection = collections.get(oldest.collection)
  const sums = countersOf(changes, collection)
  const squashed = sendable(counted(changes, sums), collection?.serverFields ?? [])
  if (squashed === null) return null
  const { kind, patch, baseValues, baseVersion, time } = squashed
  const ref = { collection: oldest.collection, id: oldest.id, scope: scopeOf(oldest.scope, squashed, collection) }
  return { ...ref, kind, patch, add: addOf(sums), baseValues, baseVersion, time, sequences: changes.map(({ sequence }) => sequence) }
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

/** Where the server has the row now; a row that it does not have yet is created where it ended up. */
function scopeOf(scope: string, { kind, patch }: Squashable, collection: Collection | undefined): string {
  const moved = kind === 'create' || kind === 'replace' ? patch[collection?.scopeField ?? 'id'] : undefined
  return typeof moved === 'string' ? moved : scope
}

/** Ids of the units that they belong to [A7]. */
export function atomicGroups(changes: readonly Change[]): ReadonlySet<string> {
  if (!changes.some(({ group }) => group.atomic)) return none
  return new Set(changes.flatMap(({ group }) => (group.atomic ? group.groupId : [])))
}

/** The first blocks, as many as the limits allow: what they depend on stands before them. */
function batchOf(blocks: readonly Block<Candidate>[], { limit, newId }: Pick<PlanSettings, 'limit' | 'newId'>): Op[] {
  const batch: Op[] = []
  let bytes = 0
  for (const { ops, isUnit } of blocks) {
    bytes += ops.reduce((sum, op) => sum + sizeOf(op), 0)
    if (batch.length > 0 && (batch.length + ops.length > limit.ops || bytes > limit.bytes)) break
    const unit = isUnit ? (unitName(ops) ?? newId()) : null
    for (const { waits: _, opId, ...op } of ops) batch.push({ ...op, opId: opId ?? newId(), unit })
  }
  return batch
}

/** Where ops have their names, the unit has one too, in whatever order they stand. */
function unitName(ops: readonly Candidate[]): string | undefined {
  return ops.flatMap(({ opId }) => opId ?? []).toSorted()[0]
}
