import { useSelector } from 'react-redux'
import { describeStatus, statusOf, type SyncStatus } from '../core/status.ts'
import { selectSync } from '../redux/selectors.ts'

export type { SyncStatus } from '../core/status.ts'

/**
 * The state of sync in one word and in a sentence.
 *
 * @example
 * const { kind, text } = useSyncStatus()      // 'offline', '3 waiting, offline'
 */
export function useSyncStatus(): SyncStatus & { readonly text: string } {
  const status = statusOf(useSelector(selectSync))
  return { ...status, text: describeStatus(status) }
}
