import { expect, test } from 'vitest'
import { changeOf, rowOf } from '../testing/builders.ts'
import { overlay } from './view.ts'

const update = changeOf({ patch: { name: 'Big tent' } })
const remove = changeOf({ kind: 'delete', patch: {} })
const create = changeOf({ kind: 'create', patch: { name: 'New tent' } })

test.each([
  ['a row alone', rowOf(), [], { tripId: 'lakes', name: 'Tent', quantity: 1 }],
  ['changes laid over it, oldest first', rowOf(), [update, changeOf({ patch: { name: 'Huge tent' } })], { tripId: 'lakes', name: 'Huge tent', quantity: 1 }],
  ['a create before any row', undefined, [create, changeOf({ patch: { quantity: 2 } })], { name: 'New tent', quantity: 2 }],
  ['nothing after a delete', rowOf(), [update, remove], null],
  ['only the new values after delete and create', rowOf(), [remove, create], { name: 'New tent' }],
  ['nothing for an update of a row that is gone', undefined, [update], null],
  ['nothing where nothing is', undefined, [], null],
])('the view is %s', (...[, row, changes, seen]) => {
  expect(overlay(row, changes)).toEqual(seen)
})

test('[OB1] neither row nor changes are altered', () => {
  const row = Object.freeze(rowOf({ fields: Object.freeze({ name: 'Tent' }) }))
  expect(overlay(row, [Object.freeze(update)])).toEqual({ name: 'Big tent' })
  expect(row.fields).toEqual({ name: 'Tent' })
})
