import { Button, Popover, VisuallyHidden } from '@mantine/core'
import { IconCloudDown } from '@tabler/icons-react'
import { useSyncStatus } from '@stowaway/sync/react'
import { useLocation } from 'react-router'
import { useTexts } from '../texts/texts.ts'
import { useIsFirstSync } from './first-sync.tsx'
import { looks } from './looks.ts'
import { SyncPanel } from './sync-panel.tsx'

/** Says in words how safe the user's changes are. The outer element is the live region: a button's own content is not read out. */
export function SyncBadge() {
  const texts = useTexts()
  const { kind, waiting } = useSyncStatus()
  // Nothing waits to be sent, and yet not all is well: most of it is still on its way here.
  const isFetching = useIsFirstSync() && kind === 'saved'
  const text = isFetching ? texts.fetching : texts.badge[kind](waiting)
  const { icon, color } = looks[kind]
  const Icon = isFetching ? IconCloudDown : icon
  return (
    <output aria-label={texts.sync} aria-live="polite">
      {/* Another page is another place: what was opened over the last one is closed. */}
      <Popover key={useLocation().pathname} width="min(380px, calc(100vw - 24px))" position="bottom-end" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant={kind === 'needs-you' ? 'light' : 'subtle'}
            color={color}
            px="xs"
            fw={500}
            leftSection={<Icon size={20} aria-hidden />}
          >
            <VisuallyHidden>{`${texts.sync}: `}</VisuallyHidden>
            {text}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={texts.sync}>
          <SyncPanel />
        </Popover.Dropdown>
      </Popover>
    </output>
  )
}
