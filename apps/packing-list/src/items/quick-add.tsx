import { ActionIcon, Card, Group, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { entered, onEntered } from '../form.ts'
import { useAppDispatch } from '../store.ts'
import { CategoryInput } from './category-input.tsx'
import { itemAdded } from './items-slice.ts'

/** Keeps the category from one item to the next: people pack by drawer. */
export function QuickAdd({ tripId }: { readonly tripId: string }) {
  const [name, setName] = useState('')
  const dispatch = useAppDispatch()
  const add = (form: FormData) => {
    if (name.trim() === '') return
    dispatch(itemAdded({ tripId, name: name.trim(), category: entered(form, 'category') }))
    setName('')
  }
  return (
    <Card withBorder radius="lg" p="xs" mb="md">
      <form onSubmit={onEntered(add)}>
        <Group gap="xs" wrap="nowrap">
          <TextInput
            aria-label="Add an item"
            placeholder="Add an item"
            value={name}
            maxLength={200}
            enterKeyHint="done"
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
            flex={3}
          />
          <CategoryInput tripId={tripId} name="category" aria-label="Category" placeholder="Category" flex={2} miw={0} />
          <ActionIcon type="submit" variant="filled" color="lagoon" aria-label="Add">
            <IconPlus aria-hidden />
          </ActionIcon>
        </Group>
      </form>
    </Card>
  )
}
