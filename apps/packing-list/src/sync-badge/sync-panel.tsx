import { Alert, Button, ScrollArea, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { ConflictList } from './conflict-list.tsx'
import { RejectedList } from './rejected-list.tsx'
import { errorInWords, lastSyncInWords, pendingInWords } from './words.ts'

export function SyncPanel() {
  const { paused, pending, durable, lastSuccess, lastError } = useAppSelector((state) => state.sync)
  const [openedAt] = useState(Date.now)
  const offline = paused.includes('offline')
  return (
    <ScrollArea.Autosize mah="calc(100dvh - 120px)">
      <Stack gap="sm">
        <div>
          <Text fw={600}>{pendingInWords(pending)}</Text>
          <Text size="sm" c="dimmed">
            {lastSyncInWords(lastSuccess, openedAt)}
          </Text>
        </div>
        {!durable && <Alert color="red">This device cannot keep your changes. Leave the page open until all is saved.</Alert>}
        {lastError && lastError.time > (lastSuccess ?? 0) && !offline && (
          <Text size="sm">{errorInWords(lastError)}</Text>
        )}
        {offline && <Text size="sm">You are offline. Changes go out by themselves when the signal is back.</Text>}
        {paused.includes('signed-out') ? (
          <Button component={Link} to="/sign-in">
            Sign in to continue syncing
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconRefresh size={20} aria-hidden />}
            onClick={() => sync.now()}
            disabled={offline}
          >
            Sync now
          </Button>
        )}
        <ConflictList />
        <RejectedList />
      </Stack>
    </ScrollArea.Autosize>
  )
}
