import { createSelector } from '@reduxjs/toolkit'
import { roleIn } from '@stowaway/model'
import { byTrip } from '../by-trip.ts'
import type { RootState } from '../store.ts'
import { membersAdapter } from './members-slice.ts'

const { selectAll } = membersAdapter.getSelectors((state: RootState) => state.tripMembers)

export const selectMembers = byTrip(selectAll)

/** What the user may do in a trip, as far as this device knows. */
export const selectRole = createSelector(
  [selectMembers, (state: RootState) => state.sync.user ?? ''],
  roleIn,
)
