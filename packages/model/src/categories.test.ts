import { expect, test } from 'vitest'
import { groupByCategory } from './categories.ts'
import type { Item } from './item.ts'

function item(name: string, category: string | null, position: number): Item {
  const fields = { tripId: 'trip', personId: null, quantity: 1, packed: false, notes: null, ruleId: null, ruleQuantity: null }
  return { id: name, name, category, position, ...fields }
}

function shape(items: readonly Item[]): [string | null, string[]][] {
  return groupByCategory(items).map((group) => [group.category, group.items.map(({ name }) => name)])
}

test('suggested categories come first in their order, own ones by name, items without one last', () => {
  const items = [
    item('tape', null, 1),
    item('lamp', 'Zen', 2),
    item('socks', 'Clothes', 3),
    item('bowl', 'Cat', 4),
    item('passport', 'Documents', 5),
  ]
  expect(shape(items).map(([category]) => category)).toEqual(['Documents', 'Clothes', 'Cat', 'Zen', null])
})

test('items keep their position, whatever order they arrive in', () => {
  const items = [item('hat', 'Clothes', 3), item('socks', 'Clothes', 1), item('coat', 'Clothes', 2)]
  expect(shape(items)).toEqual([['Clothes', ['socks', 'coat', 'hat']]])
})

test('items of the same position have the same order on every device', () => {
  const [a, b] = [item('a', null, 1), item('b', null, 1)]
  expect(shape([a, b])).toEqual(shape([b, a]))
})

test('an item that is added or removed moves no category', () => {
  const before = [item('socks', 'Clothes', 2), item('bowl', 'Cat', 1)]
  const after = [...before, item('hat', 'Clothes', 0)]
  expect(shape(after).map(([category]) => category)).toEqual(shape(before).map(([category]) => category))
})

test('no items, no groups', () => {
  expect(groupByCategory([])).toEqual([])
})
