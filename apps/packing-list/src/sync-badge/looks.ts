import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconCloudPause,
  IconCloudQuestion,
  IconCloudUp,
  IconCloudX,
  IconLogin2,
  type Icon,
} from '@tabler/icons-react'
import type { SyncStatus } from '@stowaway/sync/react'

/** Picture and colour say the same as the words, never more. */
export const looks: Record<SyncStatus['kind'], { readonly icon: Icon; readonly color: string }> = {
  starting: { icon: IconCloudQuestion, color: 'gray' },
  'needs-you': { icon: IconAlertTriangle, color: 'amber' },
  'sign-in': { icon: IconLogin2, color: 'amber' },
  unsafe: { icon: IconAlertTriangle, color: 'red' },
  offline: { icon: IconCloudOff, color: 'gray' },
  syncing: { icon: IconCloudUp, color: 'lagoon' },
  retrying: { icon: IconCloudX, color: 'gray' },
  waiting: { icon: IconCloudPause, color: 'gray' },
  saved: { icon: IconCloudCheck, color: 'lagoon' },
}

/** Takes the focus of a card that has been dealt with. */
export const panelOf = (card: HTMLElement): HTMLElement | null => card.closest('[data-sync-panel]')
