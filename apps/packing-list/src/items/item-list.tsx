import { wholeList } from '@stowaway/model'
import { Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { usePresence } from '@stowaway/sync/react'
import { useCallback, useDeferredValue, useState } from 'react'
import { shallowEqual } from 'react-redux'
import { itemsSlice } from '../entities.ts'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { EmptyList } from './empty-list.tsx'
import { focusItem } from './focus.ts'
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
  // What is on screen first is drawn first: of a long list the rest follows when there is time.
  const isWhole = useDeferredValue(true, false)
  const [opened, dialog] = useDisclosure(false)
  const [editedId, setEditedId] = useState('')
  const edited = useAppSelector((state) => itemsSlice.selectById(state, editedId))
  // Also where the list is empty: the trip is open.
  usePresence(tripId, opened ? editedId : view.by)
  const { open } = dialog
  // The same function for every row and render, or each row would be drawn anew with the list.
  const edit = useCallback(
    (itemId: string) => {
      setEditedId(itemId)
      open()
    },
    [open],
  )

  return (
    <>
      {isEmpty ? (
        <EmptyList tripId={tripId} editable={editable} />
      ) : (
        <>
          <ListToolbar tripId={tripId} editable={editable} view={view} onView={setView} />
          {groups.length === 0 && <Notice>{texts.noMatch}</Notice>}
          <Stack gap="md">
            {(isWhole ? groups : groups.slice(0, 1)).map((group) => (
              <ItemSection key={group} {...{ tripId, view, group, editable }} onEdit={edit} />
            ))}
          </Stack>
        </>
      )}
      <Modal opened={opened} onClose={dialog.close} title={texts.edit(edited?.name ?? '')} returnFocus={false} onExitTransitionEnd={() => focusItem(editedId)}>
        {edited === undefined ? <Text>{texts.itemGone}</Text> : <ItemEditor key={edited.id} item={edited} onDone={dialog.close} />}
      </Modal>
    </>
  )
}

function Notice({ children }: { readonly children: string }) {
  return (
    <Text c="dimmed" ta="center" py="xl">
      {children}
    </Text>
  )
}
