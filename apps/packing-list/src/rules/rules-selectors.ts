import { byTrip } from '../by-trip.ts'
import type { RootState } from '../store.ts'
import { defaultRulesAdapter, tripRulesAdapter } from './rules-slices.ts'

export const selectTripRules = byTrip(tripRulesAdapter.getSelectors((state: RootState) => state.tripRules).selectAll)
export const selectDefaultRules = defaultRulesAdapter.getSelectors((state: RootState) => state.defaultRules).selectAll
