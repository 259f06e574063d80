import type { Trip } from './trip.ts'

const millisecondsADay = 86_400_000

/** How many days a trip has, the first and the last included; `null` while they are not known. */
export function dayCount({ startsOn, endsOn }: Pick<Trip, 'startsOn' | 'endsOn'>): number | null {
  if (startsOn === null || endsOn === null) return null
  const days = (Date.parse(endsOn) - Date.parse(startsOn)) / millisecondsADay + 1
  return days >= 1 ? days : null
}

/** Its days, as in `2026-07-01`, in order; of a longer trip the first `atMost`. */
export function daysOf(trip: Pick<Trip, 'startsOn' | 'endsOn'>, atMost = 60): string[] {
  const count = dayCount(trip) ?? 0
  const first = Date.parse(trip.startsOn ?? '')
  return Array.from({ length: Math.min(count, atMost) }, (_, index) => new Date(first + index * millisecondsADay).toISOString().slice(0, 10))
}
