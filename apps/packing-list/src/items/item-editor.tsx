import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { editOfItem, type Item } from '@stowaway/model'
import { useState } from 'react'
import { itemsSlice, selectPeople } from '../entities.ts'
import { changedFields, entered, onEntered } from '../form.ts'
import { HistoryList } from '../history/history-list.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { categoryInWords, categoryOf } from '../texts/categories.ts'
import { useTexts } from '../texts/texts.ts'
import { CategoryInput } from './category-input.tsx'
import { useRemoveItem } from './item-actions.ts'

interface ItemEditorProps {
  readonly item: Item
  readonly onDone: () => void
}

export function ItemEditor({ item, onDone }: ItemEditorProps) {
  const texts = useTexts()
  // As it was when the form opened: what arrives meanwhile is not the person's change.
  const [opened] = useState(item)
  const [asked, setAsked] = useState(false)
  const people = useAppSelector((state) => selectPeople(state, item.tripId))
  const dispatch = useAppDispatch()

  const save = (form: FormData) => {
    const values = {
      name: entered(form, 'name') ?? opened.name,
      quantity: Number(entered(form, 'quantity') ?? opened.quantity),
      category: categoryOf(entered(form, 'category'), texts),
      personId: entered(form, 'personId'),
      notes: entered(form, 'notes'),
    }
    dispatch(itemsSlice.changed(opened.id, editOfItem(opened, changedFields<Item>(opened, values))))
    onDone()
  }
  const takeOff = useRemoveItem(texts)
  const remove = () => {
    takeOff(opened)
    onDone()
  }
  const choices = [{ value: '', label: texts.everybody }, ...people.map(({ id, name }) => ({ value: id, label: name }))]
  return (
    <form onSubmit={onEntered(save)}>
      <Stack>
        <TextInput name="name" label={texts.itemName} defaultValue={opened.name} maxLength={200} pattern=".*\S.*" dir="auto" required data-autofocus />
        <Group grow>
          <TextInput name="quantity" label={texts.quantity} type="number" min={0} max={9999} defaultValue={opened.quantity} />
          <CategoryInput name="category" label={texts.category} tripId={opened.tripId} defaultValue={categoryInWords(opened.category ?? '', texts)} />
        </Group>
        <NativeSelect name="personId" label={texts.person} size="md" data={choices} defaultValue={opened.personId ?? ''} />
        <Textarea name="notes" label={texts.notes} size="md" autosize minRows={2} defaultValue={opened.notes ?? ''} />
        {asked ? <HistoryList subject={{ collection: 'items', id: opened.id }} /> : <Button variant="subtle" onClick={() => setAsked(true)}>{texts.history}</Button>}
        <Group justify="space-between">
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={18} aria-hidden />}
            aria-label={texts.removeNamed(opened.name)}
            onClick={remove}
          >
            {texts.remove}
          </Button>
          <Button type="submit">{texts.save}</Button>
        </Group>
      </Stack>
    </form>
  )
}
