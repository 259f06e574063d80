import { Button, Card, Group, Stack, Text } from '@mantine/core'
import type { Rejected } from '@stowaway/sync'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { describeChanges } from './describe.ts'
import { refusalInWords } from './words.ts'

/** What the server refused. Nothing of it is lost until the user says so. */
export function RejectedList() {
  const rejected = useAppSelector((state) => state.sync.rejected)
  if (rejected.length === 0) return null
  return (
    <section>
      <Text fw={600} mb={6}>
        Not accepted
      </Text>
      <Stack component="ul" gap="xs" aria-label="Not accepted">
        {rejected.map((one) => (
          <RefusedChange key={one.rejectedId} refused={one} />
        ))}
      </Stack>
    </section>
  )
}

function RefusedChange({ refused }: { readonly refused: Rejected }) {
  const what = useAppSelector((state) => describeChanges(state, refused))
  return (
    <Card component="li" withBorder padding="sm" aria-label={what}>
      <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
        {what}
      </Text>
      <Text size="sm" c="dimmed">
        {refusalInWords(refused)}
      </Text>
      <Group gap="xs" mt="xs">
        <Button variant="light" onClick={() => void sync.retry(refused.rejectedId)}>
          Retry
        </Button>
        <Button variant="subtle" color="gray" onClick={() => void sync.discard(refused.rejectedId)}>
          Discard
        </Button>
      </Group>
    </Card>
  )
}
