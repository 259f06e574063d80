import { ActionIcon, Group, Text } from '@mantine/core'
import { useDisclosure, useFocusReturn } from '@mantine/hooks'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import type { Rule, RuleDetails } from '@stowaway/model'
import type { ReactNode } from 'react'
import { ruleInWords } from '../texts/rule-words.ts'
import { useTexts } from '../texts/texts.ts'
import { RuleForm } from './rule-form.tsx'

interface RuleRowProps {
  readonly rule: Rule
  readonly onChange: (rule: RuleDetails) => void
  readonly onRemove: () => void
  /** Stands before the rule. */
  readonly children?: ReactNode
}

export function RuleRow({ rule, onChange, onRemove, children }: RuleRowProps) {
  const texts = useTexts()
  const [editing, form] = useDisclosure(false)
  useFocusReturn({ opened: editing })
  const change = (details: RuleDetails) => {
    onChange(details)
    form.close()
  }
  return (
    <li aria-label={rule.name}>
      <Group gap="xs" wrap="nowrap" mih={48}>
        {children}
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text style={{ overflowWrap: 'anywhere' }}>{rule.name}</Text>
          <Text size="sm" c="dimmed">
            {ruleInWords(rule, texts)}
          </Text>
        </div>
        <ActionIcon aria-label={texts.edit(rule.name)} aria-expanded={editing} onClick={form.toggle}>
          <IconPencil size={20} aria-hidden />
        </ActionIcon>
        <ActionIcon aria-label={texts.removeNamed(rule.name)} onClick={onRemove}>
          <IconTrash size={20} aria-hidden />
        </ActionIcon>
      </Group>
      {editing && <RuleForm submit={texts.save} rule={rule} onSubmit={change} />}
    </li>
  )
}
