import { Group, Stack, Text, TextInput } from '@mantine/core'
import { dayCount, daysOf, emptyDay, type Trip, type TripDay } from '@stowaway/model'
import { daysSlice, selectDays } from '../entities.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useLanguage, useTexts } from '../texts/texts.ts'

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
  const language = useLanguage()
  const dispatch = useAppDispatch()
  const name = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(entry.day))
  /** Written when the field is left: not each letter is a change. */
  const set = (field: 'destination' | 'weather', text: string) => {
    const value = text.trim() || null
    if (value !== entry[field]) dispatch(daysSlice.set({ ...entry, [field]: value }))
  }
  if (!editable) {
    return (
      <li>
        <Text size="sm">{[name, entry.destination, entry.weather].filter(Boolean).join(' · ')}</Text>
      </li>
    )
  }
  return (
    <li aria-label={name}>
      <Group gap={6} wrap="nowrap">
        <Text size="sm" w={84} style={{ flexShrink: 0 }}>
          {name}
        </Text>
        <TextInput
          key={`where ${entry.destination}`}
          flex={1}
          size="sm"
          aria-label={texts.whereOn(name)}
          placeholder={texts.where}
          defaultValue={entry.destination ?? ''}
          maxLength={200}
          onBlur={(event) => set('destination', event.currentTarget.value)}
        />
        <TextInput
          key={`weather ${entry.weather}`}
          flex={1}
          size="sm"
          aria-label={texts.weatherOn(name)}
          placeholder={texts.weather}
          defaultValue={entry.weather ?? ''}
          maxLength={200}
          onBlur={(event) => set('weather', event.currentTarget.value)}
        />
      </Group>
    </li>
  )
}
