import { Button, Group, Radio, Stack, TextInput } from '@mantine/core'
import type { Conflict, FieldConflict } from '@stowaway/sync'
import { useState } from 'react'
import { onEntered, typed } from '../form.ts'
import { focusFirst } from '../layout/use-kept-focus.ts'
import { sync } from '../sync.ts'
import { fieldInWords, valueInWords } from '../texts/telling.ts'
import { useTexts } from '../texts/texts.ts'
import { useTold } from '../texts/use-telling.ts'
import { useDecide } from './decide.ts'

type Json = FieldConflict['local']

interface MergeFormProps {
  readonly conflict: Conflict
  readonly onCancel: () => void
}

/** Mine or theirs, or a third value, for each field by itself. */
export function MergeForm({ conflict: { conflictId, fields }, onCancel }: MergeFormProps) {
  const texts = useTexts()
  const decide = useDecide()
  const merge = (form: FormData) => {
    const merged = Object.fromEntries(fields.map((field) => [field.field, chosen(field, form)]))
    decide(sync.resolve(conflictId, { merged }))
  }
  return (
    <form ref={focusFirst} tabIndex={-1} style={{ outline: 'none' }} onSubmit={onEntered(merge)}>
      <Stack gap="sm" mt="xs">
        {fields.map((field) => (
          <FieldChoice key={field.field} field={field} />
        ))}
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {texts.cancel}
          </Button>
          <Button type="submit">{texts.useThese}</Button>
        </Group>
      </Stack>
    </form>
  )
}

type Side = 'mine' | 'theirs' | 'other'

function FieldChoice({ field: { field, local, remote } }: { readonly field: FieldConflict }) {
  const texts = useTexts()
  const [side, setSide] = useState<Side>('mine')
  const mine = useTold((telling) => valueInWords(field, local, telling))
  const theirs = useTold((telling) => valueInWords(field, remote, telling))
  return (
    <Radio.Group name={field} label={fieldInWords(field, texts)} value={side} onChange={(value) => setSide(value)}>
      <Stack gap={6} mt={4}>
        <Radio value="mine" label={`${texts.mine}: ${mine}`} />
        <Radio value="theirs" label={`${texts.theirs}: ${theirs}`} />
        {isTyped(local, remote) && <Radio value="other" label={texts.other} />}
        {side === 'other' && (
          <TextInput name={`${field} other`} aria-label={`${texts.other}: ${fieldInWords(field, texts)}`} type={typeof local === 'number' ? 'number' : 'text'} defaultValue={mine} data-autofocus />
        )}
      </Stack>
    </Radio.Group>
  )
}

/** A value that a person can type: not an id, a yes or no, or a list. */
export const isTyped = (...values: readonly Json[]): boolean => values.every((value) => typeof value === 'number') || values.every((value) => typeof value === 'string' && !isId(value))

const isId = (value: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)

function chosen({ field, local, remote }: FieldConflict, form: FormData): Json {
  const side = typed(form, field)
  if (side !== 'other') return side === 'theirs' ? remote : local
  const other = typed(form, `${field} other`)
  return typeof local === 'number' ? Number(other) : other
}
