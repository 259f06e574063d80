import type { Batch, Conflict, EntityRef, RecordedChange, Rejected, Resolution, Row } from './types.ts'

/**
 * The device's storage, one key-value space for each user:
 *   change/0000000000000042          one recorded change
 *   page/items/<scope>/3             up to 64 base rows of one collection of one scope
 *   scope/<scope>                    how far it has been pulled
 *   conflict/<id>, rejected/<id>     what waits for a person
 *   batch                            the ops in flight
 *   past/<group>                     changes that have left the outbox and can still be undone, by step of work
 *   history/<time>/<id>              a decision about a conflict
 *   archive/<time>/<id>               history that is no longer live, packed
 *   buried/items/<id>                a row that was deleted while a change of it waits: what the change stood on
 *   held/items                       a collection of which nothing is sent
 *   evicted/<scope>                  a scope of which nothing is stored, for want of room
 *   breaker                          how the last requests went
 *   claim                            of guest work, in the guest's store: to whom it goes
 *   adopted                          the last claim whose work has come here
 *   aside/<key>                      what stood under that key and cannot be used
 *   sequence, commits, term, named   what the storage itself counts
 *   device, epoch                    names
 *   asOf, schema                     of the answers so far: how new the newest was, and the form of the rows
 *
 * All but the counters lie there sealed (core/sealed.ts).
 */
export const keys = {
  change: (sequence: number): string => `change/${String(sequence).padStart(16, '0')}`,
  page: (collection: string, scope: string, page: number): string => `page/${collection}/${scope}/${page}`,
  scope: (scope: string): string => `scope/${scope}`,
  conflict: (id: string): string => `conflict/${id}`,
  rejected: (id: string): string => `rejected/${id}`,
  past: (groupId: string): string => `past/${groupId}`,
  history: ({ time, resolutionId }: Resolution): string => `history/${String(time).padStart(15, '0')}/${resolutionId}`,
  archive: (until: number, id: string): string => `archive/${String(until).padStart(15, '0')}/${id}`,
  buried: ({ collection, id }: EntityRef): string => `buried/${collection}/${id}`,
  held: (collection: string): string => `held/${collection}`,
  evicted: (scope: string): string => `evicted/${scope}`,
  aside: (key: string): string => `aside/${key}`,
  claim: 'claim',
  adopted: 'adopted',
  breaker: 'breaker',
  batch: 'batch',
  sequence: 'sequence',
  commits: 'commits',
  term: 'term',
  named: 'named',
  device: 'device',
  epoch: 'epoch',
  asOf: 'asOf',
  schema: 'schema',
} as const

/** Counters outlive what they have counted: a tab that is late must not find its old numbers given anew. They tell nothing of anyone. */
export const counters: ReadonlySet<string> = new Set([keys.sequence, keys.commits, keys.term, keys.named])

/** The sequence number in the key of a change. */
export const sequenceIn = (key: string): number => Number(key.slice('change/'.length))

/** How far a scope has been pulled. While it is fetched anew, `unseen` names the rows that it had before and that have not come again. */
export interface ScopeRecord {
  readonly scope: string
  readonly cursor: string
  readonly unseen?: readonly { readonly collection: string; readonly id: string }[]
}

/** The cursor before a scope's first commit: of a scope that the device knows by the answer to a push, and has not pulled yet. */
export const firstCursor = '0'

/** Of the last commit that was fetched; 0 while a scope is being fetched whole. */
export const numberIn = (cursor: string): number => (cursor.includes(':') ? 0 : Number(cursor))

/** Rows per page. 64 measured best: 20 to 45 times cheaper to write than a record per row, twice as fast to read. */
export const pageSize = 64

export interface PageRecord {
  readonly rows: readonly Row[]
}

/** What is left of one step of work once changes of it have left the outbox as done. */
export interface PastRecord {
  readonly changes: readonly RecordedChange[]
}

/** Older history of this device, as text. `until`: the time of the newest entry. */
export interface ArchiveRecord {
  readonly until: number
  readonly packing: 'gzip' | 'none'
  readonly text: string
}

/** Why nothing of a collection is sent: the app asked for that, or too much of it was refused [E6]. */
export interface HeldRecord {
  readonly collection: string
  readonly by: 'app' | 'errors'
}

/** A scope whose base rows had to make room. They are in memory, and fetched anew when a leader begins. */
export interface EvictedRecord {
  readonly scope: string
}

/** A record that cannot be used, as it was found. */
export interface AsideRecord {
  readonly key: string
  readonly reason: string
  readonly found: unknown
}

/** A stored record with its meaning, told by its key. */
export type StoredRecord =
  | { readonly kind: 'change'; readonly value: RecordedChange }
  | { readonly kind: 'page'; readonly value: PageRecord }
  | { readonly kind: 'scope'; readonly value: ScopeRecord }
  | { readonly kind: 'conflict'; readonly value: Conflict }
  | { readonly kind: 'rejected'; readonly value: Rejected }
  | { readonly kind: 'batch'; readonly value: Batch }
  | { readonly kind: 'past'; readonly value: PastRecord }
  | { readonly kind: 'history'; readonly value: Resolution }
  | { readonly kind: 'archive'; readonly value: ArchiveRecord }
  | { readonly kind: 'buried'; readonly value: Row }
  | { readonly kind: 'held'; readonly value: HeldRecord }
  | { readonly kind: 'evicted'; readonly value: EvictedRecord }
  | { readonly kind: 'aside'; readonly value: AsideRecord }
  | { readonly kind: 'breaker'; readonly value: unknown }
  | { readonly kind: 'sequence' | 'claim' | 'adopted' | 'commits' | 'term' | 'named' | 'device' | 'epoch' | 'asOf' | 'schema'; readonly value: unknown }
export type RecordKind = StoredRecord['kind']

/** Written by this package only, so a key tells the form of its value. */
export const readRecord = (key: string, value: unknown): StoredRecord => ({ kind: kindOf(key), value }) as StoredRecord

export function kindOf(key: string): RecordKind {
  const end = key.indexOf('/')
  return (end === -1 ? key : key.slice(0, end)) as RecordKind
}

/** The scope to which a base record belongs; none: it is no base record. */
export function scopeIn(key: string): readonly string[] {
  if (kindOf(key) === 'scope') return [key.slice('scope/'.length)]
  return kindOf(key) === 'page' ? key.split('/').slice(2, 3) : []
}
