import type { Conflict, LastError, Rejected } from '@stowaway/sync'
import type { Language, Texts } from '../texts/texts.ts'

export const pendingInWords = (pending: number, texts: Texts): string => (pending === 0 ? texts.nothingWaits : texts.waiting(pending))

/** In which language, and what time it is. */
interface Telling {
  readonly texts: Texts
  readonly language: Language
  readonly now: number
}

export function lastSyncInWords(time: number | null, { texts, language, now }: Telling): string {
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

/** What went wrong last, for somebody who has never heard of a status code. */
export function errorInWords({ kind, message }: LastError, { errors }: Texts): string {
  switch (kind) {
    case 'network':
      return errors.network
    case 'auth':
      return errors.auth
    case 'rate-limit':
    case 'server':
      return errors.busy
    case 'storage':
      return errors.storage
    case 'permission':
    case 'validation':
    case 'conflict':
    case 'too-large':
    case 'unknown':
      return errors.other(message)
  }
}

/** Why a change was refused. */
export function refusalInWords({ status, message }: Pick<Rejected, 'status' | 'message'>, { refusals }: Texts): string {
  return status === 'invalid' ? refusals.invalid(message) : refusals[status]
}

/** What met what, for a disagreement that is not about single fields. */
export const conflictInWords = (kind: Conflict['kind'], texts: Texts): string => texts.conflicts[kind]
