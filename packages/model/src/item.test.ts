import { expect, test } from 'vitest'
import { itemOf, tripId, uuid } from './builders.ts'
import { dismissalOf, editOfItem, itemSchema, newItem } from './item.ts'

test('a new item is whole: one piece, not packed, for everybody', () => {
  const item = newItem({ id: uuid(1), tripId, name: 'Socks', category: null, position: 1 })
  expect(itemSchema.parse(item)).toMatchObject({ quantity: 1, packed: false, personId: null, notes: null })
})

test('[G1] what a rule has made and a person renames or moves is no longer the rule’s', () => {
  const item = itemOf(1, { ruleId: uuid(9), ruleQuantity: 1 })
  expect(editOfItem(item, { name: 'Stockings' })).toEqual({ name: 'Stockings', ruleQuantity: null })
  expect(editOfItem(item, { category: null })).toEqual({ category: null, ruleQuantity: null })
  expect(editOfItem(item, { notes: 'the red ones' })).toEqual({ notes: 'the red ones' })
  expect(editOfItem(itemOf(2), { name: 'Stockings' })).toEqual({ name: 'Stockings' })
})

test('[G1] what a rule has made is set to none, so that the rule does not bring it back', () => {
  expect(dismissalOf(itemOf(1, { ruleId: uuid(9) }))).toEqual({ quantity: 0, packed: false })
  expect(dismissalOf(itemOf(1))).toBeNull()
})
