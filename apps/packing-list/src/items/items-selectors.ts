import { createSelector } from '@reduxjs/toolkit'
import { groupItems, isDismissed, progressOf, wholeList, type ListView } from '@stowaway/model'
import { selectItems, selectPeople } from '../entities.ts'
import type { RootState } from '../store.ts'

/** What is to be packed: not what somebody said "not this time" to. */
const selectWanted = createSelector([selectItems], (items) => items.filter((item) => !isDismissed(item)))

/** Once per change and view, however many sections ask. */
const selectGroups = createSelector([selectWanted, selectPeople, (_state: RootState, _tripId: string, view: ListView) => view], groupItems)

export const selectProgress = createSelector([selectWanted], progressOf)

/** Compare with `shallowEqual`: a ticked item gives new groups, but the same names. */
export const selectGroupKeys = (state: RootState, tripId: string, view: ListView) => selectGroups(state, tripId, view).map(({ key }) => key)

/** Compare with `shallowEqual`: a ticked item gives new items, but the same ids. */
export const selectItemIds = (state: RootState, { tripId, view, group }: { readonly tripId: string; readonly view: ListView; readonly group: string | null }) =>
  selectGroups(state, tripId, view)
    .find(({ key }) => key === group)
    ?.items.map((item) => item.id) ?? []

/** What is shown and not packed yet. */
export const selectShownToPack = (state: RootState, tripId: string, view: ListView) =>
  selectGroups(state, tripId, view).flatMap(({ items }) => items.flatMap(({ id, packed }) => (packed ? [] : [id])))

/** Compare with `shallowEqual`. */
export const selectCategories = (state: RootState, tripId: string) => selectGroupKeys(state, tripId, wholeList)
