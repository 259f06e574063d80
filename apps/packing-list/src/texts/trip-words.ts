import type { Progress, Trip } from '@stowaway/model'
import type { Texts } from './texts.ts'

const style = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const

/** With which words, and how days are written. */
interface Speech {
  readonly texts: Pick<Texts, 'fromDay' | 'untilDay'>
  readonly locale: string
}

/** As in "1 – 5 Jul 2026", in the reader's own format; `null` without dates. */
export function datesInWords({ startsOn, endsOn }: Pick<Trip, 'startsOn' | 'endsOn'>, { texts, locale }: Speech): string | null {
  const days = new Intl.DateTimeFormat(locale, style)
  if (startsOn !== null && endsOn !== null) return days.formatRange(new Date(startsOn), new Date(endsOn))
  if (startsOn !== null) return texts.fromDay(days.format(new Date(startsOn)))
  return endsOn === null ? null : texts.untilDay(days.format(new Date(endsOn)))
}

/** As in "Lisbon · 1 – 5 Jul 2026"; empty when neither is known. */
export function whereAndWhen(trip: Trip, speech: Speech): string {
  return [trip.destination, datesInWords(trip, speech)].filter((part) => part !== null).join(' · ')
}

export function progressInWords({ packed, total }: Progress, texts: Pick<Texts, 'nothingYet' | 'allPacked' | 'packedOf'>): string {
  if (total === 0) return texts.nothingYet
  return packed === total ? texts.allPacked(total) : texts.packedOf(packed, total)
}
