import { Chip, Fieldset, Group } from '@mantine/core'
import { suggestedConditions } from '@stowaway/model'
import { useTexts } from '../texts/texts.ts'

interface ConditionChipsProps {
  readonly value: string[]
  readonly onChange: (value: string[]) => void
}

/** What a trip is like; conditions from elsewhere stay among the choices. */
export function ConditionChips({ value, onChange }: ConditionChipsProps) {
  const texts = useTexts()
  const choices = [...new Set([...suggestedConditions, ...value])]
  return (
    <Fieldset variant="unstyled" legend={texts.conditions}>
      <Chip.Group multiple value={value} onChange={onChange}>
        <Group gap={6} mt={4}>
          {choices.map((condition) => (
            <Chip key={condition} value={condition} size="md">
              {texts.conditionNames[condition] ?? condition}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Fieldset>
  )
}
