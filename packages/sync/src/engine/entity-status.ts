import { entityKey } from '../core/entity-key.ts'
import type { ChangeKind, EntityRef, RecordedChange } from '../core/types.ts'
import type { Replica } from './replica.ts'

/**
 * How one entity stands: all of it is on the server; changes of it wait; are on their way; wait for a decision; or were
 * refused and wait in the tray. What needs a person comes before what does not.
 */
export type EntityStatus = 'saved' | 'waiting' | 'sending' | 'conflict' | 'refused'

/** Without a look at more than the entity's own changes and the two lists, which are short. */
export function entityStatus(ref: EntityRef, { conflicts, rejected, batch, outbox }: Replica): EntityStatus {
  const isIt = ({ collection, id }: EntityRef) => collection === ref.collection && id === ref.id
  if ([...conflicts.values()].some(isIt)) return 'conflict'
  if ([...rejected.values()].some(isIt)) return 'refused'
  if (outbox.of(entityKey(ref.collection, ref.id)).length === 0) return 'saved'
  return batch?.ops.some(isIt) ? 'sending' : 'waiting'
}

/** What waits of one entity, in the order in which the first of it was recorded. */
export interface PendingChange extends EntityRef {
  /** What it comes to. */
  readonly kind: ChangeKind
  readonly changes: number
  /** Milliseconds since 1970 of the oldest of them. */
  readonly since: number
}

export function pendingChanges({ outbox }: Replica): PendingChange[] {
  return [...outbox.byEntity()].map((changes) => {
    const [first] = changes as [RecordedChange]
    return { collection: first.collection, id: first.id, kind: kindOf(changes), changes: changes.length, since: first.time }
  })
}

function kindOf(changes: readonly RecordedChange[]): ChangeKind {
  if (changes.at(-1)?.kind === 'delete') return 'delete'
  return changes.some(({ kind }) => kind === 'create') ? 'create' : 'update'
}
