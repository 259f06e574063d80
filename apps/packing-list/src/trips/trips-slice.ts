import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { Trip } from '@stowaway/model'
import { contentsAdded } from './contents-added.ts'

/** What a person enters about a trip. */
export type TripDetails = Pick<Trip, 'name' | 'destination' | 'startsOn' | 'endsOn' | 'conditions'>

export const tripsAdapter = createEntityAdapter<Trip>()

const trips = createSlice({
  name: 'trips',
  initialState: tripsAdapter.getInitialState(),
  reducers: {
    tripAdded: {
      reducer: (state, action: PayloadAction<Trip>) => tripsAdapter.addOne(state, action),
      prepare: (details: TripDetails) => ({ payload: { ...details, notes: null, archived: false, id: crypto.randomUUID() } }),
    },
    tripChanged: tripsAdapter.updateOne,
    tripRemoved: tripsAdapter.removeOne,
  },
  extraReducers: (builder) => {
    builder.addCase(contentsAdded, (state, { payload }) => tripsAdapter.addOne(state, payload.trip))
  },
})

export const { tripAdded, tripChanged, tripRemoved } = trips.actions
export const tripsReducer = trips.reducer
