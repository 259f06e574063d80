import { Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import { readRulesFile, starterRules, writeRulesFile } from '@stowaway/model'
import { guestId } from '@stowaway/sync'
import { saveFile } from '../files.ts'
import { FileButton } from '../layout/file-button.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { RuleForm } from './rule-form.tsx'
import { RuleRow } from './rule-row.tsx'
import { selectDefaultRules } from './rules-selectors.ts'
import { defaultRuleChanged, defaultRuleRemoved, defaultRulesAdded, type RuleDetails } from './rules-slices.ts'

/** The rules that the user begins each trip with. */
export function RulesPage() {
  const texts = useTexts()
  const rules = useAppSelector(selectDefaultRules)
  const user = useAppSelector((state) => state.sync.user ?? guestId)
  const [adding, form] = useDisclosure(false)
  const dispatch = useAppDispatch()
  const add = (added: readonly RuleDetails[]) => dispatch(defaultRulesAdded(user, added))
  return (
    <Stack maw={640}>
      <title>{`${texts.myRules} · Stowaway`}</title>
      <Title order={1}>{texts.myRules}</Title>
      <Text c="dimmed">{texts.rulesText}</Text>
      {rules.length > 0 && (
        <Card withBorder radius="lg" p="xs">
          <Stack component="ul" gap={0} aria-label={texts.myRules}>
            {rules.map((rule) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                onChange={(changes) => dispatch(defaultRuleChanged({ id: rule.id, changes }))}
                onRemove={() => dispatch(defaultRuleRemoved(rule.id))}
              />
            ))}
          </Stack>
        </Card>
      )}
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
        {rules.length === 0 && <Button onClick={() => add(starterRules)}>{texts.starterRules}</Button>}
        {!adding && (
          <Button variant="light" onClick={form.open}>
            {texts.addRule}
          </Button>
        )}
        <FileButton label={texts.importRules} onText={(text) => add(readRulesFile(text).rules)} />
        {rules.length > 0 && (
          <Button variant="default" leftSection={<IconDownload size={20} aria-hidden />} onClick={() => saveFile(texts.myRules, writeRulesFile({ rules }))}>
            {texts.exportRules}
          </Button>
        )}
      </Group>
    </Stack>
  )
}
