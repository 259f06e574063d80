import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core'
import { IconDotsVertical, IconPencil, IconTrash } from '@tabler/icons-react'
import { canManage, type Role, type Trip } from '@stowaway/model'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { changedFields } from '../form.ts'
import { useAppDispatch } from '../store.ts'
import { TripForm } from './trip-form.tsx'
import { tripChanged, tripRemoved } from './trips-slice.ts'

interface TripMenuProps {
  readonly trip: Trip
  readonly role: Role
}

type Open = 'nothing' | 'edit' | 'delete'

export function TripMenu({ trip, role }: TripMenuProps) {
  const [open, setOpen] = useState<Open>('nothing')
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  const close = () => setOpen('nothing')

  const remove = () => {
    void navigate('/')
    dispatch(tripRemoved(trip.id))
  }
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon aria-label="More about this trip">
            <IconDotsVertical aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={20} aria-hidden />} onClick={() => setOpen('edit')}>
            Edit trip
          </Menu.Item>
          {canManage(role) && (
            <Menu.Item leftSection={<IconTrash size={20} aria-hidden />} onClick={() => setOpen('delete')}>
              Delete trip
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal opened={open === 'edit'} onClose={close} title="Edit trip">
        <EditTrip trip={trip} onDone={close} />
      </Modal>
      <Modal opened={open === 'delete'} onClose={close} title={`Delete ${trip.name}?`}>
        <Text>The trip and its list disappear for everybody who shares them.</Text>
        <Group mt="lg" justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" onClick={remove}>
            Delete trip
          </Button>
        </Group>
      </Modal>
    </>
  )
}

interface EditTripProps {
  readonly trip: Trip
  readonly onDone: () => void
}

/** Compares with the trip as it was when the form opened, whatever has arrived since. */
function EditTrip({ trip, onDone }: EditTripProps) {
  const [opened] = useState(trip)
  const dispatch = useAppDispatch()
  return (
    <TripForm
      submit="Save"
      trip={opened}
      onSubmit={(details) => {
        dispatch(tripChanged({ id: opened.id, changes: changedFields<Trip>(opened, details) }))
        onDone()
      }}
    />
  )
}
