import { Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useCallback, useState } from 'react'
import { shallowEqual } from 'react-redux'
import { useAppSelector } from '../store.ts'
import { CategorySection } from './category-section.tsx'
import { ItemEditor } from './item-editor.tsx'
import { selectCategories, selectItem } from './items-selectors.ts'

interface ItemListProps {
  readonly tripId: string
  readonly editable: boolean
}

export function ItemList({ tripId, editable }: ItemListProps) {
  const categories = useAppSelector((state) => selectCategories(state, tripId), shallowEqual)
  const [opened, dialog] = useDisclosure(false)
  const [editedId, setEditedId] = useState('')
  const edited = useAppSelector((state) => selectItem(state, editedId))
  const { open } = dialog
  // The same function for every row and render, or each row would be drawn anew with the list.
  const edit = useCallback(
    (itemId: string) => {
      setEditedId(itemId)
      open()
    },
    [open],
  )

  if (categories.length === 0) {
    return (
      <Text c="dimmed" ta="center" py="xl">
        {editable ? 'What must not be forgotten? Add the first item above.' : 'Nothing on the list yet.'}
      </Text>
    )
  }
  return (
    <Stack gap="md">
      {categories.map((category) => (
        <CategorySection key={category} {...{ tripId, category, editable }} onEdit={edit} />
      ))}
      <Modal opened={opened} onClose={dialog.close} title={`Edit ${edited?.name ?? 'item'}`}>
        {edited === undefined ? (
          <Text>This item is no longer on the list.</Text>
        ) : (
          <ItemEditor key={edited.id} item={edited} onDone={dialog.close} />
        )}
      </Modal>
    </Stack>
  )
}
