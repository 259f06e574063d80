import { wholeList } from '@stowaway/model'
import { Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useCallback, useState } from 'react'
import { shallowEqual } from 'react-redux'
import { itemsSlice } from '../entities.ts'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { ItemEditor } from './item-editor.tsx'
import { ItemSection } from './item-section.tsx'
import { selectCategories, selectGroupKeys } from './items-selectors.ts'
import { ListToolbar } from './list-toolbar.tsx'

interface ItemListProps {
  readonly tripId: string
  readonly editable: boolean
}

export function ItemList({ tripId, editable }: ItemListProps) {
  const texts = useTexts()
  const [view, setView] = useState(wholeList)
  const isEmpty = useAppSelector((state) => selectCategories(state, tripId).length === 0)
  const groups = useAppSelector((state) => selectGroupKeys(state, tripId, view), shallowEqual)
  const [opened, dialog] = useDisclosure(false)
  const [editedId, setEditedId] = useState('')
  const edited = useAppSelector((state) => itemsSlice.selectById(state, editedId))
  const { open } = dialog
  // The same function for every row and render, or each row would be drawn anew with the list.
  const edit = useCallback(
    (itemId: string) => {
      setEditedId(itemId)
      open()
    },
    [open],
  )

  if (isEmpty) {
    return (
      <Text c="dimmed" ta="center" py="xl">
        {editable ? texts.firstItem : texts.nothingYet}
      </Text>
    )
  }
  return (
    <>
      <ListToolbar tripId={tripId} editable={editable} view={view} onView={setView} />
      {groups.length === 0 && (
        <Text c="dimmed" ta="center" py="xl">
          {texts.noMatch}
        </Text>
      )}
      <Stack gap="md">
        {groups.map((group) => (
          <ItemSection key={group} {...{ tripId, view, group, editable }} onEdit={edit} />
        ))}
      </Stack>
      <Modal opened={opened} onClose={dialog.close} title={texts.edit(edited?.name ?? '')}>
        {edited === undefined ? <Text>{texts.itemGone}</Text> : <ItemEditor key={edited.id} item={edited} onDone={dialog.close} />}
      </Modal>
    </>
  )
}
