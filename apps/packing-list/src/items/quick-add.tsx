import { ActionIcon, Card, Group, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { readQuickItem } from '@stowaway/model'
import { useState } from 'react'
import { itemsSlice, selectPeople } from '../entities.ts'
import { entered, onEntered } from '../form.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { categoryInWords, categoryOf } from '../texts/categories.ts'
import { useTexts } from '../texts/texts.ts'
import { CategoryInput } from './category-input.tsx'
import { addItem } from './item-actions.ts'

/** Keeps the category from one item to the next: people pack by drawer. */
export function QuickAdd({ tripId }: { readonly tripId: string }) {
  const texts = useTexts()
  const [line, setLine] = useState('')
  const people = useAppSelector((state) => selectPeople(state, tripId))
  const [addedId, setAddedId] = useState('')
  const added = useAppSelector((state) => itemsSlice.selectById(state, addedId))
  const dispatch = useAppDispatch()
  const add = (form: FormData) => {
    const item = readQuickItem(line, people)
    if (item === null) return
    const { payload } = dispatch(addItem({ ...item, tripId, category: categoryOf(entered(form, 'category'), texts) }))
    setAddedId(payload[0]?.id ?? '')
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
            dir="auto"
            onChange={(event) => setLine(event.currentTarget.value)}
            flex={3}
          />
          <CategoryInput tripId={tripId} name="category" aria-label={texts.category} placeholder={texts.category} flex={2} miw={0} />
          <ActionIcon type="submit" variant="filled" color="lagoon" aria-label={texts.add}>
            <IconPlus aria-hidden />
          </ActionIcon>
        </Group>
      </form>
      {/* Its place in the list may be far from here. */}
      <output aria-live="polite">
        {added !== undefined && (
          <Text span display="block" size="sm" c="dimmed" mt={6} ml={4} truncate>
            {texts.addedTo(added.name, added.category === null ? texts.otherThings : categoryInWords(added.category, texts))}
          </Text>
        )}
      </output>
    </Card>
  )
}
