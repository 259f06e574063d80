import { byTrip } from '../by-trip.ts'
import type { RootState } from '../store.ts'
import { peopleAdapter } from './people-slice.ts'

const selectors = peopleAdapter.getSelectors((state: RootState) => state.people)

export const selectPeople = byTrip(selectors.selectAll)

/** Undefined for nobody, and for somebody who has been removed since. */
export const selectPerson = (state: RootState, id: string | null) =>
  id === null ? undefined : selectors.selectById(state, id)
