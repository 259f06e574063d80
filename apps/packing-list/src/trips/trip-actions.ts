import { copyTrip, newTrip, readTripFile, newRule, writeTripFile, type RuleDetails, type TripContents, type TripDetails } from '@stowaway/model'
import { defaultRulesSlice, selectDays, selectItems, selectPeople, selectTripRules, tripRulesSlice, tripsSlice } from '../entities.ts'
import { contentsAdded } from '../entity-slice.ts'
import { withRules } from '../rules/with-rules.ts'
import type { AppThunk, RootState } from '../store.ts'
import { sync } from '../sync.ts'

const newId = (): string => crypto.randomUUID()

/** A new trip begins with its owner's rules. Returns its id. */
export const startTrip = (details: TripDetails): AppThunk<string> => (dispatch, getState) =>
  sync.atomically(() => {
    const trip = newTrip(newId(), details)
    dispatch(tripsSlice.added(trip))
    dispatch(addRules(trip.id, defaultRulesSlice.selectAll(getState())))
    return trip.id
  })

/** Puts rules into a trip, and what they ask for on its list. */
export const addRules = (tripId: string, rules: readonly RuleDetails[]): AppThunk =>
  withRules(tripId, tripRulesSlice.added(...rules.map((rule) => newRule(rule, { id: newId(), tripId, skip: false }))))

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
  const trip = tripsSlice.selectById(state, tripId)
  if (trip === undefined) return null
  const all = { days: selectDays(state, tripId), people: selectPeople(state, tripId), rules: selectTripRules(state, tripId), items: selectItems(state, tripId) }
  return { trip, days: [...all.days], people: [...all.people], rules: [...all.rules], items: [...all.items] }
}
