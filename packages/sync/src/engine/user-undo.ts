import type { Fields } from '../core/json.ts'
import { inverse, repeat } from '../core/undo.ts'
import type { UndoStacks } from '../core/undo-stacks.ts'
import type { ChangeGroup, EntityRef, RecordedChange } from '../core/types.ts'
import type { ChangeTracker } from './change-tracker.ts'
import type { LocalData } from './local-data.ts'
import type { Environment } from './ports.ts'

export interface UserUndoParts {
  readonly data: LocalData
  readonly environment: Environment
  readonly tracker: ChangeTracker
}

/**
 * Undo and redo of the user's own steps on this device, offline and after sync alike [A6]. An undo is a step of new changes,
 * which are sent like any other; where somebody else has edited since, theirs stays.
 */
export class UserUndo {
  readonly #parts: UserUndoParts
  /** One after the other: the next step is known only when the last undo is recorded, and keys are pressed faster than that. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: UserUndoParts) {
    this.#parts = parts
  }

  get stacks(): UndoStacks {
    return this.#parts.data.replica.undo
  }

  /** Takes the last step back that still shows; false: there is none. */
  undo(): Promise<boolean> {
    return this.#afterLast('undo')
  }

  /** Does the step again that was undone last; false: there is none. */
  redo(): Promise<boolean> {
    return this.#afterLast('redo')
  }

  #afterLast(stack: 'undo' | 'redo'): Promise<boolean> {
    const turned = this.#last.then(() => this.#turn(stack))
    this.#last = turned.catch(() => {})
    return turned
  }

  async #turn(stack: 'undo' | 'redo'): Promise<boolean> {
    const { data, environment, tracker } = this.#parts
    const { replica } = data
    const view = (ref: EntityRef): Fields | null => replica.view(ref)
    for (const groupId of this.stacks[stack].toReversed()) {
      const changes = this.#changesOf(groupId)
      const edits = stack === 'undo' ? inverse(changes, view) : repeat(changes, view)
      const cause: ChangeGroup['cause'] = stack === 'undo' ? { undoes: groupId } : { redoes: groupId }
      const group: ChangeGroup = { groupId: environment.newId(), atomic: changes.some((change) => change.group.atomic), cause }
      const draft = data.draft()
      const made = edits.flatMap((edit) => tracker.changeBetween(edit, edit, group) ?? [])
      if (made.length === 0) continue
      for (const change of made) draft.append(change)
      await data.commit(draft.write())
      return true
    }
    return false
  }

  /** Of one step some changes may be done and others still wait. */
  #changesOf(groupId: string): readonly RecordedChange[] {
    const { past, outbox } = this.#parts.data.replica
    const waiting = [...outbox.byEntity()].flat().filter(({ group }) => group.groupId === groupId)
    const done = (past.get(groupId)?.changes ?? []).filter(({ sequence }) => !waiting.some((change) => change.sequence === sequence))
    return [...done, ...waiting].sort((a, b) => a.sequence - b.sequence)
  }
}
