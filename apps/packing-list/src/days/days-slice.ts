import { createEntityAdapter, createSlice } from '@reduxjs/toolkit'
import type { TripDay } from '@stowaway/model'
import { contentsAdded } from '../trips/contents-added.ts'

export const daysAdapter = createEntityAdapter<TripDay>()

const days = createSlice({
  name: 'tripDays',
  initialState: daysAdapter.getInitialState(),
  reducers: {
    daySet: daysAdapter.upsertOne,
  },
  extraReducers: (builder) => {
    builder.addCase(contentsAdded, (state, { payload }) => daysAdapter.addMany(state, payload.days))
  },
})

export const { daySet } = days.actions
export const daysReducer = days.reducer
