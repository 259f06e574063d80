import { describe, expect, test } from 'vitest'
import type { Collection } from '../core/collection.ts'
import { manual, reject, remoteWins } from '../core/policies.ts'
import type { FieldEdit, Op } from '../core/types.ts'
import { applyWrite, collectionsOf, opOf, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { ConflictResolver } from './conflict-resolver.ts'
import { Draft } from './draft.ts'
import { Quarantine } from './quarantine.ts'
import type { Replica } from './replica.ts'

const tent = { collection: 'items', id: 'tent' }
const now = 1_000_000
/** Somebody else has renamed the tent, at half past. */
const theirs = rowOf({ version: 5, fields: { tripId: 'lakes', name: 'Igloo', quantity: 1 } })
const benAtHalfPast = { name: { by: 'ben', time: now - 500 } }
const mine = (given: Partial<Op> = {}) => opOf([recordedOf(3, { time: now - 1_000 })], { time: now - 1_000, ...given })

/** Ann removes the tent, half a second before that. */
const remove = (given: Partial<Op> = {}) => mine({ kind: 'delete', patch: {}, baseValues: rowOf().fields, ...given })

interface Case {
  readonly op?: Op
  readonly items?: Partial<Collection>
  readonly clockOffset?: number
  readonly deleted?: boolean
  readonly edits?: Readonly<Record<string, FieldEdit>>
}

function resolved({ op = mine(), items = {}, clockOffset = 0, deleted = false, edits = benAtHalfPast }: Case): Replica {
  const later = recordedOf(4, { patch: { quantity: 9 }, baseValues: { quantity: 1 } })
  const replica = replicaOf({ rows: [rowOf()], changes: [recordedOf(3, { time: op.time }), later] })
  const parts = { collections: collectionsOf(items), environment: fakeEnvironment(now), replica, clockOffset: () => clockOffset }
  const draft = new Draft(replica)
  const resolver = new ConflictResolver(parts)
  const outcome = deleted ? resolver.onDeleted(op, draft) : resolver.onConflict(op, { opId: op.opId, status: 'conflict', row: theirs, edits }, draft)
  if (outcome.is === 'refused') new Quarantine({ ...parts, draft }).shelve([outcome.change], { status: 'conflict', code: 'policy_reject', message: outcome.fields.join() })
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

describe('[CO4] a decision with less confidence than the threshold waits for a person', () => {
  const threshold = 0.5

  test('edit against edit: half a second apart it is a guess', () => {
    const replica = resolved({ items: { threshold } })
    const [conflict] = replica.conflicts.values()
    expect(conflict).toMatchObject({ kind: 'edit-edit', severity: 'medium', fields: [{ field: 'name' }], changes: [{ patch: { name: 'Big tent' } }] })
    expect(conflict?.confidence).toBeLessThan(threshold)
    expect(replica.view(tent)).toMatchObject({ name: 'Big tent', quantity: 9 })
  })

  test('edit against edit: one’s own edit on another device is none', () => {
    const replica = resolved({ items: { threshold }, edits: { name: { by: 'ann', time: now - 500 } } })
    expect([...replica.conflicts.values()]).toEqual([])
    expect(replica.view(tent)).toMatchObject({ name: 'Igloo' })
  })

  test('times are compared by the server’s clock, and none is later than now', () => {
    const apart = { items: { threshold }, op: mine({ time: now + 3_600_000 }) }
    expect(resolved(apart).conflicts.size).toBe(1)
    expect(resolved({ ...apart, clockOffset: 3_600_000 }).conflicts.size).toBe(0)
  })

  test.each(['deleteWins', 'editWins'] as const)('a delete against an edit, with %s', (deletePolicy) => {
    const replica = resolved({ op: remove(), items: { threshold, deletePolicy } })
    expect([...replica.conflicts.values()]).toMatchObject([{ kind: 'delete-edit', severity: 'high', fields: [], changes: [{ kind: 'delete', baseVersion: 5 }] }])
    const longAgo = { name: { by: 'ben', time: now - 3_600_000 } }
    expect(resolved({ op: remove(), items: { threshold, deletePolicy }, edits: longAgo }).conflicts.size).toBe(0)
  })

  test('a delete against a row in which no value has changed waits for nobody', () => {
    const replica = resolved({ op: remove({ baseValues: theirs.fields }), items: { threshold } })
    expect(replica.conflicts.size).toBe(0)
    expect(waiting(replica)[0]).toMatchObject({ kind: 'delete', baseVersion: 5 })
  })

  test.each(['deleteWins', 'editWins'] as const)('an edit against a delete of which nobody knows whose it is, with %s', (deletePolicy) => {
    const replica = resolved({ deleted: true, items: { threshold, deletePolicy } })
    expect([...replica.conflicts.values()]).toMatchObject([{ kind: 'edit-delete', severity: 'high', confidence: 0, changes: [{ kind: 'create' }] }])
    expect(replica.view(tent)).toMatchObject({ name: 'Big tent' })
  })

  test('two creates of one id are told as such', () => {
    const op = mine({ kind: 'create', baseValues: {}, baseVersion: null })
    expect([...resolved({ op, items: { threshold } }).conflicts.values()]).toMatchObject([{ kind: 'create-create' }])
  })
})

test('[CO2] [OB4] reject: the local edit leaves the view and waits in the tray, on the row as it is now; the rest goes on', () => {
  const op = mine({ patch: { name: 'Big tent', packed: true }, baseValues: { name: 'Tent', packed: null } })
  const replica = resolved({ op, items: { mergeDefault: reject() } })
  expect([...replica.rejected.values()]).toMatchObject([
    { ...tent, status: 'conflict', code: 'policy_reject', changes: [{ kind: 'update', patch: { name: 'Big tent' }, baseValues: { name: 'Igloo' }, baseVersion: 5 }] },
  ])
  expect([...replica.rejected.values()][0]?.message).toContain('name')
  expect(waiting(replica)).toMatchObject([{ sequence: 3, patch: { packed: true } }, { sequence: 4 }])
  expect(replica.view(tent)).toEqual({ tripId: 'lakes', name: 'Igloo', quantity: 9, packed: true })
  expect(replica.conflicts.size).toBe(0)
})

describe('[CO2] a delete against an edit', () => {
  const op = remove()

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
    const replica = resolved({ op, deleted: true, items: { deletePolicy: 'manual' } })
    expect(waiting(replica).map(({ sequence }) => sequence)).toEqual([4])
    expect([replica.conflicts.size, replica.history.size]).toEqual([0, 0])
  })
})
