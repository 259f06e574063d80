import { Button, Group, NativeSelect, Popover, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { ageGroupSchema, type Person } from '@stowaway/model'
import { cloneElement, type ReactElement } from 'react'
import { entered, onEntered } from '../form.ts'
import { useTexts } from '../texts/texts.ts'

/** What a person enters about somebody. */
export type PersonDetails = Pick<Person, 'name' | 'ageGroup'>

interface PersonPopoverProps {
  /** The values to begin with. */
  readonly person?: PersonDetails
  readonly submit: string
  readonly onSubmit: (details: PersonDetails) => void
  /** Absent while there is nobody to remove. */
  readonly onRemove?: () => void
  /** The button that opens it. */
  readonly children: ReactElement<{ onClick: () => void }>
}

export function PersonPopover({ person, submit, onSubmit, onRemove, children }: PersonPopoverProps) {
  const texts = useTexts()
  const [opened, { close, toggle }] = useDisclosure(false)
  const save = (form: FormData) => {
    const name = entered(form, 'name')
    const age = ageGroupSchema.parse(entered(form, 'ageGroup'))
    // Nobody has said so yet, and now neither: that is no change.
    const ageGroup = age === 'adult' && !person?.ageGroup ? null : age
    if (name !== null) onSubmit({ name, ageGroup })
    close()
  }
  return (
    <Popover opened={opened} onDismiss={close} trapFocus returnFocus shadow="md" width={300} position="bottom-start">
      <Popover.Target>{cloneElement(children, { onClick: toggle })}</Popover.Target>
      <Popover.Dropdown aria-label={person === undefined ? texts.addPerson : texts.edit(person.name)}>
        <form onSubmit={onEntered(save)}>
          <Stack gap="sm">
            <TextInput name="name" label={texts.personName} defaultValue={person?.name} maxLength={100} pattern=".*\S.*" dir="auto" required data-autofocus />
            <NativeSelect
              name="ageGroup"
              label={texts.ageGroup}
              size="md"
              defaultValue={person?.ageGroup ?? 'adult'}
              data={ageGroupSchema.options.toReversed().map((age) => ({ value: age, label: texts.ageGroups[age] }))}
            />
            <Group justify={onRemove ? 'space-between' : 'flex-end'}>
              {onRemove && (
                <Button variant="subtle" color="red" leftSection={<IconTrash size={18} aria-hidden />} aria-label={texts.removeNamed(person?.name ?? '')} onClick={onRemove}>
                  {texts.remove}
                </Button>
              )}
              <Button type="submit">{submit}</Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
