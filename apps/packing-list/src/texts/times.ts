import type { Language, Texts } from './texts.ts'

/** In which language, and what time it is. */
interface Moment {
  readonly texts: Pick<Texts, 'neverSynced' | 'syncedNow' | 'synced'>
  readonly language: Language
  readonly now: number
}

export function lastSyncInWords(time: number | null, { texts, language, now }: Moment): string {
  if (time === null) return texts.neverSynced
  return now - time < 30_000 ? texts.syncedNow : texts.synced(agoInWords(time, language, now))
}

/** As in "2 minutes ago"; a time that is still to come counts as now. */
export function agoInWords(time: number, language: Language, now: number): string {
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const minutes = Math.max(0, Math.round((now - time) / 60_000))
  if (minutes < 60) return ago.format(-minutes, 'minute')
  return minutes < 24 * 60 ? ago.format(-Math.round(minutes / 60), 'hour') : ago.format(-Math.round(minutes / 1440), 'day')
}

/** As in "Wed, 1 Jul", in the reader's own format. */
export const dayInWords = (day: string, locale: string): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(day))
