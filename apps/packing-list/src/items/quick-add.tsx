import { ActionIcon, Card, Group, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { readQuickItem } from '@stowaway/model'
import { useState } from 'react'
import { selectPeople } from '../entities.ts'
import { entered, onEntered } from '../form.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { categoryOf } from '../texts/categories.ts'
import { useTexts } from '../texts/texts.ts'
import { CategoryInput } from './category-input.tsx'
import { addItem } from './item-actions.ts'

/** Keeps the category from one item to the next: people pack by drawer. */
export function QuickAdd({ tripId }: { readonly tripId: string }) {
  const texts = useTexts()
  const [line, setLine] = useState('')
  const people = useAppSelector((state) => selectPeople(state, tripId))
  const dispatch = useAppDispatch()
  const add = (form: FormData) => {
    const item = readQuickItem(line, people)
    if (item === null) return
    dispatch(addItem({ ...item, tripId, category: categoryOf(entered(form, 'category'), texts) }))
    setLine('')
  }
  return (
    <Card withBorder radius="lg" p="xs" mb="md" className="no-print">
      <form onSubmit={onEntered(add)}>
        <Group gap="xs" wrap="nowrap">
          <TextInput
            id="add-item"
            aria-label={texts.addItem}
            placeholder={texts.addItemHint}
            value={line}
            maxLength={200}
            enterKeyHint="done"
            autoComplete="off"
            onChange={(event) => setLine(event.currentTarget.value)}
            flex={3}
          />
          <CategoryInput tripId={tripId} name="category" aria-label={texts.category} placeholder={texts.category} flex={2} miw={0} />
          <ActionIcon type="submit" variant="filled" color="lagoon" aria-label={texts.add}>
            <IconPlus aria-hidden />
          </ActionIcon>
        </Group>
      </form>
    </Card>
  )
}
