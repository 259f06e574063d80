import { encodeEntity } from '../core/codec.ts'
import type { Collections } from '../core/collection.ts'
import { diffFields } from '../core/diff.ts'
import { InvalidChange, SyncError } from '../core/errors.ts'
import type { Fields } from '../core/json.ts'
import { atomicGroups } from '../core/plan.ts'
import { keys } from '../core/records.ts'
import type { Change, ChangeGroup, Choice, Conflict, EntityRef, RecordedChange, Rejected, Resolution } from '../core/types.ts'
import { overlay } from '../core/view.ts'
import { forgetBuried } from './buried.ts'
import type { ChangeTracker } from './change-tracker.ts'
import { commitOnAll } from './commit-on-all.ts'
import type { Draft } from './draft.ts'
import { enterHistory } from './history.ts'
import type { LocalData } from './local-data.ts'
import type { Environment } from './ports.ts'
import { resolutionOf, undoOf } from './resolutions.ts'

export interface DecisionsParts {
  readonly data: LocalData
  readonly collections: Collections
  readonly environment: Environment
  readonly tracker: ChangeTracker
  readonly user: string
  readonly onDecided: (resolutions: readonly Resolution[]) => void
}

/**
 * What a person decides about conflicts and refused changes. Each decision is one write, of as many records as it is about, and
 * stands on what there is when it is written: a tab that has slept may show what has been decided, or sent again, long ago [TB2].
 */
export class Decisions {
  readonly #parts: DecisionsParts

  constructor(parts: DecisionsParts) {
    this.#parts = parts
  }

  /** Decides parked conflicts [CO5]. @throws {SyncError} `not-found`, `bad-change` or `invalid-change`; then nothing was decided. */
  async resolve(conflictIds: readonly string[], choice: Choice, decidedBy: 'person' | 'adviser' = 'person'): Promise<void> {
    await this.#decide((draft) => conflictIds.map((conflictId) => this.#resolve(conflictId, { choice, decidedBy }, draft)))
  }

  #resolve(conflictId: string, { choice, decidedBy }: { readonly choice: Choice; readonly decidedBy: 'person' | 'adviser' }, draft: Draft): Resolution {
    const { data, environment, user } = this.#parts
    const conflict = data.replica.conflicts.get(keys.conflict(conflictId))
    if (conflict === undefined) throw new SyncError('not-found', `There is no conflict ${conflictId}; it may have been resolved in another tab.`)
    draft.delete(keys.conflict(conflictId))
    for (const change of this.#changesFor(conflict, choice)) this.#append(draft, { ...change, time: environment.now() })
    const who = { resolutionId: environment.newId(), decidedBy, user, time: environment.now() } as const
    const resolution = resolutionOf(conflict, choice, { ...who, row: data.replica.view(conflict) ?? {} })
    enterHistory(resolution, draft, data.replica)
    return resolution
  }

  /** Puts back what a decision gave up, where nobody has changed it since. @throws {SyncError} `not-found` */
  async undoResolution(resolutionId: string): Promise<void> {
    await this.#decide((draft) => this.#undo(resolutionId, draft))
  }

  #undo(resolutionId: string, draft: Draft): readonly Resolution[] {
    const { data, environment, tracker, user } = this.#parts
    const resolution = [...data.replica.history.values()].find((other) => other.resolutionId === resolutionId)
    if (resolution === undefined) throw new SyncError('not-found', `There is no decision ${resolutionId} in the history of this device.`)
    const before = data.replica.view(resolution)
    const after = undoOf(resolution, before)
    const change = tracker.changeBetween(resolution, { before, after }, this.#group())
    if (change === null) return []
    draft.append(change)
    const undone = { ...resolution, resolutionId: environment.newId(), decidedBy: 'undo', user, time: environment.now() } as const
    const fields = resolution.fields.map((field) => ({ ...field, kept: after?.[field.field] ?? null }))
    const decision: Resolution = { ...undone, fields, outcome: after === null ? { is: 'deleted', row: before ?? {} } : { is: 'kept' } }
    enterHistory(decision, draft, data.replica)
    return [decision]
  }

  /** Sends refused changes once more, as new changes, with all that depends on them or that they depend on. @throws {SyncError} `not-found` */
  async retry(rejectedIds: readonly string[]): Promise<void> {
    await this.#decide((draft) => this.#takeBack(rejectedIds, draft))
  }

  /**
   * Sends refused changes once more with other values in some fields: the old ones stay as they were recorded, a new one comes
   * after them [OB1].
   *
   * @throws {SyncError} `not-found`; `bad-change`: there is no entity to edit, as it was to be deleted; `invalid-change`
   */
  async edit(rejectedId: string, patch: Fields): Promise<void> {
    await this.#decide((draft) => this.#edit(rejectedId, patch, draft))
  }

