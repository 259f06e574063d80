import { newItem, wholeList } from '@stowaway/model'
import { shallowEqual } from 'react-redux'
import { expect, test } from 'vitest'
import { itemsSlice, selectItems } from '../entities.ts'
import type { RootState } from '../store.ts'
import { selectCategories, selectItemIds, selectProgress } from './items-selectors.ts'

type Items = RootState['items']

/** The selectors read these slices only. */
const stateOf = (items: Items) => ({ items, people: { ids: [], entities: {} } }) as unknown as RootState
const after = (items: Items | undefined, ...actions: Parameters<typeof itemsSlice.reducer>[1][]) => actions.reduce(itemsSlice.reducer, items ?? itemsSlice.reducer(undefined, { type: '' }))

const socks = newItem({ id: 'socks', tripId: 'lisbon', name: 'Socks', category: 'Clothes', position: 1 })
const all = after(
  undefined,
  itemsSlice.added(
    socks,
    newItem({ id: 'passport', tripId: 'lisbon', name: 'Passport', category: 'Documents', position: 2 }),
    newItem({ id: 'skis', tripId: 'alps', name: 'Skis', category: null, position: 3 }),
  ),
)

const clothesOf = (state: RootState) => selectItemIds(state, { tripId: 'lisbon', view: wholeList, group: 'Clothes' })
const names = (tripId: string) => selectItems(stateOf(all), tripId).map((item) => item.name)

test('each trip has its own items', () => {
  expect(names('lisbon')).toEqual(['Socks', 'Passport'])
  expect(names('alps')).toEqual(['Skis'])
  expect(names('nowhere')).toEqual([])
})

test('ticking an item changes the progress, but neither the categories nor their ids', () => {
  const [before, ticked] = [stateOf(all), stateOf(after(all, itemsSlice.changed('socks', { packed: true })))]
  expect(selectProgress(before, 'lisbon')).toEqual({ packed: 0, total: 2 })
  expect(selectProgress(ticked, 'lisbon')).toEqual({ packed: 1, total: 2 })
  expect(shallowEqual(selectCategories(before, 'lisbon'), selectCategories(ticked, 'lisbon'))).toBe(true)
  expect(shallowEqual(clothesOf(before), clothesOf(ticked))).toBe(true)
})

test('an item that moves to another category or is removed leaves its own', () => {
  const moved = stateOf(after(all, itemsSlice.changed('socks', { category: 'Gear' })))
  expect(selectCategories(moved, 'lisbon')).toEqual(['Documents', 'Gear'])
  expect(clothesOf(moved)).toEqual([])
  expect(selectCategories(stateOf(after(all, itemsSlice.removed('socks'))), 'lisbon')).toEqual(['Documents'])
})

test('what somebody said "not this time" to is neither shown nor counted', () => {
  const dismissed = stateOf(after(all, itemsSlice.changed('socks', { ruleId: 'rule', ruleQuantity: 3, quantity: 0 })))
  expect(selectCategories(dismissed, 'lisbon')).toEqual(['Documents'])
  expect(selectProgress(dismissed, 'lisbon')).toEqual({ packed: 0, total: 1 })
})

test('an action that is none of the slice’s leaves it as it is, the same object', () => {
  expect(after(all, { type: 'people/added' }, itemsSlice.removed(), itemsSlice.allChanged([]))).toBe(all)
})
