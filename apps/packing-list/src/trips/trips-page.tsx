import { Button, Group, Modal, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLuggage, IconPlus } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { NoticePage } from '../layout/notice-page.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { TripCard } from './trip-card.tsx'
import { TripForm } from './trip-form.tsx'
import { selectTrips } from './trips-selectors.ts'
import { tripAdded, type TripDetails } from './trips-slice.ts'

export function TripsPage() {
  const trips = useAppSelector(selectTrips)
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  const [adding, dialog] = useDisclosure(false)

  const add = (details: TripDetails) => {
    const { payload: trip } = dispatch(tripAdded(details))
    void navigate(`/trips/${trip.id}`)
  }

  const newTrip = (
    <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={dialog.open}>
      New trip
    </Button>
  )
  return (
    <>
      {trips.length === 0 ? (
        <NoticePage
          icon={IconLuggage}
          title="Where to next?"
          text="Make a list for your first trip. It works without a signal, and you can share it."
        >
          {newTrip}
        </NoticePage>
      ) : (
        <Stack>
          <title>Trips · Stowaway</title>
          <Group justify="space-between">
            <Title order={1}>Trips</Title>
            {newTrip}
          </Group>
          <Stack component="ul" gap="sm">
            {trips.map((trip) => (
              <TripCard key={trip.id} trip={trip} />
            ))}
          </Stack>
        </Stack>
      )}
      <Modal opened={adding} onClose={dialog.close} title="New trip">
        <TripForm submit="Create trip" onSubmit={add} />
      </Modal>
    </>
  )
}
