import { plainCodec } from '../core/codec.ts'
import type { Collection, Collections } from '../core/collection.ts'
import { lastWriteWins } from '../core/policies.ts'
import { keys } from '../core/records.ts'
import type { Change, Op, RecordedChange, Row } from '../core/types.ts'
import { sortOut } from '../engine/opening.ts'
import type { Storage, Write } from '../engine/ports.ts'
import { Replica } from '../engine/replica.ts'

/** A change of the item `tent` in the trip `lakes`: its name, from "Tent" to "Big tent", unless told otherwise. */
export const changeOf = (given: Partial<Change> = {}): Change => ({
  collection: 'items',
  id: 'tent',
  changeId: 'change',
  user: 'ann',
  device: 'phone',
  app: '',
  kind: 'update',
  scope: 'lakes',
  patch: { name: 'Big tent' },
  baseValues: { name: 'Tent' },
  baseVersion: 1,
  time: 1_000,
  group: { groupId: 'group', atomic: false, cause: 'edit' },
  ...given,
})

export const recordedOf = (sequence: number, given: Partial<Change> = {}): RecordedChange => ({
  ...changeOf({ changeId: `change-${sequence}`, ...given }),
  sequence,
})

/** The row of the item `tent`, at version 1, unless told otherwise. */
export const rowOf = (given: Partial<Row> = {}): Row => ({
  collection: 'items',
  id: 'tent',
  scope: 'lakes',
  version: 1,
  fields: { tripId: 'lakes', name: 'Tent', quantity: 1 },
  ...given,
})

/** An op that carries recorded changes of one entity. */
export function opOf(changes: readonly RecordedChange[], given: Partial<Op> = {}): Op {
  const { collection, id, kind, scope, patch, baseValues, baseVersion, time } = changes.at(-1) ?? recordedOf(1)
  const sequences = changes.map(({ sequence }) => sequence)
  return { opId: `op-${id}`, collection, id, kind, scope, patch, baseValues, baseVersion, time, sequences, add: {}, unit: null, ...given }
}

const collectionOf = (name: string, given: Partial<Collection>): [string, Collection] => [
  name,
  {
    name,
    scopeField: 'tripId',
    references: {},
    priority: 'normal',
    serverFields: ['createdAt'],
    merge: {},
    mergeDefault: lastWriteWins(),
    deletePolicy: 'deleteWins',
    critical: [],
    threshold: 0,
    validate: null,
    ...plainCodec,
    ...given,
  },
]

/** Trips, people and items, as an app would configure them; `items` may be told otherwise. */
export const collectionsOf = (items: Partial<Collection> = {}): Collections =>
  new Map([
    collectionOf('trips', { scopeField: 'id' }),
    collectionOf('people', { references: { tripId: 'trips' } }),
    collectionOf('items', { references: { tripId: 'trips', personId: 'people' }, ...items }),
  ])

/** A replica that holds these, each row of a scope in one page. */
export function replicaOf({ rows = [], changes = [], puts = [] }: { rows?: readonly Row[]; changes?: readonly RecordedChange[]; puts?: [string, unknown][] }): Replica {
  const pages = new Map<string, Row[]>()
  for (const row of rows) {
    const key = keys.page(row.collection, row.scope, 0)
    pages.set(key, [...(pages.get(key) ?? []), row])
  }
  const replica = new Replica()
  replica.apply([...puts, ...[...pages].map(([key, held]) => [key, { rows: held }] as const), ...changes.map((change) => [keys.change(change.sequence), change] as const)])
  return replica
}

/** Takes a write in, as if the storage had numbered its appended changes from 100. */
export function applyWrite(replica: Replica, { puts, deletes, append }: Required<Write>): void {
  const numbered = append.map((change, index) => [keys.change(100 + index), { ...change, sequence: 100 + index }] as const)
  replica.apply([...puts, ...numbered], deletes)
}

/** What a storage holds, as the device reads it at its start. */
export async function recordsIn(storage: Storage): Promise<Map<string, unknown>> {
  return new Map(sortOut(await storage.readAll()).records)
}
