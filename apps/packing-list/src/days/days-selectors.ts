import { byTrip } from '../by-trip.ts'
import type { RootState } from '../store.ts'
import { daysAdapter } from './days-slice.ts'

export const selectDays = byTrip(daysAdapter.getSelectors((state: RootState) => state.tripDays).selectAll)
