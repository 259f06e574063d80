import { createSelector } from '@reduxjs/toolkit'
import type { Trip } from '@stowaway/model'
import type { RootState } from '../store.ts'
import { tripsAdapter } from './trips-slice.ts'

const selectors = tripsAdapter.getSelectors((state: RootState) => state.trips)

export const selectTrip = selectors.selectById

/** By first day; trips without one last, then by name. */
export const selectTrips = createSelector([selectors.selectAll], (trips) => trips.toSorted(byStart))

const undated = '9999-12-31'

function byStart(a: Trip, b: Trip): number {
  return (a.startsOn ?? undated).localeCompare(b.startsOn ?? undated) || a.name.localeCompare(b.name)
}
