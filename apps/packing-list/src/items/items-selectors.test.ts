import type { Item } from '@stowaway/model'
import { shallowEqual } from 'react-redux'
import { expect, test } from 'vitest'
import type { RootState } from '../store.ts'
import { selectCategories, selectItemIds, selectItems, selectProgress } from './items-selectors.ts'
import { groupItems, wholeList } from './list-view.ts'
import { itemAdded, itemChanged, itemRemoved, itemsReducer } from './items-slice.ts'

type Items = RootState['items']

/** The selectors read these slices only. */
const stateOf = (items: Items, people: RootState['people'] = { ids: [], entities: {} }) => ({ items, people }) as RootState

const socks = itemsReducer(undefined, itemAdded({ tripId: 'lisbon', name: 'Socks', category: 'Clothes' }))
const all = [
  itemAdded({ tripId: 'lisbon', name: 'Passport', category: 'Documents' }),
  itemAdded({ tripId: 'alps', name: 'Skis', category: null }),
].reduce(itemsReducer, socks)
const [socksId = ''] = socks.ids

const clothesOf = (state: RootState) => selectItemIds(state, { tripId: 'lisbon', view: wholeList, group: 'Clothes' })
const names = (items: readonly Item[]) => items.map((item) => item.name)

test('each trip has its own items', () => {
  expect(names(selectItems(stateOf(all), 'lisbon'))).toEqual(['Socks', 'Passport'])
  expect(names(selectItems(stateOf(all), 'alps'))).toEqual(['Skis'])
  expect(selectItems(stateOf(all), 'nowhere')).toEqual([])
})

test('a new item is whole: one piece, not packed, for everybody', () => {
  expect(socks.entities[socksId]).toMatchObject({ quantity: 1, packed: false, personId: null, notes: null })
})

test('ticking an item changes the progress, but neither the categories nor their ids', () => {
  const ticked = itemsReducer(all, itemChanged({ id: socksId, changes: { packed: true } }))
  const [before, after] = [stateOf(all), stateOf(ticked)]
  expect(selectProgress(before, 'lisbon')).toEqual({ packed: 0, total: 2 })
  expect(selectProgress(after, 'lisbon')).toEqual({ packed: 1, total: 2 })
  expect(shallowEqual(selectCategories(before, 'lisbon'), selectCategories(after, 'lisbon'))).toBe(true)
  expect(shallowEqual(clothesOf(before), clothesOf(after))).toBe(true)
})

test('an item that moves to another category or is removed leaves its own', () => {
  const moved = stateOf(itemsReducer(all, itemChanged({ id: socksId, changes: { category: 'Gear' } })))
  expect(selectCategories(moved, 'lisbon')).toEqual(['Documents', 'Gear'])
  expect(clothesOf(moved)).toEqual([])
  expect(selectCategories(stateOf(itemsReducer(all, itemRemoved(socksId))), 'lisbon')).toEqual(['Documents'])
})

const people = [{ id: 'mia', tripId: 'lisbon', name: 'Mia', color: null, ageGroup: null, position: 0 }]
const list = itemsReducer(all, itemAdded({ tripId: 'lisbon', name: 'Hat', category: 'Clothes', personId: 'mia' }))
const shown = (view: Partial<typeof wholeList>) =>
  groupItems(selectItems(stateOf(list), 'lisbon'), people, { ...wholeList, ...view }).map(({ key, items }) => [key, names(items)])

test('by person: first what is for everybody', () => {
  expect(shown({ by: 'person' })).toEqual([
    [null, ['Passport', 'Socks']],
    ['mia', ['Hat']],
  ])
})

test('a search finds each of its words in name, notes or category', () => {
  expect(shown({ search: 'cloth  HA' })).toEqual([['Clothes', ['Hat']]])
  expect(shown({ search: 'skis' })).toEqual([])
})

test('what somebody said "not this time" to is neither shown nor counted', () => {
  const rule = { ruleId: 'rule', ruleQuantity: 3, quantity: 0 }
  const dismissed = stateOf(itemsReducer(all, itemChanged({ id: socksId, changes: rule })))
  expect(selectCategories(dismissed, 'lisbon')).toEqual(['Documents'])
  expect(selectProgress(dismissed, 'lisbon')).toEqual({ packed: 0, total: 1 })
})
