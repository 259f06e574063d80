import type { Collections } from '../core/collection.ts'
import { atomicGroups, entityKey } from '../core/plan.ts'
import { keys } from '../core/records.ts'
import type { Change, EntityRef, RecordedChange, Rejected } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Environment } from './ports.ts'
import type { Replica } from './replica.ts'

export interface QuarantineParts {
  readonly collections: Collections
  readonly environment: Environment
  readonly replica: Replica
  readonly draft: Draft
}

export type Reason = Pick<Rejected, 'status' | 'code' | 'message'>

/**
 * Puts refused changes into the tray, with whatever cannot be without them [OB7]: later changes of the row, which stand on
 * them, and changes that refer to an entity whose create was refused. It lives as long as one draft.
 */
export class Quarantine {
  readonly #parts: QuarantineParts
  /** Refused creates, of this draft and of the tray: entity -> id of the refusal. */
  readonly #refused: Map<string, string>
  readonly #inFlight: ReadonlySet<number>
  readonly #taken = new Set<number>()

  constructor(parts: QuarantineParts) {
    const { batch, rejected } = parts.replica
    this.#parts = parts
    this.#inFlight = new Set(batch?.ops.flatMap(({ sequences }) => sequences))
    const creates = [...rejected.values()].filter(({ changes }) => changes.some(isCreate))
    this.#refused = new Map(creates.map(({ collection, id, rejectedId }) => [entityKey(collection, id), rejectedId]))
  }

  /** All pending changes of an entity; `dependsOn`: the refusal without which they would have gone through, where it is known. */
  refuse(ref: EntityRef, reason: Reason, dependsOn: string | null = null): string {
    const changes = this.#parts.replica.outbox.recordedOf(entityKey(ref.collection, ref.id)).filter((change) => !this.hasTaken(change))
    return this.keep(changes, reason, dependsOn)
  }

  /** These changes of one entity, in this form: they need not stand in the outbox as they are here. */
  keep(changes: readonly RecordedChange[], reason: Reason, dependsOn: string | null = null): string {
    const rejectedId = this.shelve(changes, reason, dependsOn ?? this.#refusedParent(changes))
    this.drop(changes)
    const [{ collection, id }] = changes as [RecordedChange]
    if (changes.some(isCreate)) this.#refuseChildren({ collection, id }, rejectedId)
    this.#refuseUnits(changes, rejectedId)
    return rejectedId
  }

  /** These leave the outbox, and nothing is to be kept of them. */
  drop(changes: readonly RecordedChange[]): void {
    for (const { sequence } of changes) {
      this.#parts.draft.delete(keys.change(sequence))
      this.#taken.add(sequence)
    }
  }

  /** It has left the outbox by this draft. */
  hasTaken({ sequence }: RecordedChange): boolean {
    return this.#taken.has(sequence)
  }

  /** Changes that have left the outbox already. */
  shelve(changes: readonly RecordedChange[], reason: Reason, dependsOn: string | null = null): string {
    const { draft, environment } = this.#parts
    const [{ collection, id }] = changes as [RecordedChange]
    const rejectedId = environment.newId()
    // A copy: a list of the outbox grows with the next edit, and what is being written must not.
    const rejected: Rejected = { rejectedId, dependsOn, collection, id, ...reason, changes: [...changes], time: environment.now() }
    draft.put(keys.rejected(rejectedId), rejected)
    return rejectedId
  }

  /** Those on their way are answered by themselves: until then they stay frozen [OB3]. */
  #refuseChildren(parent: EntityRef, rejectedId: string): void {
    this.#refused.set(entityKey(parent.collection, parent.id), rejectedId)
    const message = 'What this belongs to was refused. It goes with it when you try that again, or give it up.'
    for (const changes of this.#parts.replica.outbox.byEntity()) {
      const isFree = changes.every(({ sequence }) => !this.#inFlight.has(sequence) && !this.#taken.has(sequence))
      if (!isFree || !changes.some((change) => this.#parentsOf(change).includes(entityKey(parent.collection, parent.id)))) continue
      this.keep(changes, { status: 'invalid', code: 'depends_on_refused', message }, rejectedId)
    }
  }

  /** The rest of the units that these belong to, as far as it is not on its way [A7]; and what stands on that. */
  #refuseUnits(refused: readonly RecordedChange[], rejectedId: string): void {
    const units = atomicGroups(refused)
    if (units.size === 0) return
    const message = 'It belongs to one step with a change that was refused, and is done together with that or not at all.'
    for (const changes of this.#parts.replica.outbox.byEntity()) {
      const free = changes.filter((change) => !this.#inFlight.has(change.sequence) && !this.hasTaken(change))
      const first = free.findIndex(({ group }) => group.atomic && units.has(group.groupId))
      if (first !== -1) this.keep(free.slice(first), { status: 'invalid', code: 'unit_refused', message }, rejectedId)
    }
  }

  #refusedParent(changes: readonly Change[]): string | null {
    const parents = changes.flatMap((change) => this.#parentsOf(change))
    return parents.flatMap((key) => this.#refused.get(key) ?? [])[0] ?? null
  }

  #parentsOf({ collection, patch }: Change): string[] {
    return Object.entries(this.#parts.collections.get(collection)?.references ?? {}).flatMap(([field, parent]) => {
      const id = patch[field]
      return typeof id === 'string' ? [entityKey(parent, id)] : []
    })
  }
}

const isCreate = ({ kind }: Change): boolean => kind === 'create'
