import { Button, Group, Popover, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { cloneElement, type ReactElement } from 'react'
import { entered, onEntered } from '../form.ts'

interface PersonPopoverProps {
  /** The name to begin with. */
  readonly name: string
  readonly submit: string
  readonly onSubmit: (name: string) => void
  /** Absent while there is nobody to remove. */
  readonly onRemove?: () => void
  /** The button that opens it. */
  readonly children: ReactElement<{ onClick: () => void }>
}

export function PersonPopover({ name, submit, onSubmit, onRemove, children }: PersonPopoverProps) {
  const [opened, { close, toggle }] = useDisclosure(false)
  const save = (form: FormData) => {
    const next = entered(form, 'name')
    if (next !== null && next !== name) onSubmit(next)
    close()
  }
  return (
    <Popover opened={opened} onDismiss={close} trapFocus returnFocus shadow="md" width={300} position="bottom-start">
      <Popover.Target>{cloneElement(children, { onClick: toggle })}</Popover.Target>
      <Popover.Dropdown aria-label={name === '' ? 'Add person' : `Edit ${name}`}>
        <form onSubmit={onEntered(save)}>
          <Stack gap="sm">
            <TextInput name="name" label="Name" defaultValue={name} maxLength={100} required data-autofocus />
            <Group justify="flex-end">
              {onRemove && (
                <Button variant="subtle" color="red" onClick={onRemove}>
                  Remove {name}
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
