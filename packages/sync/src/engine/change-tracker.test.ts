import { expect, test } from 'vitest'
import type { ChangeGroup } from '../core/types.ts'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { ChangeTracker, type EntityEdit } from './change-tracker.ts'

const tracker = new ChangeTracker({
  collections: collectionsOf(),
  environment: fakeEnvironment(5_000),
  user: 'ann',
  device: 'phone',
  app: '1.2',
  baseRow: ({ id }) => (id === 'tent' ? rowOf({ version: 7 }) : undefined),
  knownScope: ({ id }) => (id === 'parked' ? 'lakes' : undefined),
})
const group: ChangeGroup = { groupId: 'group', atomic: false, cause: 'edit' }
const stored = { id: 'tent', tripId: 'lakes', name: 'Tent', quantity: 1 }
const edit = (before: object | undefined, after: object | undefined, given: Partial<EntityEdit> = {}): EntityEdit => ({ collection: 'items', id: 'tent', before, after, ...given })

test('[OB4] an edit of a parked row that shows too few fields to name its scope is recorded where the row is known to be', () => {
  const before = { id: 'parked', name: 'Tent' }
  expect(tracker.change(edit(before, { ...before, name: 'Big tent' }, { id: 'parked' }), group)).toMatchObject({ scope: 'lakes', patch: { name: 'Big tent' } })
})

test('[ID2] a change names its user, device, time and scope, and what the edit saw', () => {
  expect(tracker.change(edit(stored, { ...stored, quantity: 2 }), group)).toEqual({
    changeId: expect.any(String) as string,
    collection: 'items',
    id: 'tent',
    user: 'ann',
    device: 'phone',
    app: '1.2',
    time: 5_000,
    scope: 'lakes',
    kind: 'update',
    patch: { quantity: 2 },
    baseValues: { quantity: 1 },
    baseVersion: 7,
    group,
  })
})

test('what appears is a create of all its fields, what disappears a delete that remembers them', () => {
  const cup = { id: 'cup', tripId: 'lakes', name: 'Cup' }
  const fields = { tripId: 'lakes', name: 'Cup' }
  expect(tracker.change(edit(undefined, cup, { id: 'cup' }), group)).toMatchObject({ kind: 'create', patch: fields, baseValues: {}, baseVersion: null })
  expect(tracker.change(edit(cup, undefined, { id: 'cup' }), group)).toMatchObject({ kind: 'delete', patch: {}, baseValues: fields })
})

test('a new object with the same values is no change', () => {
  expect(tracker.change(edit(stored, { ...stored }), group)).toBeNull()
  expect(tracker.change(edit(undefined, undefined), group)).toBeNull()
})

test('a row that moves belongs to the scope in which the server has it; a root is its own scope', () => {
  expect(tracker.change(edit(stored, { ...stored, tripId: 'alps' }), group)).toMatchObject({ scope: 'lakes', patch: { tripId: 'alps' } })
  expect(tracker.change({ collection: 'trips', id: 'lakes', before: undefined, after: { id: 'lakes', name: 'Lakes' } }, group)).toMatchObject({ scope: 'lakes' })
})

test.each([
  ['names no scope', edit(undefined, { id: 'tent', name: 'Tent' })],
  ['has a scope that is no id', edit(undefined, { id: 'tent', tripId: 5 })],
  ['holds what cannot be stored', edit(stored, { ...stored, quantity: NaN })],
  ['holds a date that is none', edit(stored, { ...stored, day: new Date(NaN) })],
  ['is of a collection that is not synced', edit(stored, undefined, { collection: 'ui' })],
])('an edit that %s is refused with a code', (_, wrong) => {
  expect(() => tracker.change(wrong, group)).toThrow(expect.objectContaining({ name: 'SyncError', code: 'bad-change' }))
})
