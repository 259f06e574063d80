import { Button, Group } from '@mantine/core'
import { useDisclosure, useFocusReturn } from '@mantine/hooks'
import type { RuleDetails } from '@stowaway/model'
import type { ReactNode } from 'react'
import { useTexts } from '../texts/texts.ts'
import { RuleForm } from './rule-form.tsx'

interface AddRuleProps {
  readonly onAdd: (rule: RuleDetails) => void
  /** Other ways to come by rules. */
  readonly children?: ReactNode
}

/** A button that opens a form for one more rule. */
export function AddRule({ onAdd, children }: AddRuleProps) {
  const texts = useTexts()
  const [adding, form] = useDisclosure(false)
  useFocusReturn({ opened: adding })
  const add = (rule: RuleDetails) => {
    onAdd(rule)
    form.close()
  }
  return (
    <>
      {adding && <RuleForm submit={texts.add} onSubmit={add} />}
      <Group gap="xs">
        <Button variant={adding ? 'default' : 'light'} aria-expanded={adding} onClick={form.toggle}>
          {adding ? texts.cancel : texts.addRule}
        </Button>
        {children}
      </Group>
    </>
  )
}
