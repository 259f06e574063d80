import { Button, Group, NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { ageGroupSchema, suggestedConditions, type Per, type RuleDetails } from '@stowaway/model'
import { entered, onEntered } from '../form.ts'
import { focusFirst } from '../layout/use-kept-focus.ts'
import { categoryInWords, categoryOf } from '../texts/categories.ts'
import { useTexts } from '../texts/texts.ts'

interface RuleFormProps {
  readonly submit: string
  readonly onSubmit: (rule: RuleDetails) => void
  /** The values to begin with. */
  readonly rule?: RuleDetails
}

const pers: readonly Per[] = ['person_day', 'person', 'day', 'trip']

export function RuleForm({ submit, onSubmit, rule }: RuleFormProps) {
  const texts = useTexts()
  const send = (form: FormData) =>
    onSubmit({
      name: entered(form, 'name') ?? '',
      category: categoryOf(entered(form, 'category'), texts),
      quantity: wholeNumber(form, 'quantity') ?? 1,
      per: pers.find((per) => per === entered(form, 'per')) ?? 'person',
      atMost: wholeNumber(form, 'atMost'),
      minDays: wholeNumber(form, 'minDays'),
      ageGroup: ageGroupSchema.nullable().catch(null).parse(entered(form, 'ageGroup')),
      needs: entered(form, 'needs'),
    })
  const always = { value: '', label: texts.always }
  const ages = ageGroupSchema.options.map((age) => ({ value: age, label: texts.ageGroups[age] }))
  const conditions = [...new Set([...suggestedConditions, ...(rule?.needs ? [rule.needs] : [])])]
  const number = { type: 'number', min: 0, max: 9999, inputMode: 'numeric' } as const
  return (
    <form onSubmit={onEntered(send)}>
      <Stack gap="sm" py="sm">
        <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
          <TextInput name="name" label={texts.ruleName} defaultValue={rule?.name} maxLength={200} pattern=".*\S.*" required ref={focusFirst} />
          <TextInput name="category" label={texts.category} defaultValue={categoryInWords(rule?.category ?? '', texts)} maxLength={100} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" verticalSpacing="sm" style={{ alignItems: 'end' }}>
          <TextInput name="quantity" label={texts.quantity} {...number} defaultValue={rule?.quantity ?? 1} />
          <NativeSelect name="per" label={texts.per} size="md" defaultValue={rule?.per} data={pers.map((per) => ({ value: per, label: texts.pers[per] }))} />
          <TextInput name="atMost" label={texts.atMost} {...number} defaultValue={rule?.atMost ?? ''} />
          <NativeSelect name="ageGroup" label={texts.onlyFor} size="md" defaultValue={rule?.ageGroup ?? ''} data={[{ value: '', label: texts.everybody }, ...ages]} />
          <NativeSelect
            name="needs"
            label={texts.onlyWhen}
            size="md"
            defaultValue={rule?.needs ?? ''}
            data={[always, ...conditions.map((condition) => ({ value: condition, label: texts.conditionNames[condition] ?? condition }))]}
          />
          <TextInput name="minDays" label={texts.minDays} {...number} defaultValue={rule?.minDays ?? ''} />
        </SimpleGrid>
        <Group justify="flex-end">
          <Button type="submit">{submit}</Button>
        </Group>
      </Stack>
    </form>
  )
}

function wholeNumber(form: FormData, name: string): number | null {
  const text = entered(form, name)
  return text === null ? null : Math.trunc(Number(text))
}
