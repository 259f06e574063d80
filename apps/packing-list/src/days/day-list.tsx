import { Group, Stack, Text } from '@mantine/core'
import { dayCount, daysOf, emptyDay, type Trip, type TripDay } from '@stowaway/model'
import { daysSlice, selectDays } from '../entities.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useLocale, useTexts } from '../texts/texts.ts'
import { dayInWords } from '../texts/times.ts'
import { DayField } from './day-field.tsx'

interface DayListProps {
  readonly trip: Trip
  readonly editable: boolean
}

/** Where one is on each day, and what the weather may be. */
export function DayList({ trip, editable }: DayListProps) {
  const texts = useTexts()
  const known = useAppSelector((state) => selectDays(state, trip.id))
  const days = daysOf(trip)
  if (days.length === 0) return null
  return (
    <details>
      <summary className="summary">{`${texts.days} · ${texts.dayCount(dayCount(trip) ?? 0)}`}</summary>
      <Stack component="ul" gap="xs" aria-label={texts.days}>
        {days.map((day) => (
          <Day key={day} entry={known.find((entry) => entry.day === day) ?? emptyDay(trip.id, day)} editable={editable} />
        ))}
      </Stack>
    </details>
  )
}

interface DayProps {
  readonly entry: TripDay
  readonly editable: boolean
}

function Day({ entry, editable }: DayProps) {
  const texts = useTexts()
  const name = dayInWords(entry.day, useLocale())
  const dispatch = useAppDispatch()
  const { destination, weather } = entry
  if (!editable) {
    return (
      <li>
        <Text size="sm">{[name, destination, weather].filter(Boolean).join(' · ')}</Text>
      </li>
    )
  }
  const set = (changes: Partial<TripDay>) => dispatch(daysSlice.set({ ...entry, ...changes }))
  return (
    <li aria-label={name}>
      <Group gap={6} wrap="nowrap">
        <Text size="sm" w={84} style={{ flexShrink: 0 }}>
          {name}
        </Text>
        <DayField label={texts.whereOn(name)} placeholder={texts.where} value={destination} onSet={(value) => set({ destination: value })} />
        <DayField label={texts.weatherOn(name)} placeholder={texts.weather} value={weather} onSet={(value) => set({ weather: value })} />
      </Group>
    </li>
  )
}
