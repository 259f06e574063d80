import { Badge, Group, Progress, Stack, Text, Title } from '@mantine/core'
import type { Role, Trip } from '@stowaway/model'
import { useEffect, useRef } from 'react'
import { shallowEqual } from 'react-redux'
import { selectProgress } from '../items/items-selectors.ts'
import { AllTrips } from '../layout/all-trips.tsx'
import { WhoIsHere } from '../presence/who-is-here.tsx'
import { ShareButton } from '../sharing/share-button.tsx'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { useTripWords } from '../texts/use-trip-words.ts'
import { TripMenu } from './trip-menu.tsx'

interface TripSummaryProps {
  readonly trip: Trip
  readonly role: Role
}

export function TripSummary({ trip, role }: TripSummaryProps) {
  const progress = useAppSelector((state) => selectProgress(state, trip.id), shallowEqual)
  const texts = useTexts()
  const words = useTripWords()
  const heading = useRef<HTMLHeadingElement>(null)
  // A page that was opened by keyboard goes on from its heading, and a screen reader tells it.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [])
  const percent = (100 * progress.packed) / Math.max(progress.total, 1)
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" className="no-print" mb={4}>
        <AllTrips />
        <Group gap={0} wrap="nowrap">
          <ShareButton tripId={trip.id} role={role} />
          <TripMenu trip={trip} role={role} />
        </Group>
      </Group>
      <Title ref={heading} tabIndex={-1} order={1} size="h2" style={{ overflowWrap: 'anywhere', hyphens: 'auto', outline: 'none' }}>
        {trip.name}
      </Title>
      <Text c="dimmed">{words.whereAndWhen(trip)}</Text>
      {trip.conditions.length > 0 && (
        <Text size="sm" c="dimmed">
          {trip.conditions.map((condition) => texts.conditionNames[condition] ?? condition).join(' · ')}
        </Text>
      )}
      {role === 'viewer' && (
        <Badge variant="light" size="lg" tt="none">
          {texts.lookOnly}
        </Badge>
      )}
      <Progress value={percent} size="lg" radius="xl" mt="xs" aria-hidden />
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Text size="sm" fw={500} style={{ flexShrink: 0 }} lh="28px">
          {words.progress(progress)}
        </Text>
        <WhoIsHere tripId={trip.id} />
      </Group>
    </Stack>
  )
}
