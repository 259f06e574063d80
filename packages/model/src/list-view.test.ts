import { expect, test } from 'vitest'
import { itemOf, personOf } from './builders.ts'
import { groupItems, wholeList } from './list-view.ts'

const mia = personOf(1)
const items = [
  itemOf(10, { name: 'Socks', category: 'Clothes', packed: true }),
  itemOf(11, { name: 'Passport', category: 'Documents' }),
  itemOf(12, { name: 'Hat', category: 'Clothes', personId: mia.id }),
  itemOf(13, { name: 'Book', category: null, personId: personOf(7).id, notes: 'the long one' }),
]
const shown = (view: Partial<typeof wholeList>) =>
  groupItems(items, [mia], { ...wholeList, ...view }).map((group) => [group.key, group.items.map(({ name }) => name)])

test('by category, in the order of categories', () => {
  expect(shown({})).toEqual([['Documents', ['Passport']], ['Clothes', ['Socks', 'Hat']], [null, ['Book']]])
})

test('by person: first what is for everybody, and for those who are gone', () => {
  expect(shown({ by: 'person' })).toEqual([[null, ['Passport', 'Socks', 'Book']], [mia.id, ['Hat']]])
})

test('a search finds each of its words in name, notes or category', () => {
  expect(shown({ search: 'cloth  HA' })).toEqual([['Clothes', ['Hat']]])
  expect(shown({ search: 'LONG' })).toEqual([[null, ['Book']]])
  expect(shown({ search: 'skis' })).toEqual([])
})

test('what is still to pack', () => {
  expect(shown({ toPack: true })).toEqual([['Documents', ['Passport']], ['Clothes', ['Hat']], [null, ['Book']]])
})
