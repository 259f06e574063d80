import { Button, Grid } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { canEdit } from '@stowaway/model'
import { Link, useParams } from 'react-router'
import { DayList } from '../days/day-list.tsx'
import { selectRole, tripsSlice } from '../entities.ts'
import { ItemList } from '../items/item-list.tsx'
import { QuickAdd } from '../items/quick-add.tsx'
import { NoticePage } from '../layout/notice-page.tsx'
import { PeopleChips } from '../people/people-chips.tsx'
import { useAppSelector } from '../store.ts'
import { FirstSyncPage, useIsFirstSync } from '../sync-badge/first-sync.tsx'
import { useTexts } from '../texts/texts.ts'
import { TripSummary } from './trip-summary.tsx'

export function TripPage() {
  const { tripId = '' } = useParams()
  const trip = useAppSelector((state) => tripsSlice.selectById(state, tripId))
  const role = useAppSelector((state) => selectRole(state, tripId))
  if (trip === undefined) return <TripAbsent />
  const editable = canEdit(role)
  return (
    <Grid gap={{ base: 'md', md: 'xl' }}>
      <title>{`${trip.name} · Stowaway`}</title>
      <Grid.Col span={{ base: 12, md: 4 }} className="aside">
        <TripSummary trip={trip} role={role} />
        <PeopleChips tripId={tripId} editable={editable} />
        <DayList trip={trip} editable={editable} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        {editable && <QuickAdd tripId={tripId} />}
        <ItemList tripId={tripId} editable={editable} />
      </Grid.Col>
    </Grid>
  )
}

function TripAbsent() {
  const texts = useTexts()
  if (useIsFirstSync()) return <FirstSyncPage />
  return (
    <NoticePage icon={IconMapOff} title={texts.tripAbsent} text={texts.tripAbsentText}>
      <Button component={Link} to="/">
        {texts.allTrips}
      </Button>
    </NoticePage>
  )
}
