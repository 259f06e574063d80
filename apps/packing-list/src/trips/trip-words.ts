import type { Progress, Trip } from '@stowaway/model'

const days = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** As in "1 – 5 Jul 2026", in the reader's own format; `null` without dates. */
export function datesInWords({ startsOn, endsOn }: Pick<Trip, 'startsOn' | 'endsOn'>): string | null {
  if (startsOn !== null && endsOn !== null) return days.formatRange(new Date(startsOn), new Date(endsOn))
  if (startsOn !== null) return `from ${days.format(new Date(startsOn))}`
  return endsOn === null ? null : `until ${days.format(new Date(endsOn))}`
}

/** As in "Lisbon · 1 – 5 Jul 2026"; empty when neither is known. */
export function whereAndWhen(trip: Trip): string {
  return [trip.destination, datesInWords(trip)].filter((part) => part !== null).join(' · ')
}

export function progressInWords({ packed, total }: Progress): string {
  if (total === 0) return 'Nothing on the list yet'
  return packed === total ? `All ${total} packed` : `${packed} of ${total} packed`
}
