import { useSelector } from 'react-redux'
import type { EntityStatus } from '../engine/entity-status.ts'
import { useSyncParts } from './sync-context.ts'

/**
 * How one entity stands: `saved`, `waiting`, `sending`, `conflict` or `refused`. The component is drawn again only when that
 * changes.
 *
 * @example
 * const status = useEntityStatus('items', item.id)
 * return <li data-status={status}>{item.name}</li>
 */
export function useEntityStatus(collection: string, id: string): EntityStatus {
  const sync = useSyncParts()
  // Each change of it is told to the store by an event, so this is asked again when the answer may be another.
  return useSelector(() => sync.entityStatus(collection, id))
}
