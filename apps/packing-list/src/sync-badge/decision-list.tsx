import { Button, Group, Stack, Text } from '@mantine/core'
import type { Resolution } from '@stowaway/sync'
import { useResolutions } from '@stowaway/sync/react'
import { sync } from '../sync.ts'
import { decidedName, decisionInWords } from '../texts/telling.ts'
import { useTexts } from '../texts/texts.ts'
import { useAgo, useTold } from '../texts/use-telling.ts'
import { useDecide } from './decide.ts'

/** What became of disagreements lately, decided by the rules or by a person; each can be taken back. */
export function DecisionList() {
  const texts = useTexts()
  const decisions = useResolutions().filter(({ decidedBy }) => decidedBy !== 'undo')
  if (decisions.length === 0) return null
  return (
    <details>
      <summary className="summary">{`${texts.decisions} (${decisions.length})`}</summary>
      <Stack component="ul" gap="xs" aria-label={texts.decisions}>
        {decisions.slice(0, 20).map((decision) => (
          <Decision key={decision.resolutionId} decision={decision} />
        ))}
      </Stack>
    </details>
  )
}

function Decision({ decision }: { readonly decision: Resolution }) {
  const texts = useTexts()
  const decide = useDecide()
  const ago = useAgo()
  const name = useTold((telling) => decidedName(decision, telling))
  const what = useTold((telling) => decisionInWords(decision, telling))
  return (
    <li aria-label={name}>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <div>
          <Text size="sm">{what}</Text>
          <Text size="xs" c="dimmed">
            {ago(decision.time)}
          </Text>
        </div>
        <Button size="sm" variant="subtle" style={{ flexShrink: 0 }} onClick={() => decide(sync.undoResolution(decision.resolutionId))}>
          {texts.takeBack}
        </Button>
      </Group>
    </li>
  )
}
