import { Button, Card, Stack, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { readRulesFile, newRule, writeRulesFile, type RuleDetails } from '@stowaway/model'
import { guestId } from '@stowaway/sync'
import { defaultRulesSlice } from '../entities.ts'
import { saveFile } from '../files.ts'
import { AllTrips } from '../layout/all-trips.tsx'
import { FileButton } from '../layout/file-button.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { AddRule } from './add-rule.tsx'
import { RuleRow } from './rule-row.tsx'
import { before, StarterRules } from './starter-rules.tsx'

/** The rules that the user begins each trip with. */
export function RulesPage() {
  const texts = useTexts()
  const rules = useAppSelector(defaultRulesSlice.selectAll)
  const userId = useAppSelector((state) => state.sync.user ?? guestId)
  const dispatch = useAppDispatch()
  const add = (...added: readonly RuleDetails[]) => dispatch(defaultRulesSlice.added(...added.map((rule) => newRule(rule, { id: crypto.randomUUID(), userId }))))
  return (
    <Stack maw={640}>
      <title>{`${texts.myRules} · Stowaway`}</title>
      <AllTrips />
      <Title order={1}>{texts.myRules}</Title>
      <Text c="dimmed">{texts.rulesText}</Text>
      {rules.length > 0 && (
        <Card withBorder radius="lg" p="xs">
          <Stack component="ul" gap={10} aria-label={texts.myRules}>
            {rules.map((rule) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                onChange={(changes) => dispatch(defaultRulesSlice.changed(rule.id, changes))}
                onRemove={() => dispatch(defaultRulesSlice.removed(rule.id))}
              />
            ))}
          </Stack>
        </Card>
      )}
      <AddRule onAdd={add}>
        {rules.length === 0 && <StarterRules label={texts.starterRules} onAdd={(added) => add(...added)} next={before} />}
        <FileButton label={texts.importRules} onText={(text) => add(...readRulesFile(text).rules)} />
        {rules.length > 0 && (
          <Button variant="default" leftSection={<IconDownload size={20} aria-hidden />} onClick={() => saveFile(texts.myRules, writeRulesFile({ rules }))}>
            {texts.exportRules}
          </Button>
        )}
      </AddRule>
    </Stack>
  )
}
