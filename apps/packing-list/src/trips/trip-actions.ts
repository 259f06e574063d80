import { copyTrip, readTripFile, writeTripFile, type TripContents } from '@stowaway/model'
import { selectDays } from '../days/days-selectors.ts'
import { selectItems } from '../items/items-selectors.ts'
import { selectPeople } from '../people/people-selectors.ts'
import { selectDefaultRules, selectTripRules } from '../rules/rules-selectors.ts'
import { tripRulesAdded } from '../rules/rules-slices.ts'
import { withRules } from '../rules/with-rules.ts'
import type { AppThunk, RootState } from '../store.ts'
import { sync } from '../sync.ts'
import { contentsAdded } from './contents-added.ts'
import { selectTrip } from './trips-selectors.ts'
import { tripAdded, type TripDetails } from './trips-slice.ts'

const newId = (): string => crypto.randomUUID()

/** A new trip begins with its owner's rules. Returns its id. */
export const startTrip = (details: TripDetails): AppThunk<string> => (dispatch, getState) =>
  sync.atomically(() => {
    const { payload: trip } = dispatch(tripAdded(details))
    const rules = selectDefaultRules(getState())
    if (rules.length > 0) dispatch(withRules(trip.id, tripRulesAdded(trip.id, rules)))
    return trip.id
  })

/** The same trip again, nothing packed. Returns the id of the copy, `null` where the trip is gone. */
export const duplicateTrip = (tripId: string, name: (name: string) => string): AppThunk<string | null> => (dispatch, getState) => {
  const contents = selectContents(getState(), tripId)
  return contents === null ? null : dispatch(addCopy({ ...contents, trip: { ...contents.trip, name: name(contents.trip.name) } }))
}

/** Takes in a trip from the text of a file, and returns its id here. @throws {FileError} */
export const importTrip = (text: string): AppThunk<string> => (dispatch) => dispatch(addCopy(readTripFile(text)))

/** The text of a file with the whole trip; `null` where the trip is gone. */
export function exportTrip(state: RootState, tripId: string): string | null {
  const contents = selectContents(state, tripId)
  return contents === null ? null : writeTripFile(contents)
}

const addCopy = (contents: TripContents): AppThunk<string> => (dispatch) => {
  const copy = copyTrip(contents, newId)
  dispatch(contentsAdded(copy))
  return copy.trip.id
}

function selectContents(state: RootState, tripId: string): TripContents | null {
  const trip = selectTrip(state, tripId)
  if (trip === undefined) return null
  const all = { days: selectDays(state, tripId), people: selectPeople(state, tripId), rules: selectTripRules(state, tripId), items: selectItems(state, tripId) }
  return { trip, days: [...all.days], people: [...all.people], rules: [...all.rules], items: [...all.items] }
}
