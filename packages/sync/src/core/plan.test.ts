import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeOf, collectionsOf, recordedOf } from '../testing/builders.ts'
import type { Collections } from './collection.ts'
import { entityKey, plan } from './plan.ts'
import type { Change, Op, RecordedChange } from './types.ts'

function planned(changes: readonly RecordedChange[], { limit = 1_000, collections = collectionsOf() }: { limit?: number; collections?: Collections } = {}) {
  const groups = new Map<string, RecordedChange[]>()
  for (const change of changes) {
    const key = entityKey(change.collection, change.id)
    groups.set(key, [...(groups.get(key) ?? []), change])
  }
  let count = 0
  return plan(groups.values(), { collections, limit: { ops: limit, bytes: 1_000_000 }, newId: () => `op-${(count += 1)}` })
}

const made = (collection: string, id: string, patch: Change['patch'] = {}): Partial<Change> => ({ collection, id, kind: 'create', patch, baseValues: {} })
const removed = (collection: string, id: string, baseValues: Change['baseValues'] = {}): Partial<Change> => ({ collection, id, kind: 'delete', patch: {}, baseValues })
const inOrder = (given: readonly Partial<Change>[]) => given.map((change, index) => recordedOf(index + 1, change))
const ids = (ops: readonly Op[]) => ops.map(({ id }) => id)

test('[OB5] the changes of one entity go out as one op that names them all', () => {
  const { ops, undone } = planned([recordedOf(1), recordedOf(3, { patch: { quantity: 2 }, baseValues: { quantity: 1 } })])
  expect(ops).toMatchObject([{ id: 'tent', kind: 'update', sequences: [1, 3], patch: { name: 'Big tent', quantity: 2 } }])
  expect(undone).toEqual([])
})

test('[OB4] what was made and undone before it was sent is told apart, so that it can leave the outbox', () => {
  const { ops, undone } = planned(inOrder([made('items', 'cup'), {}, removed('items', 'cup')]))
  expect(ids(ops)).toEqual(['tent'])
  expect(undone).toEqual([1, 3])
})

test('[OB6] parents are made before their children and removed after them', () => {
  const creates = inOrder([made('items', 'cup', { tripId: 'lakes', personId: 'ann' }), made('people', 'ann', { tripId: 'lakes' }), made('trips', 'lakes')])
  expect(ids(planned(creates).ops)).toEqual(['lakes', 'ann', 'cup'])
  const deletes = inOrder([removed('trips', 'lakes'), removed('people', 'ann', { tripId: 'lakes' }), removed('items', 'cup', { personId: 'ann' })])
  expect(ids(planned(deletes).ops)).toEqual(['cup', 'ann', 'lakes'])
})

test('[OB6] a child that is moved away goes before the delete of its former parent', () => {
  const moved = { id: 'cup', patch: { personId: null }, baseValues: { personId: 'ann' } }
  expect(ids(planned(inOrder([removed('people', 'ann'), moved])).ops)).toEqual(['cup', 'ann'])
})

test('[OB6] priority reorders what nothing ties, and takes what must come before along', () => {
  const collections = collectionsOf({ priority: 'critical' })
  const changes = inOrder([made('trips', 'alps'), made('trips', 'lakes'), made('items', 'cup', { tripId: 'lakes' })])
  expect(ids(planned(changes, { collections }).ops)).toEqual(['lakes', 'cup', 'alps'])
})

test('a row that moves before it was ever sent is made in the scope where it ended up', () => {
  const changes = [recordedOf(1, made('items', 'cup', { tripId: 'lakes' })), recordedOf(2, { id: 'cup', patch: { tripId: 'alps' }, baseValues: { tripId: 'lakes' } })]
  expect(planned(changes).ops).toMatchObject([{ kind: 'create', scope: 'alps' }])
  const stored = [recordedOf(1, { patch: { tripId: 'alps' }, baseValues: { tripId: 'lakes' } })]
  expect(planned(stored).ops).toMatchObject([{ kind: 'update', scope: 'lakes' }])
})

/** Families of trips, people and items, each made, changed or removed. */
const anyChanges = fc
  .array(
    fc.record({
      collection: fc.constantFrom('trips' as const, 'people' as const, 'items' as const),
      number: fc.nat(2),
      kind: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
      trip: fc.nat(2),
      person: fc.nat(2),
    }),
    { maxLength: 25 },
  )
  .map((edits) =>
    edits.map(({ collection, number, kind, trip, person }, index) => {
      const refs = { trips: { name: 'x' }, people: { tripId: `trips${trip}` }, items: { tripId: `trips${trip}`, personId: `people${person}` } }
      const values = refs[collection]
      const patch = kind === 'delete' ? {} : values
      const baseValues = kind === 'create' ? {} : kind === 'delete' ? values : { tripId: 'trips0', personId: `people${number}` }
      return recordedOf(index + 1, changeOf({ collection, id: `${collection}${number}`, kind, patch, baseValues }))
    }),
  )

const parentsIn = ({ collection }: Op, values: Change['patch']) =>
  Object.keys(collectionsOf().get(collection)!.references).flatMap((field) => values[field] ?? [])

test('[OB6] no plan makes a child before its parent or removes a parent before its former children', () => {
  fc.assert(
    fc.property(anyChanges, (changes) => {
      const { ops } = planned(changes)
      const wrong = ops.flatMap((child, index) => {
        const earlier = ops.slice(0, index)
        const later = ops.slice(index + 1)
        const orphaned = later.filter((op) => op.kind !== 'delete' && parentsIn(child, child.patch).includes(op.id))
        const cutOff = earlier.filter((op) => op.kind === 'delete' && parentsIn(child, child.baseValues).includes(op.id))
        return [...orphaned, ...cutOff].map((parent) => ({ child, parent }))
      })
      expect(wrong).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('[OB6] a plan holds each change once, in its order, and a limit cuts it short without changing what comes first', () => {
  fc.assert(
    fc.property(anyChanges, fc.nat(5), (changes, limit) => {
      const { ops, undone } = planned(changes)
      const held = [...ops.flatMap(({ sequences }) => sequences), ...undone]
      expect(held.sort((a, b) => a - b)).toEqual(changes.map(({ sequence }) => sequence))
      for (const { sequences } of ops) expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
      expect(planned(changes, { limit }).ops).toEqual(ops.slice(0, limit))
    }),
  )
})
