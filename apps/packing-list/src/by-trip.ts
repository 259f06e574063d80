import { createSelector } from '@reduxjs/toolkit'
import type { RootState } from './store.ts'

const none: readonly never[] = []

/** A selector of one trip's entities, sorted into trips once per change of the collection however many trips are on screen. */
export function byTrip<T extends { readonly tripId: string }>(selectAll: (state: RootState) => readonly T[]) {
  const selectTrips = createSelector([selectAll], (all) => {
    const trips = new Map<string, T[]>()
    for (const entity of all) {
      const trip = trips.get(entity.tripId)
      if (trip) trip.push(entity)
      else trips.set(entity.tripId, [entity])
    }
    return trips
  })
  return (state: RootState, tripId: string): readonly T[] => selectTrips(state).get(tripId) ?? none
}
