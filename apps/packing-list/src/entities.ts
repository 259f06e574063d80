import { createSelector } from '@reduxjs/toolkit'
import { byName, byPlace, byStart, roleIn } from '@stowaway/model'
import type { WithSync } from '@stowaway/sync'
import { entitySlice, type Slices } from './entity-slice.ts'

export const tripsSlice = entitySlice('trips', { order: byStart, ofTrip: ({ trip }) => [trip] })
/** Members come by invitation, which is the server's business: here they are only changed and removed. */
export const membersSlice = entitySlice('tripMembers', { order: byName })
export const daysSlice = entitySlice('tripDays', { ofTrip: (contents) => contents.days })
/** The rules of a trip. */
export const tripRulesSlice = entitySlice('tripRules', { order: byName, ofTrip: ({ rules }) => rules })
export const peopleSlice = entitySlice('people', { order: byPlace, ofTrip: (contents) => contents.people })
export const itemsSlice = entitySlice('items', { ofTrip: (contents) => contents.items })
/** The rules that the user begins each trip with. */
export const defaultRulesSlice = entitySlice('defaultRules', { order: byName })

export const selectMembers = byTrip(membersSlice.selectAll)
export const selectDays = byTrip(daysSlice.selectAll)
export const selectTripRules = byTrip(tripRulesSlice.selectAll)
export const selectPeople = byTrip(peopleSlice.selectAll)
export const selectItems = byTrip(itemsSlice.selectAll)

/** Undefined for nobody, and for somebody who has been removed since. */
export const selectPerson = (state: Slices, id: string | null) => peopleSlice.selectById(state, id ?? '')

/** What the user may do in a trip, as far as this device knows. */
export const selectRole = createSelector([selectMembers, ({ sync }: WithSync) => sync.user ?? ''], roleIn)

/** A selector of one trip's entities, sorted into trips once per change of the collection however many trips are on screen. */
function byTrip<T extends { readonly tripId: string }>(selectAll: (state: Slices) => readonly T[]) {
  const selectTrips = createSelector([selectAll], (all) => {
    const byId = new Map<string, T[]>()
    for (const entity of all) {
      const ofTrip = byId.get(entity.tripId)
      if (ofTrip) ofTrip.push(entity)
      else byId.set(entity.tripId, [entity])
    }
    return byId
  })
  return (state: Slices, tripId: string): readonly T[] => selectTrips(state).get(tripId) ?? none
}

const none: readonly never[] = []
