import type { UnknownAction } from '@reduxjs/toolkit'
import { applyRules, changesNothing } from '@stowaway/model'
import { itemsRuled } from '../items/items-slice.ts'
import { selectItems } from '../items/items-selectors.ts'
import { selectPeople } from '../people/people-selectors.ts'
import type { AppThunk } from '../store.ts'
import { sync } from '../sync.ts'
import { selectTrip } from '../trips/trips-selectors.ts'
import { selectTripRules } from './rules-selectors.ts'

/**
 * What changes a trip's days, conditions, people or rules changes the items that rules made as well. It is one step: others
 * see both or neither, and it is undone as one.
 */
export const withRules = (tripId: string, action: UnknownAction): AppThunk => (dispatch, getState) =>
  sync.atomically(() => {
    dispatch(action)
    const state = getState()
    const trip = selectTrip(state, tripId)
    if (trip === undefined) return
    const edits = applyRules({ trip, people: selectPeople(state, tripId), rules: selectTripRules(state, tripId), items: selectItems(state, tripId) })
    if (!changesNothing(edits)) dispatch(itemsRuled(edits))
  })
