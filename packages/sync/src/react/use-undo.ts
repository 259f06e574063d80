import { useSelector } from 'react-redux'
import { selectSync, type WithSync } from '../redux/selectors.ts'
import { useSyncParts } from './sync-context.ts'

export interface Undo {
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** Takes back the user's last step on this device; false: there was none. */
  readonly undo: () => Promise<boolean>
  readonly redo: () => Promise<boolean>
}

const selectCanUndo = (state: WithSync): boolean => selectSync(state).undoable > 0
const selectCanRedo = (state: WithSync): boolean => selectSync(state).redoable > 0

/**
 * Undo and redo of the user's own steps, offline and after sync alike [A6].
 *
 * @example
 * const { canUndo, undo } = useUndo()
 * return <button disabled={!canUndo} onClick={() => void undo()}>Undo</button>
 */
export function useUndo(): Undo {
  const { undo, redo } = useSyncParts()
  return { canUndo: useSelector(selectCanUndo), canRedo: useSelector(selectCanRedo), undo, redo }
}
