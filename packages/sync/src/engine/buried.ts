import { entityKey } from '../core/plan.ts'
import { keys } from '../core/records.ts'
import type { EntityRef } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Replica } from './replica.ts'

/** Changes of an entity that leave the outbox, and of which nothing is kept elsewhere. */
export interface Left {
  readonly ref: EntityRef
  readonly done: ReadonlySet<number>
}

/** A deleted row is kept for the changes of it that wait. With the last of them it goes: later nothing would take it away. */
export function forgetBuried({ ref, done }: Left, draft: Draft, { buried, outbox }: Replica): void {
  const key = keys.buried(ref)
  if (buried.has(key) && outbox.recordedOf(entityKey(ref.collection, ref.id)).every(({ sequence }) => done.has(sequence))) draft.delete(key)
}
