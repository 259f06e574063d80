import type { Batch, Conflict, RecordedChange, Rejected, Row } from './types.ts'

/**
 * The device's storage, one key-value space for each user:
 *   change/0000000000000042          one recorded change
 *   page/items/<scope>/3             up to 64 base rows of one collection of one scope
 *   scope/<scope>                    how far it has been pulled
 *   conflict/<id>, rejected/<id>     what waits for a person
 *   batch                            the ops in flight
 *   sequence, device, epoch          counters and names
 */
export const keys = {
  change: (sequence: number): string => `change/${String(sequence).padStart(16, '0')}`,
  page: (collection: string, scope: string, page: number): string => `page/${collection}/${scope}/${page}`,
  scope: (scope: string): string => `scope/${scope}`,
  conflict: (id: string): string => `conflict/${id}`,
  rejected: (id: string): string => `rejected/${id}`,
  batch: 'batch',
  sequence: 'sequence',
  device: 'device',
  epoch: 'epoch',
} as const

/** How far a scope has been pulled. While it is fetched anew, `unseen` names the rows that it had before and that have not come again. */
export interface ScopeRecord {
  readonly scope: string
  readonly cursor: string
  readonly unseen?: readonly { readonly collection: string; readonly id: string }[]
}

/** The cursor before a scope's first commit: of a scope that the device knows by the answer to a push, and has not pulled yet. */
export const firstCursor = '0'

/** Rows per page. 64 measured best: 20 to 45 times cheaper to write than a record per row, twice as fast to read. */
export const pageSize = 64

export interface PageRecord {
  readonly rows: readonly Row[]
}

/** A stored record with its meaning, told by its key. */
export type StoredRecord =
  | { readonly kind: 'change'; readonly value: RecordedChange }
  | { readonly kind: 'page'; readonly value: PageRecord }
  | { readonly kind: 'scope'; readonly value: ScopeRecord }
  | { readonly kind: 'conflict'; readonly value: Conflict }
  | { readonly kind: 'rejected'; readonly value: Rejected }
  | { readonly kind: 'batch'; readonly value: Batch }
  | { readonly kind: 'sequence' | 'device' | 'epoch'; readonly value: unknown }
export type RecordKind = StoredRecord['kind']

/** Written by this package only, so a key tells the form of its value. */
export const readRecord = (key: string, value: unknown): StoredRecord => ({ kind: kindOf(key), value }) as StoredRecord

export function kindOf(key: string): RecordKind {
  const end = key.indexOf('/')
  return (end === -1 ? key : key.slice(0, end)) as RecordKind
}
