import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { Trip } from '@stowaway/model'

/** What a person enters about a trip. */
export type TripDetails = Pick<Trip, 'name' | 'destination' | 'startsOn' | 'endsOn'>

export const tripsAdapter = createEntityAdapter<Trip>()

const trips = createSlice({
  name: 'trips',
  initialState: tripsAdapter.getInitialState(),
  reducers: {
    tripAdded: {
      reducer: (state, action: PayloadAction<Trip>) => tripsAdapter.addOne(state, action),
      prepare: (details: TripDetails) => ({ payload: { ...details, notes: null, id: crypto.randomUUID() } }),
    },
    tripChanged: tripsAdapter.updateOne,
    tripRemoved: tripsAdapter.removeOne,
  },
})

export const { tripAdded, tripChanged, tripRemoved } = trips.actions
export const tripsReducer = trips.reducer
