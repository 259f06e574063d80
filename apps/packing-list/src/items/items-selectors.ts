import { groupByCategory, isDismissed, progressOf } from '@stowaway/model'
import { createSelector } from '@reduxjs/toolkit'
import { byTrip } from '../by-trip.ts'
import type { RootState } from '../store.ts'
import { itemsAdapter } from './items-slice.ts'

const selectors = itemsAdapter.getSelectors((state: RootState) => state.items)

export const selectItem = selectors.selectById
export const selectItems = byTrip(selectors.selectAll)

/** What is to be packed: not what somebody said "not this time" to. */
const selectWanted = createSelector([selectItems], (items) => items.filter((item) => !isDismissed(item)))

const selectGroups = createSelector([selectWanted], groupByCategory)

export const selectProgress = createSelector([selectWanted], progressOf)

/** Compare with `shallowEqual`: a ticked item gives new groups, but the same names. */
export const selectCategories = (state: RootState, tripId: string) =>
  selectGroups(state, tripId).map((group) => group.category)

/** Compare with `shallowEqual`: a ticked item gives new items, but the same ids. */
export const selectItemIds = (state: RootState, tripId: string, category: string | null) =>
  selectGroups(state, tripId)
    .find((group) => group.category === category)
    ?.items.map((item) => item.id) ?? []
