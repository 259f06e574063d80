import { Button, Group, Stack, Text } from '@mantine/core'
import { useConflicts } from '@stowaway/sync/react'
import { sync } from '../sync.ts'
import { useTexts } from '../texts/texts.ts'
import { ConflictCard } from './conflict-card.tsx'
import { useDecide } from './decide.ts'

/** Disagreements that the policies leave to the user. */
export function ConflictList() {
  const texts = useTexts()
  const decide = useDecide()
  const conflicts = useConflicts()
  if (conflicts.length === 0) return null
  const ids = conflicts.map(({ conflictId }) => conflictId)
  return (
    <section>
      <Text fw={600}>{texts.decide}</Text>
      <Text size="sm" c="dimmed" mb={6}>
        {texts.decideText}
      </Text>
      {conflicts.length > 1 && (
        <Group gap="xs" mb="xs">
          <Button size="sm" variant="subtle" onClick={() => decide(sync.resolve(ids, 'local'))}>
            {texts.keepAllMine}
          </Button>
          <Button size="sm" variant="subtle" onClick={() => decide(sync.resolve(ids, 'remote'))}>
            {texts.keepAllTheirs}
          </Button>
        </Group>
      )}
      <Stack component="ul" gap="xs" aria-label={texts.decide}>
        {conflicts.map((conflict) => (
          <ConflictCard key={conflict.conflictId} conflict={conflict} />
        ))}
      </Stack>
    </section>
  )
}
