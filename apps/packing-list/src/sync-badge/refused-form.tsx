import { Button, Group, Stack, TextInput } from '@mantine/core'
import type { Rejected } from '@stowaway/sync'
import { onEntered, typed } from '../form.ts'
import { focusFirst } from '../layout/use-kept-focus.ts'
import { sync } from '../sync.ts'
import { fieldInWords, patchOf } from '../texts/telling.ts'
import { useTexts } from '../texts/texts.ts'
import { useDecide } from './decide.ts'

/** What a person can type another value for: texts and numbers that they wrote, not ids and places in a list. */
export function editableFields(refused: Pick<Rejected, 'changes'>): (readonly [field: string, value: string | number])[] {
  if (refused.changes.at(-1)?.kind === 'delete') return []
  return Object.entries(patchOf(refused)).flatMap(([field, value]) => {
    const isValue = typeof value === 'number' || typeof value === 'string'
    return isValue && !hidden.has(field) ? [[field, value] as const] : []
  })
}

const hidden = new Set(['id', 'tripId', 'userId', 'personId', 'ruleId', 'ruleQuantity', 'position', 'color', 'per', 'day'])

interface RefusedFormProps {
  readonly refused: Rejected
  readonly onCancel: () => void
}

/** The same change with other values, tried again. */
export function RefusedForm({ refused, onCancel }: RefusedFormProps) {
  const texts = useTexts()
  const decide = useDecide()
  const fields = editableFields(refused)
  const retry = (form: FormData) => {
    const patch = Object.fromEntries(fields.map(([field, value]) => [field, typeof value === 'number' ? Number(typed(form, field)) : typed(form, field)]))
    decide(sync.edit(refused.rejectedId, patch))
  }
  return (
    <form ref={focusFirst} tabIndex={-1} style={{ outline: 'none' }} onSubmit={onEntered(retry)}>
      <Stack gap="xs" mt="xs">
        {fields.map(([field, value]) => (
          <TextInput key={field} name={field} label={fieldInWords(field, texts)} type={typeof value === 'number' ? 'number' : 'text'} defaultValue={value} />
        ))}
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.cancel}
          </Button>
          <Button type="submit">{texts.retry}</Button>
        </Group>
      </Stack>
    </form>
  )
}
