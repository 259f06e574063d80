import { Button, Group, Modal, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLuggage, IconPlus } from '@tabler/icons-react'
import type { Trip } from '@stowaway/model'
import { useNavigate } from 'react-router'
import { tripsSlice } from '../entities.ts'
import { NoticePage } from '../layout/notice-page.tsx'
import { MyInvitations } from '../sharing/my-invitations.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { FirstSync } from '../sync-badge/first-sync.tsx'
import { useTexts } from '../texts/texts.ts'
import { ImportTrip } from './import-trip.tsx'
import { startTrip } from './trip-actions.ts'
import { TripCard } from './trip-card.tsx'
import { TripForm } from './trip-form.tsx'

export function TripsPage() {
  const texts = useTexts()
  const trips = useAppSelector(tripsSlice.selectAll)
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  const [adding, dialog] = useDisclosure(false)
  const current = trips.filter(({ archived }) => !archived)
  const archived = trips.filter((trip) => trip.archived)

  const actions = (
    <Group gap="xs">
      <ImportTrip />
      <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={dialog.open}>
        {texts.newTrip}
      </Button>
    </Group>
  )
  return (
    <>
      <FirstSync />
      <MyInvitations />
      {trips.length === 0 ? (
        <NoticePage icon={IconLuggage} title={texts.whereNext} text={texts.whereNextText}>
          {actions}
        </NoticePage>
      ) : (
        <Stack>
          <title>{`${texts.trips} · Stowaway`}</title>
          <Group justify="space-between">
            <Title order={1}>{texts.trips}</Title>
            {actions}
          </Group>
          <TripList trips={current} />
          {archived.length > 0 && (
            <details>
              <summary className="summary">{`${texts.archived} (${archived.length})`}</summary>
              <TripList trips={archived} />
            </details>
          )}
        </Stack>
      )}
      <Modal opened={adding} onClose={dialog.close} title={texts.newTrip}>
        <TripForm submit={texts.createTrip} onSubmit={(details) => void navigate(`/trips/${dispatch(startTrip(details))}`)} />
      </Modal>
    </>
  )
}

function TripList({ trips }: { readonly trips: readonly Trip[] }) {
  return (
    <Stack component="ul" gap="sm">
      {trips.map((trip) => (
        <TripCard key={trip.id} trip={trip} />
      ))}
    </Stack>
  )
}