  #edit(rejectedId: string, patch: Fields, draft: Draft): readonly Resolution[] {
    const { data, environment } = this.#parts
    const rejected = this.#rejected(rejectedId)
    const before = overlay(data.replica.row(rejected), rejected.changes)
    if (before === null) throw new SyncError('bad-change', 'This refused change deletes its entity: there is nothing left to edit.')
    const after = this.#valid(rejected, { ...before, ...patch })
    const diff = diffFields(pick(before, patch), pick(after, patch))
    this.#takeBack([rejectedId], draft)
    const { sequence: _, ...last } = rejected.changes.at(-1)!
    if (diff !== null) this.#append(draft, { ...last, ...diff, kind: 'update', time: environment.now(), group: this.#group(last.group.atomic ? last.group : undefined) })
    return []
  }

  /** Gives refused changes up for good, with all that depends on them. @throws {SyncError} `not-found` */
  async discard(rejectedIds: readonly string[]): Promise<void> {
    await this.#decide((draft) => {
      for (const rejected of this.#related(rejectedIds, 'dependants')) {
        draft.delete(keys.rejected(rejected.rejectedId))
        forgetBuried({ ref: rejected, done: none }, draft, this.#parts.data.replica)
      }
      return []
    })
  }

  #changesFor(conflict: Conflict, choice: Choice): readonly RecordedChange[] {
    if (choice === 'remote') return []
    if (choice === 'local') return conflict.changes
    const { data } = this.#parts
    const before = overlay(data.replica.row(conflict), conflict.changes) ?? data.replica.row(conflict)?.fields ?? {}
    const merged = pick(this.#valid(conflict, { ...before, ...choice.merged }), choice.merged)
    return conflict.changes.map((change) => mergedChange(change, merged, data.replica.row(conflict)?.fields ?? {}))
  }

  /** The fields as their schema leaves them [A4]. */
  #valid({ collection, id }: EntityRef, fields: Fields): Fields {
    const rule = this.#parts.collections.get(collection)
    if (rule === undefined || rule.validate === null) return fields
    const entity = rule.toEntity(id, fields)
    const verdict = rule.validate(entity)
    if ('issues' in verdict) throw new InvalidChange(`${collection}/${id}`, verdict.issues)
    return encodeEntity(rule.toFields({ ...entity, ...(verdict.value as object) }))
  }

  #takeBack(rejectedIds: readonly string[], draft: Draft): readonly Resolution[] {
    const all = this.#related(rejectedIds, 'family')
    for (const { rejectedId } of all) draft.delete(keys.rejected(rejectedId))
    const inOrder = all.flatMap(({ changes }) => changes).sort((a, b) => a.sequence - b.sequence)
    for (const change of inOrder) this.#append(draft, change)
    return []
  }

  /**
   * `family`: what they depend on as well. Of a unit always all: it goes through, or is given up, as a whole [A7]. Where several
   * of its ops were refused, each for its own reason, none of them depends on another.
   */
  #related(rejectedIds: readonly string[], how: 'dependants' | 'family'): Rejected[] {
    const all = [...this.#parts.data.replica.rejected.values()]
    const found = new Map(rejectedIds.map((id) => [id, this.#rejected(id)]))
    for (const { rejectedId, dependsOn, code, changes } of found.values()) {
      const upwards = how === 'family' || code === 'unit_refused'
      const units = atomicGroups(changes)
      const isOfUnit = (other: Rejected) => units.size > 0 && other.changes.some(({ group }) => units.has(group.groupId))
      const near = all.filter((other) => other.dependsOn === rejectedId || (upwards && other.rejectedId === dependsOn) || isOfUnit(other))
      // A map's iteration goes on with what is added to it.
      for (const other of near) found.set(other.rejectedId, other)
    }
    return [...found.values()]
  }

  #rejected(rejectedId: string): Rejected {
    const rejected = this.#parts.data.replica.rejected.get(keys.rejected(rejectedId))
    if (rejected === undefined) throw new SyncError('not-found', `There is no refused change ${rejectedId}; it may have been dealt with in another tab.`)
    return rejected
  }

  #append(draft: Draft, change: Change | RecordedChange): void {
    const { sequence: _, ...fresh } = { sequence: 0, ...change }
    draft.append({ ...fresh, changeId: this.#parts.environment.newId() })
  }

  #group(unit?: ChangeGroup): ChangeGroup {
    return unit ?? { groupId: this.#parts.environment.newId(), atomic: false, cause: 'decision' }
  }

  /** Decided anew after a write of another tab, it may be about nothing any more. */
  async #decide(about: (draft: Draft) => readonly Resolution[]): Promise<void> {
    const { data, onDecided } = this.#parts
    let resolutions: readonly Resolution[] = []
    if (await commitOnAll(data, (draft) => (resolutions = about(draft)))) onDecided(resolutions)
  }
}

const none: ReadonlySet<number> = new Set()

/** A person's own values in place of both sides': onto the row, or onto what is to be made again. A delete becomes an edit. */
function mergedChange(change: RecordedChange, merged: Fields, row: Fields): RecordedChange {
  if (change.kind === 'create') return { ...change, patch: { ...change.patch, ...merged } }
  return { ...change, kind: 'update', patch: merged, baseValues: pick(row, merged) }
}

const pick = (values: Fields, like: Fields): Fields => Object.fromEntries(Object.keys(like).map((field) => [field, values[field] ?? null]))
