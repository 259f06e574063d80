import { Button, Group, Modal, Stack, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLuggage, IconPlus } from '@tabler/icons-react'
import { listTrips, type Trip } from '@stowaway/model'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { tripsSlice } from '../entities.ts'
import { NoticePage } from '../layout/notice-page.tsx'
import { MyInvitations } from '../sharing/my-invitations.tsx'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { FirstSync, FirstSyncPage, useIsFirstSync } from '../sync-badge/first-sync.tsx'
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
  const isFirstSync = useIsFirstSync()
  const [today] = useState(localDay)
  const { coming, past, archived } = listTrips(trips, today)

  const actions = (
    <Group gap="xs">
      <ImportTrip />
      <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={dialog.open}>
        {texts.newTrip}
      </Button>
    </Group>
  )
  const none = isFirstSync ? (
    <FirstSyncPage>{actions}</FirstSyncPage>
  ) : (
    <NoticePage icon={IconLuggage} title={texts.whereNext} text={texts.whereNextText}>
      {actions}
    </NoticePage>
  )
  return (
    <>
      <MyInvitations />
      {trips.length === 0 ? (
        none
      ) : (
        <Stack>
          <FirstSync />
          <title>{`${texts.trips} · Stowaway`}</title>
          <Group justify="space-between">
            <Title order={1}>{texts.trips}</Title>
            {actions}
          </Group>
          <TripList trips={coming} />
          {past.length > 0 && (
            <section aria-labelledby="past-trips">
              <Title order={2} size="h4" id="past-trips" mb="xs">
                {texts.past}
              </Title>
              <TripList trips={past} />
            </section>
          )}
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

/** Today where the person is, as in `2026-07-01`. */
const localDay = (): string => new Date().toLocaleDateString('sv')

function TripList({ trips }: { readonly trips: readonly Trip[] }) {
  return (
    <Stack component="ul" gap="sm">
      {trips.map((trip) => (
        <TripCard key={trip.id} trip={trip} />
      ))}
    </Stack>
  )
}
