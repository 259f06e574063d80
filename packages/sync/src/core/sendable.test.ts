import { expect, test } from 'vitest'
import { collectionsOf, opOf, recordedOf } from '../testing/builders.ts'
import { sendable } from './sendable.ts'

const op = (id: string, given: object = {}) => opOf([recordedOf(1, { id })], given)
const ids = (...ops: ReturnType<typeof op>[]) => sendable({ batchId: 'b', ops }, collectionsOf()).map(({ id }) => id)

test('of a batch all goes but what belongs to a collection that this version does not know', () => {
  expect(ids(op('tent'), op('note', { collection: 'notes' }), op('cup'))).toEqual(['tent', 'cup'])
  expect(sendable(null, collectionsOf())).toEqual([])
})

test('[A7] a unit goes whole or not at all', () => {
  expect(ids(op('tent', { unit: 'a' }), op('note', { unit: 'a', collection: 'notes' }), op('cup', { unit: 'b' }), op('pan', { unit: 'b' }))).toEqual(['cup', 'pan'])
})
