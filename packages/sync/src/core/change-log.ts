import type { Fields } from './json.ts'
import type { ChangeKind, EntityRef, OpKind, RecordedChange } from './types.ts'

/** What a history is asked about: one entity, or all of a scope. */
export type LogSubject = EntityRef | { readonly scope: string }

/** Something that somebody did. */
export interface LogEntry extends EntityRef {
  /** The op's id, or that of a change that has not been sent. */
  readonly entryId: string
  readonly kind: OpKind | ChangeKind
  readonly user: string
  readonly device: string | null
  /** Milliseconds since 1970 of the edit, by the device that made it. */
  readonly time: number
  /** What was set, and what that replaced; `null`: it is no longer kept. */
  readonly patch: Fields | null
  readonly baseValues: Fields | null
  /** `waiting`: on this device only. */
  readonly status: 'waiting' | 'done'
}

/** A page of the history, newest first. `before`: what the next page is asked for by; `null`: this was the last. */
export interface LogPage {
  readonly entries: readonly LogEntry[]
  readonly before: number | null
}

/** A change of this device's, as an entry. */
export function entryOf(change: RecordedChange, status: LogEntry['status']): LogEntry {
  const { changeId, collection, id, kind, user, device, time, patch, baseValues } = change
  return { entryId: changeId, collection, id, kind, user, device, time, patch, baseValues, status }
}

export const isAbout = (change: EntityRef & { readonly scope: string }, subject: LogSubject): boolean =>
  'scope' in subject ? change.scope === subject.scope : change.collection === subject.collection && change.id === subject.id
