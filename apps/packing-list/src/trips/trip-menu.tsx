import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArchive,
  IconArchiveOff,
  IconCopy,
  IconDotsVertical,
  IconDownload,
  IconHistory,
  IconListCheck,
  IconPencil,
  IconPrinter,
  IconTrash,
} from '@tabler/icons-react'
import { canEdit, canManage, type Role, type Trip } from '@stowaway/model'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { tripsSlice } from '../entities.ts'
import { saveFile } from '../files.ts'
import { store, useAppDispatch } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { duplicateTrip, exportTrip } from './trip-actions.ts'
import { TripDialogs, type TripDialog } from './trip-dialogs.tsx'

interface TripMenuProps {
  readonly trip: Trip
  readonly role: Role
}

export function TripMenu({ trip, role }: TripMenuProps) {
  const texts = useTexts()
  const [open, setOpen] = useState<TripDialog>('none')
  const dispatch = useAppDispatch()
  const navigate = useNavigate()

  const duplicate = () => {
    const copy = dispatch(duplicateTrip(trip.id, texts.copyOf))
    if (copy !== null) void navigate(`/trips/${copy}`)
  }
  const save = () => {
    const file = exportTrip(store.getState(), trip.id)
    if (file !== null) saveFile(trip.name, file)
  }
  const archive = () => dispatch(tripsSlice.changed(trip.id, { archived: !trip.archived }))
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon aria-label={texts.moreAboutTrip}>
            <IconDotsVertical aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {canEdit(role) && (
            <>
              <Menu.Item leftSection={<IconPencil size={20} aria-hidden />} onClick={() => setOpen('edit')}>
                {texts.editTrip}
              </Menu.Item>
              <Menu.Item leftSection={<IconListCheck size={20} aria-hidden />} onClick={() => setOpen('rules')}>
                {texts.rulesOfTrip}
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconHistory size={20} aria-hidden />} onClick={() => setOpen('history')}>
            {texts.history}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={20} aria-hidden />} onClick={duplicate}>
            {texts.duplicate}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={20} aria-hidden />} onClick={save}>
            {texts.exportTrip}
          </Menu.Item>
          <Menu.Item leftSection={<IconPrinter size={20} aria-hidden />} onClick={() => window.print()}>
            {texts.print}
          </Menu.Item>
          {canEdit(role) && (
            <Menu.Item
              leftSection={trip.archived ? <IconArchiveOff size={20} aria-hidden /> : <IconArchive size={20} aria-hidden />}
              onClick={archive}
            >
              {trip.archived ? texts.unarchive : texts.archive}
            </Menu.Item>
          )}
          {canManage(role) && (
            <Menu.Item leftSection={<IconTrash size={20} aria-hidden />} onClick={() => setOpen('delete')}>
              {texts.deleteTrip}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <TripDialogs trip={trip} open={open} onClose={() => setOpen('none')} />
    </>
  )
}
