import { Button, Stack, Switch, Text } from '@mantine/core'
import { defaultRulesSlice, selectTripRules, tripRulesSlice } from '../entities.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { addRules } from '../trips/trip-actions.ts'
import { AddRule } from './add-rule.tsx'
import { RuleRow } from './rule-row.tsx'
import { before, StarterRules } from './starter-rules.tsx'
import { withRules } from './with-rules.ts'

/** The rules of one trip: each can be left out, changed or removed, and its items follow. */
export function TripRules({ tripId }: { readonly tripId: string }) {
  const texts = useTexts()
  const rules = useAppSelector((state) => selectTripRules(state, tripId))
  const mine = useAppSelector(defaultRulesSlice.selectAll)
  const dispatch = useAppDispatch()
  const absent = mine.filter(({ name }) => rules.every((rule) => rule.name !== name))
  return (
    <Stack>
      {rules.length === 0 && <Text c="dimmed">{texts.noRules}</Text>}
      <Stack component="ul" gap={10} aria-label={texts.rulesOfTrip}>
        {rules.map((rule) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            onChange={(changes) => dispatch(withRules(tripId, tripRulesSlice.changed(rule.id, changes)))}
            onRemove={() => dispatch(withRules(tripId, tripRulesSlice.removed(rule.id)))}
          >
            <Switch
              aria-label={texts.applies(rule.name)}
              checked={!rule.skip}
              onChange={(event) => dispatch(withRules(tripId, tripRulesSlice.changed(rule.id, { skip: !event.currentTarget.checked })))}
            />
          </RuleRow>
        ))}
      </Stack>
      <AddRule onAdd={(rule) => dispatch(addRules(tripId, [rule]))}>
        {rules.length === 0 && absent.length === 0 && <StarterRules label={texts.starterRules} onAdd={(added) => dispatch(addRules(tripId, added))} next={before} />}
        {absent.length > 0 && (
          <Button variant="default" onClick={() => dispatch(addRules(tripId, absent))}>
            {texts.useMyRules}
          </Button>
        )}
      </AddRule>
    </Stack>
  )
}
