import { Card, Group, Progress, Text, Title } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { Trip } from '@stowaway/model'
import { memo } from 'react'
import { shallowEqual } from 'react-redux'
import { Link } from 'react-router'
import { selectProgress } from '../items/items-selectors.ts'
import { useAppSelector } from '../store.ts'
import { useTripWords } from '../texts/use-trip-words.ts'

export const TripCard = memo(function TripCard({ trip }: { readonly trip: Trip }) {
  const progress = useAppSelector((state) => selectProgress(state, trip.id), shallowEqual)
  const words = useTripWords()
  return (
    <li aria-label={trip.name}>
      <Card component={Link} to={`/trips/${trip.id}`} withBorder radius="lg" padding="md">
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <div>
            <Title order={2} size="h4">
              {trip.name}
            </Title>
            <Text c="dimmed" size="sm">
              {words.whereAndWhen(trip)}
            </Text>
          </div>
          <IconChevronRight aria-hidden style={{ flexShrink: 0 }} color="var(--mantine-color-dimmed)" />
        </Group>
        <Progress value={(100 * progress.packed) / Math.max(progress.total, 1)} mt="sm" aria-hidden />
        <Text size="sm" mt={6}>
          {words.progress(progress)}
        </Text>
      </Card>
    </li>
  )
})
