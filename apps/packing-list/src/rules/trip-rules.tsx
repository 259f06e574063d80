import { Button, Group, Stack, Switch, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { RuleForm } from './rule-form.tsx'
import { RuleRow } from './rule-row.tsx'
import { selectDefaultRules, selectTripRules } from './rules-selectors.ts'
import { tripRuleChanged, tripRuleRemoved, tripRulesAdded, type RuleDetails } from './rules-slices.ts'
import { withRules } from './with-rules.ts'

/** The rules of one trip: each can be left out, changed or removed, and its items follow. */
export function TripRules({ tripId }: { readonly tripId: string }) {
  const texts = useTexts()
  const rules = useAppSelector((state) => selectTripRules(state, tripId))
  const mine = useAppSelector(selectDefaultRules)
  const [adding, form] = useDisclosure(false)
  const dispatch = useAppDispatch()
  const add = (added: readonly RuleDetails[]) => dispatch(withRules(tripId, tripRulesAdded(tripId, added)))
  const absent = mine.filter(({ name }) => rules.every((rule) => rule.name !== name))
  return (
    <Stack>
      {rules.length === 0 && <Text c="dimmed">{texts.noRules}</Text>}
      <Stack component="ul" gap={0} aria-label={texts.rulesOfTrip}>
        {rules.map((rule) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            onChange={(changes) => dispatch(withRules(tripId, tripRuleChanged({ id: rule.id, changes })))}
            onRemove={() => dispatch(withRules(tripId, tripRuleRemoved(rule.id)))}
          >
            <Switch
              aria-label={texts.applies(rule.name)}
              checked={!rule.skip}
              onChange={(event) => dispatch(withRules(tripId, tripRuleChanged({ id: rule.id, changes: { skip: !event.currentTarget.checked } })))}
            />
          </RuleRow>
        ))}
      </Stack>
      {adding && (
        <RuleForm
          submit={texts.addRule}
          onSubmit={(rule) => {
            add([rule])
            form.close()
          }}
        />
      )}
      <Group gap="xs">
        {!adding && (
          <Button variant="light" onClick={form.open}>
            {texts.addRule}
          </Button>
        )}
        {absent.length > 0 && (
          <Button variant="default" onClick={() => add(absent)}>
            {texts.useMyRules}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
