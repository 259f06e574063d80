import type { UnknownAction } from '@reduxjs/toolkit'
import { applyRules } from '@stowaway/model'
import { itemsSlice, selectItems, selectPeople, selectTripRules, tripsSlice } from '../entities.ts'
import type { AppThunk } from '../store.ts'
import { sync } from '../sync.ts'

/**
 * What changes a trip's days, conditions, people or rules changes the items that rules made as well. It is one step: others
 * see both or neither, and it is undone as one.
 */
export const withRules = (tripId: string, action: UnknownAction): AppThunk => (dispatch, getState) =>
  sync.atomically(() => {
    dispatch(action)
    const state = getState()
    const trip = tripsSlice.selectById(state, tripId)
    if (trip === undefined) return
    const { added, changed, removed } = applyRules({ trip, people: selectPeople(state, tripId), rules: selectTripRules(state, tripId), items: selectItems(state, tripId) })
    dispatch(itemsSlice.removed(...removed))
    dispatch(itemsSlice.allChanged(changed))
    dispatch(itemsSlice.added(...added))
  })
