import type { Conflict, LastError, Rejected } from '@stowaway/sync'

export function pendingInWords(pending: number): string {
  if (pending === 0) return 'Nothing is waiting'
  return pending === 1 ? '1 change is waiting' : `${pending} changes are waiting`
}

const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

export function lastSyncInWords(time: number | null, now: number): string {
  if (time === null) return 'Not synced since the app was opened'
  const minutes = Math.round((now - time) / 60_000)
  if (minutes < 1) return 'Synced just now'
  return `Synced ${minutes < 60 ? ago.format(-minutes, 'minute') : ago.format(-Math.round(minutes / 60), 'hour')}`
}

/** What went wrong last, for somebody who has never heard of a status code. */
export function errorInWords({ kind, message }: LastError): string {
  switch (kind) {
    case 'network':
      return 'The server could not be reached. Another try follows by itself.'
    case 'auth':
      return 'You have been signed out. Sign in to continue.'
    case 'rate-limit':
    case 'server':
      return 'The server is busy or out of order. Another try follows by itself.'
    case 'storage':
      return 'This device could not store something. It may be full.'
    case 'permission':
    case 'validation':
    case 'conflict':
    case 'too-large':
    case 'unknown':
      return `Something went wrong: ${message}`
  }
}

/** Why a change was refused. */
export function refusalInWords({ status, message }: Pick<Rejected, 'status' | 'message'>): string {
  switch (status) {
    case 'forbidden':
      return 'You are not allowed to change this trip.'
    case 'not_found':
      return 'It is no longer there, or no longer shared with you.'
    case 'invalid':
      return `The server does not accept it: ${message}`
    case 'conflict':
      return 'Somebody else changed it in the meantime. Retry to put yours in its place.'
  }
}

/** What met what, for a disagreement that is not about single fields. */
export function conflictInWords(kind: Conflict['kind']): string {
  switch (kind) {
    case 'edit-edit':
      return 'You and somebody else changed it differently.'
    case 'edit-delete':
      return 'You changed it, somebody else removed it.'
    case 'delete-edit':
      return 'You removed it, somebody else changed it.'
    case 'create-create':
      return 'You and somebody else added it with different values.'
  }
}
