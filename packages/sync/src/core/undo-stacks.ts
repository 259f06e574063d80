import type { ChangeGroup } from './types.ts'

/** The steps that can be undone and redone, by group id, the next one last [A6]. */
export interface UndoStacks {
  readonly undo: readonly string[]
  readonly redo: readonly string[]
}

/** Steps that can be undone. More would make every confirmation dearer, and be used by nobody. */
export const mostSteps = 100

export const noSteps: UndoStacks = { undo: [], redo: [] }

/** The stacks after another step: an edit clears what could be redone; an undo and a redo move a step from one to the other. */
export function nextStacks(stacks: UndoStacks, { groupId, cause }: ChangeGroup): UndoStacks {
  if (cause === 'decision') return stacks
  if (cause === 'edit') return isKnown(stacks, groupId) ? stacks : { undo: [...stacks.undo, groupId].slice(-mostSteps), redo: [] }
  if ('undoes' in cause) return moved(stacks, { from: 'undo', to: 'redo', groupId: cause.undoes })
  return moved(stacks, { from: 'redo', to: 'undo', groupId: cause.redoes })
}

/** A step has several changes, and one that was refused comes again when it is retried. */
const isKnown = ({ undo, redo }: UndoStacks, groupId: string): boolean => undo.includes(groupId) || redo.includes(groupId)

interface Move {
  readonly from: 'undo' | 'redo'
  readonly to: 'undo' | 'redo'
  readonly groupId: string
}

function moved(stacks: UndoStacks, { from, to, groupId }: Move): UndoStacks {
  if (!stacks[from].includes(groupId)) return stacks
  return { ...stacks, [from]: stacks[from].filter((other) => other !== groupId), [to]: [...stacks[to], groupId] }
}
