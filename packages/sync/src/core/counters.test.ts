import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectionsOf, recordedOf } from '../testing/builders.ts'
import { addOf, counted, countersOf } from './counters.ts'
import { plan } from './plan.ts'
import { counter } from './policies-combine.ts'
import type { RecordedChange } from './types.ts'

const collections = collectionsOf({ merge: { quantity: counter() } })
const items = collections.get('items')!
const edit = (sequence: number, from: unknown, to: unknown): RecordedChange =>
  recordedOf(sequence, { patch: { quantity: to as number }, baseValues: { quantity: from as number }, baseVersion: sequence })
const opsOf = (changes: readonly RecordedChange[]) => plan([changes], { collections, limit: { ops: 10, bytes: 10_000 }, newId: () => 'op' })

test('[PU2] what two tabs added, not knowing of each other, is added up', () => {
  const { ops } = opsOf([edit(1, 1, 2), edit(2, 1, 2), edit(3, 2, 5)])
  expect(ops).toMatchObject([{ kind: 'update', patch: { quantity: 6 }, baseValues: { quantity: 1 }, add: { quantity: 5 }, baseVersion: 1, sequences: [1, 2, 3] }])
})

test('[PU2] [OB5] edits that come to nothing are nothing, also where the last value is another than the first; other fields go out', () => {
  expect(opsOf([edit(1, 1, 2), edit(2, 1, 0)])).toEqual({ ops: [], undone: [1, 2] })
  const named = recordedOf(3, { patch: { name: 'Big tent', quantity: 0 }, baseValues: { name: 'Tent', quantity: 1 } })
  expect(opsOf([edit(1, 1, 2), named]).ops).toMatchObject([{ patch: { name: 'Big tent' }, add: {} }])
  expect(opsOf([edit(1, 1, 2), named]).ops[0]?.patch).not.toHaveProperty('quantity')
})

test('[PU2] edits that lead back to the first value may still come to something', () => {
  expect(opsOf([edit(1, 1, 2), edit(2, 1, 2), edit(3, 2, 1)]).ops).toMatchObject([{ kind: 'update', patch: { quantity: 2 }, add: { quantity: 1 } }])
})

test.each([
  ['a value that is no number', [edit(1, null, 2)]],
  ['one edit among others that is of no number', [edit(1, 1, 2), edit(2, 2, 'many')]],
  ['a create', [recordedOf(1, { kind: 'create', patch: { quantity: 2 }, baseValues: {} }), edit(2, 2, 3)]],
])('[PU2] %s travels as a value', (_, changes) => {
  const sums = countersOf(changes, items)
  expect([sums.size, addOf(sums)]).toEqual([0, {}])
  expect(counted(changes, sums)?.patch['quantity']).toBe(changes.at(-1)?.patch['quantity'])
})

test('[PU2] [OB5] a counter that was edited before its entity was deleted is deleted with it', () => {
  const removed = recordedOf(2, { kind: 'delete', patch: {}, baseValues: { quantity: 2 } })
  expect(opsOf([edit(1, 1, 2), removed]).ops).toMatchObject([{ kind: 'delete', add: {} }])
})

test('[PU2] fields of other policies, and collections without counters, are left as they are', () => {
  expect(countersOf([edit(1, 1, 2)], collectionsOf().get('items'))).toEqual(new Map())
  expect([...countersOf([recordedOf(1, { patch: { name: 'A', quantity: 2 }, baseValues: { name: 'B', quantity: 1 } })], items).keys()]).toEqual(['quantity'])
  expect([...countersOf([recordedOf(1, { patch: { weight: 2 }, baseValues: { weight: 1 } })], collectionsOf({ mergeDefault: counter() }).get('items')).keys()]).toEqual(['weight'])
})

test('[PU2] whatever the edits of one tab, the op adds the last value less the first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 8 }), (values) => {
      const changes = values.slice(1).map((value, index) => edit(index + 1, values[index], value))
      const { ops } = opsOf(changes)
      const sum = values.at(-1)! - values[0]!
      expect(ops[0]?.add ?? {}).toEqual(sum === 0 ? {} : { quantity: sum })
    }),
  )
})
