import { useSelector } from 'react-redux'
import { useMemo } from 'react'
import type { PendingChange } from '../engine/entity-status.ts'
import { selectSync } from '../redux/selectors.ts'
import { useSyncParts } from './sync-context.ts'

/**
 * What the server has not confirmed, by entity, the oldest first.
 *
 * @example
 * const waiting = usePendingChanges()
 * return <p>{waiting.length === 0 ? 'All saved' : `${waiting.length} things wait`}</p>
 */
export function usePendingChanges(): readonly PendingChange[] {
  const sync = useSyncParts()
  const state = useSelector(selectSync)
  // The slice is another one after each event, and nothing comes or goes without one.
  return useMemo(() => (state ? sync.pendingChanges() : []), [state, sync])
}
