import type { Item } from '@stowaway/model'
import { shallowEqual } from 'react-redux'
import { expect, test } from 'vitest'
import type { RootState } from '../store.ts'
import { selectCategories, selectItemIds, selectItems, selectProgress } from './items-selectors.ts'
import { itemAdded, itemChanged, itemRemoved, itemsReducer } from './items-slice.ts'

type Items = RootState['items']

/** The selectors read this slice only. */
const stateOf = (items: Items) => ({ items }) as RootState

const socks = itemsReducer(undefined, itemAdded({ tripId: 'lisbon', name: 'Socks', category: 'Clothes' }))
const all = [
  itemAdded({ tripId: 'lisbon', name: 'Passport', category: 'Documents' }),
  itemAdded({ tripId: 'alps', name: 'Skis', category: null }),
].reduce(itemsReducer, socks)
const [socksId = ''] = socks.ids

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
  expect(shallowEqual(selectItemIds(before, 'lisbon', 'Clothes'), selectItemIds(after, 'lisbon', 'Clothes'))).toBe(true)
})

test('an item that moves to another category or is removed leaves its own', () => {
  const moved = stateOf(itemsReducer(all, itemChanged({ id: socksId, changes: { category: 'Gear' } })))
  expect(selectCategories(moved, 'lisbon')).toEqual(['Documents', 'Gear'])
  expect(selectItemIds(moved, 'lisbon', 'Clothes')).toEqual([])
  expect(selectCategories(stateOf(itemsReducer(all, itemRemoved(socksId))), 'lisbon')).toEqual(['Documents'])
})
