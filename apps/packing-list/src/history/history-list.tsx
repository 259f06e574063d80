import { Alert, Badge, Button, Loader, Stack, Text } from '@mantine/core'
import type { LogEntry, LogSubject } from '@stowaway/sync'
import { useHistory } from '@stowaway/sync/react'
import { entryInWords, userName } from '../texts/telling.ts'
import { useTexts } from '../texts/texts.ts'
import { useAgo, useTold } from '../texts/use-telling.ts'

/** Who did what to a trip or to one thing in it, newest first. */
export function HistoryList({ subject }: { readonly subject: LogSubject }) {
  const texts = useTexts()
  const { entries, from, hasMore, more } = useHistory(subject)
  if (from === 'asking' && entries.length === 0) return <Loader type="dots" aria-label={texts.history} />
  return (
    <Stack gap="sm">
      {from === 'device' && <Alert>{texts.historyNeedsSignal}</Alert>}
      {entries.length === 0 && <Text c="dimmed">{texts.noHistory}</Text>}
      <Stack component="ol" gap="xs" aria-label={texts.history} p={0} m={0} style={{ listStyle: 'none' }}>
        {entries.map((entry) => (
          <Entry key={entry.entryId} entry={entry} />
        ))}
      </Stack>
      {hasMore && (
        <Button variant="default" onClick={more}>
          {texts.more}
        </Button>
      )}
    </Stack>
  )
}

function Entry({ entry }: { readonly entry: LogEntry }) {
  const texts = useTexts()
  const ago = useAgo()
  const who = useTold((telling) => userName(entry.user, telling))
  const what = useTold((telling) => entryInWords(entry, telling))
  return (
    <li>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <b>{who}</b>
        {` · ${what}`}
      </Text>
      <Text size="xs" c="dimmed" span>
        {ago(entry.time)}
      </Text>
      {entry.status === 'waiting' && (
        <Badge ml="xs" size="sm" variant="light" tt="none">
          {texts.waits}
        </Badge>
      )}
    </li>
  )
}
