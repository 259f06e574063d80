import { useSelector } from 'react-redux'
import { useMemo } from 'react'
import type { Conflict, Rejected, Resolution } from '../core/types.ts'
import { selectConflicts, selectRejected, selectSync } from '../redux/selectors.ts'
import { useSyncParts } from './sync-context.ts'

/**
 * Conflicts that wait for a person [CO4]. Decide them with `sync.resolve`.
 *
 * @example
 * const conflicts = useConflicts()
 * return conflicts.map(({ conflictId }) => <button key={conflictId} onClick={() => sync.resolve(conflictId, 'local')}>Keep mine</button>)
 */
export const useConflicts = (): readonly Conflict[] => useSelector(selectConflicts)

/**
 * Changes that were refused, with the reason [OB7]. `sync.retry`, `sync.edit` and `sync.discard` say what becomes of them.
 *
 * @example
 * const refused = useRejected()
 * return refused.map(({ rejectedId, message }) => <p key={rejectedId}>{message}</p>)
 */
export const useRejected = (): readonly Rejected[] => useSelector(selectRejected)

/**
 * What was decided about conflicts on this device, automatic decisions too, newest first [CO5]. Take one back with
 * `sync.undoResolution`.
 *
 * @example
 * const decided = useResolutions()
 * return <p>{decided.length} decisions</p>
 */
export function useResolutions(): readonly Resolution[] {
  const sync = useSyncParts()
  const state = useSelector(selectSync)
  return useMemo(() => (state ? sync.history() : []), [state, sync])
}
