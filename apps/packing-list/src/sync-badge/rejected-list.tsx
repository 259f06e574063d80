import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Rejected } from '@stowaway/sync'
import { useRejected } from '@stowaway/sync/react'
import { useKeptFocus } from '../layout/use-kept-focus.ts'
import { sync } from '../sync.ts'
import { describeChanges } from '../texts/telling.ts'
import { useTexts } from '../texts/texts.ts'
import { useTold } from '../texts/use-telling.ts'
import { useDecide } from './decide.ts'
import { panelOf } from './looks.ts'
import { RefusedForm, editableFields } from './refused-form.tsx'

/** What the server refused. Nothing of it is lost until the user says so. */
export function RejectedList() {
  const texts = useTexts()
  const decide = useDecide()
  const rejected = useRejected()
  if (rejected.length === 0) return null
  const ids = rejected.map(({ rejectedId }) => rejectedId)
  return (
    <section>
      <Text fw={600}>{texts.notAccepted}</Text>
      <Text size="sm" c="dimmed" mb={6}>
        {texts.notAcceptedText}
      </Text>
      {rejected.length > 1 && (
        <Button size="sm" variant="subtle" color="gray" mb="xs" onClick={() => decide(sync.discard(ids))}>
          {texts.discardAll}
        </Button>
      )}
      <Stack component="ul" gap="xs" aria-label={texts.notAccepted}>
        {rejected.map((one) => (
          <RefusedChange key={one.rejectedId} refused={one} />
        ))}
      </Stack>
    </section>
  )
}

function RefusedChange({ refused }: { readonly refused: Rejected }) {
  const texts = useTexts()
  const decide = useDecide()
  const card = useKeptFocus<HTMLLIElement>(panelOf)
  const [editing, form] = useDisclosure(false)
  const what = useTold((telling) => describeChanges(refused, telling))
  // Who may not change a trip may not with other values either.
  const canBeEdited = (refused.status === 'invalid' || refused.status === 'conflict') && editableFields(refused).length > 0
  const cancel = () => {
    form.close()
    card.current?.focus()
  }
  return (
    <Card component="li" ref={card} tabIndex={-1} style={{ outline: 'none' }} withBorder padding="sm" aria-label={what}>
      <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
        {what}
      </Text>
      <Text size="sm" c="dimmed">
        {texts.refusals[refused.status](refused.message)}
      </Text>
      {editing ? (
        <RefusedForm refused={refused} onCancel={cancel} />
      ) : (
        <Group gap="xs" mt="xs">
          <Button variant="light" onClick={() => decide(sync.retry(refused.rejectedId))}>
            {texts.retry}
          </Button>
          {canBeEdited && (
            <Button variant="default" onClick={form.open}>
              {texts.editAndRetry}
            </Button>
          )}
          <Button variant="subtle" color="gray" onClick={() => decide(sync.discard(refused.rejectedId))}>
            {texts.discard}
          </Button>
        </Group>
      )}
    </Card>
  )
}
