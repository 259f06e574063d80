import { describe, expect, test } from 'vitest'
import type { Collection } from '../core/collection.ts'
import { manual, remoteWins } from '../core/policies.ts'
import type { Op } from '../core/types.ts'
import { applyWrite, collectionsOf, opOf, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { ConflictResolver } from './conflict-resolver.ts'
import { Draft } from './draft.ts'
import type { Replica } from './replica.ts'

const tent = { collection: 'items', id: 'tent' }
const now = 1_000_000
/** Somebody else has renamed the tent, at half past. */
const theirs = rowOf({ version: 5, fields: { tripId: 'lakes', name: 'Igloo', quantity: 1 } })
const edits = { name: { by: 'ben', time: now - 500 } }
const mine = (given: Partial<Op> = {}) => opOf([recordedOf(3, { time: now - 1_000 })], { time: now - 1_000, ...given })

interface Case {
  readonly op?: Op
  readonly items?: Partial<Collection>
  readonly clockOffset?: number
  readonly deleted?: boolean
}

function resolved({ op = mine(), items = {}, clockOffset = 0, deleted = false }: Case): Replica {
  const later = recordedOf(4, { patch: { quantity: 9 }, baseValues: { quantity: 1 } })
  const replica = replicaOf({ rows: [rowOf()], changes: [recordedOf(3, { time: op.time }), later] })
  const parts = { collections: collectionsOf(items), environment: fakeEnvironment(now), replica, clockOffset: () => clockOffset }
  const draft = new Draft(replica)
  const resolver = new ConflictResolver(parts)
  if (deleted) resolver.onDeleted(op, draft)
  else resolver.onConflict(op, { opId: op.opId, status: 'conflict', row: theirs, edits }, draft)
  applyWrite(replica, draft.write())
  return replica
}

const waiting = (replica: Replica) => [...replica.outbox.byEntity()].flat()

const corrected = (time: number, clockOffset: number) => resolved({ op: mine({ time }), clockOffset }).view(tent)?.['name']

describe('[CO2] lastWriteWins, edit against edit', () => {
  test('the remote edit is later: nothing is left of the local one, later changes stay', () => {
    const replica = resolved({})
    expect(waiting(replica).map(({ sequence }) => sequence)).toEqual([4])
    expect(replica.view(tent)).toMatchObject({ name: 'Igloo', quantity: 9 })
  })

  test('the local edit is later: it goes out again against the server’s row, in the place of the old change', () => {
    const replica = resolved({ op: mine({ time: now - 100 }) })
    expect(waiting(replica)).toMatchObject([
      { sequence: 3, kind: 'update', patch: { name: 'Big tent' }, baseValues: { name: 'Igloo' }, baseVersion: 5, time: now - 100, user: 'ann' },
      { sequence: 4 },
    ])
    expect(replica.row(tent)).toEqual(theirs)
    expect(replica.view(tent)).toMatchObject({ name: 'Big tent', quantity: 9 })
  })

  test('times are compared by the server’s clock, and none is later than now', () => {
    expect(corrected(now - 1_000, 600)).toBe('Big tent')
    expect(corrected(now - 100, -600)).toBe('Igloo')
    expect(corrected(now + 3_600_000, -600)).toBe('Igloo')
  })
})

test('[OB1] the recorded change itself is not edited: what is left is a new change', () => {
  const [left] = waiting(resolved({ op: mine({ time: now - 100 }) }))
  expect(left?.changeId).not.toBe('change-3')
})

test('[CO1] where only one side changed a field there is no conflict, whatever the policy', () => {
  const op = mine({ patch: { quantity: 2 }, baseValues: { quantity: 1 } })
  expect(waiting(resolved({ op, items: { mergeDefault: remoteWins() } }))).toMatchObject([{ sequence: 3, patch: { quantity: 2 }, baseVersion: 5 }, { sequence: 4 }])
})

describe('[CO4] [OB4] manual: what a person must decide is parked', () => {
  test('with all values, still in the view; what needs nobody goes on', () => {
    const op = mine({ patch: { name: 'Big tent', packed: true }, baseValues: { name: 'Tent', packed: null } })
    const replica = resolved({ op, items: { mergeDefault: manual() } })
    const [conflict] = replica.conflicts.values()
    expect(conflict).toMatchObject({
      ...tent,
      kind: 'edit-edit',
      fields: [{ field: 'name', base: 'Tent', local: 'Big tent', remote: 'Igloo', remoteEdit: { by: 'ben', time: now - 500 } }],
      changes: [{ patch: { name: 'Big tent' }, baseValues: { name: 'Igloo' }, baseVersion: 5 }],
    })
    expect(waiting(replica)).toMatchObject([{ sequence: 3, patch: { packed: true } }, { sequence: 4 }])
    expect(replica.view(tent)).toEqual({ tripId: 'lakes', name: 'Big tent', quantity: 9, packed: true })
    expect(replica.row(tent)).toEqual(theirs)
  })
})

describe('[CO2] a delete against an edit', () => {
  const op = mine({ kind: 'delete', patch: {}, baseValues: rowOf().fields })

  test('deleteWins: the delete goes out again, against the row as it is now', () => {
    expect(waiting(resolved({ op }))[0]).toMatchObject({ sequence: 3, kind: 'delete', baseVersion: 5, baseValues: theirs.fields })
  })

  test('editWins: the delete is given up and the edited row is shown', () => {
    const replica = resolved({ op, items: { deletePolicy: 'editWins' } })
    expect(waiting(replica).map(({ sequence }) => sequence)).toEqual([4])
    expect(replica.view(tent)).toMatchObject({ name: 'Igloo' })
  })

  test('[OB4] manual: it waits for a person', () => {
    const replica = resolved({ op, items: { deletePolicy: 'manual' } })
    expect([...replica.conflicts.values()]).toMatchObject([{ kind: 'delete-edit', changes: [{ kind: 'delete', baseVersion: 5 }] }])
    expect(waiting(replica).map(({ sequence }) => sequence)).toEqual([4])
  })
})

describe('[CO2] an edit against a delete', () => {
  test('deleteWins: edit and row are gone', () => {
    const replica = resolved({ deleted: true })
    expect(waiting(replica).map(({ sequence }) => sequence)).toEqual([4])
    expect(replica.view(tent)).toBeNull()
  })

  test('[PL6] editWins: the whole row is made again', () => {
    const replica = resolved({ deleted: true, items: { deletePolicy: 'editWins' } })
    expect(waiting(replica)[0]).toMatchObject({ sequence: 3, kind: 'create', patch: { tripId: 'lakes', name: 'Big tent', quantity: 1 }, baseVersion: null })
    expect(replica.view(tent)).toMatchObject({ name: 'Big tent', quantity: 9 })
  })

  test('[OB4] manual: the row stays in the view until a person decides', () => {
    const replica = resolved({ deleted: true, items: { deletePolicy: 'manual' } })
    expect([...replica.conflicts.values()]).toMatchObject([{ kind: 'edit-delete', changes: [{ kind: 'create' }] }])
    expect(replica.view(tent)).toMatchObject({ name: 'Big tent' })
    expect(replica.row(tent)).toBeUndefined()
  })

  test('a delete of what is gone is done', () => {
    const op = mine({ kind: 'delete', patch: {} })
    expect(waiting(resolved({ op, deleted: true, items: { deletePolicy: 'manual' } })).map(({ sequence }) => sequence)).toEqual([4])
  })
})
