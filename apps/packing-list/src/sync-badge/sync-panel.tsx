import { Alert, Anchor, Button, ScrollArea, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { Link } from 'react-router'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { useLanguage, useTexts } from '../texts/texts.ts'
import { lastSyncInWords } from '../texts/times.ts'
import { ConflictList } from './conflict-list.tsx'
import { DecideContext, undecidedBy, type Undecided } from './decide.ts'
import { DecisionList } from './decision-list.tsx'
import { RejectedList } from './rejected-list.tsx'

export function SyncPanel() {
  const { user, paused, pending, reach, durable, storage, evicted, lastSuccess, lastError } = useAppSelector((state) => state.sync)
  const [texts, language] = [useTexts(), useLanguage()]
  const [openedAt] = useState(Date.now)
  const [undecided, setUndecided] = useState<Undecided | null>(null)
  const decide = useCallback((decided: Promise<void>) => void decided.then(() => setUndecided(null), (error: unknown) => setUndecided(undecidedBy(error))), [])
  const offline = paused.includes('offline')
  return (
    <ScrollArea.Autosize mah="calc(100dvh - 120px)">
      <Stack gap="sm" tabIndex={-1} data-sync-panel style={{ outline: 'none' }}>
        {!durable && <Alert color="red">{storage === 'newer' ? texts.newerApp : storage === 'blocked' ? texts.olderTab : texts.notSafe}</Alert>}
        {evicted.length > 0 && <Alert color="yellow">{texts.notAllKept(evicted.length)}</Alert>}
        {undecided !== null && <Alert color="yellow">{texts.undecided[undecided]}</Alert>}
        {/* What needs a person stands before what goes by itself. */}
        <DecideContext value={decide}>
          <ConflictList />
          <RejectedList />
        </DecideContext>
        <div>
          <Text fw={600}>{texts.waiting(pending)}</Text>
          <Text size="sm" c="dimmed">
            {user === null ? texts.guestKept : paused.includes('follower') ? texts.otherTabSyncs : lastSyncInWords(lastSuccess, { texts, language, now: openedAt })}
          </Text>
        </div>
        {lastError && lastError.time > (lastSuccess ?? 0) && !offline && <Text size="sm">{texts.errors[lastError.kind](lastError.message)}</Text>}
        {offline && <Text size="sm">{texts.youAreOffline}</Text>}
        {reach === 'poor' && <Text size="sm">{texts.poorConnection}</Text>}
        {paused.includes('signed-out') ? (
          <Button component={Link} to="/sign-in">
            {user === null ? texts.signIn : texts.signInToSync}
          </Button>
        ) : (
          <Button variant="default" leftSection={<IconRefresh size={20} aria-hidden />} onClick={() => sync.now()} disabled={offline}>
            {texts.syncNow}
          </Button>
        )}
        <DecideContext value={decide}>
          <DecisionList />
        </DecideContext>
        <Anchor component={Link} to="/inspector" size="sm" c="dimmed">
          {texts.inspector}
        </Anchor>
      </Stack>
    </ScrollArea.Autosize>
  )
}
