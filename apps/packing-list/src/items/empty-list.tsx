import { Stack, Text } from '@mantine/core'
import { selectPeople, selectTripRules } from '../entities.ts'
import { StarterRules } from '../rules/starter-rules.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { addRules } from '../trips/trip-actions.ts'

interface EmptyListProps {
  readonly tripId: string
  readonly editable: boolean
}

/** How a list can begin. */
export function EmptyList({ tripId, editable }: EmptyListProps) {
  const texts = useTexts()
  const dispatch = useAppDispatch()
  const hasPeople = useAppSelector((state) => selectPeople(state, tripId).length > 0)
  const hasRules = useAppSelector((state) => selectTripRules(state, tripId).length > 0)
  return (
    <Stack align="center" ta="center" py="xl" gap="sm">
      <Text c="dimmed">{editable ? texts.firstItem : texts.nothingYet}</Text>
      {editable && !hasPeople && <Text c="dimmed">{texts.whoGoes}</Text>}
      {editable && hasPeople && !hasRules && (
        <StarterRules label={texts.usualThings} onAdd={(rules) => dispatch(addRules(tripId, rules))} next={() => document.getElementById('add-item')} />
      )}
    </Stack>
  )
}
