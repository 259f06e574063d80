import { createEntityAdapter, createSlice } from '@reduxjs/toolkit'
import type { TripMember } from '@stowaway/model'

export const membersAdapter = createEntityAdapter<TripMember>()

/** Without an action that adds: members come by invitation, which is the server's business. */
const members = createSlice({
  name: 'tripMembers',
  initialState: membersAdapter.getInitialState(),
  reducers: {
    memberChanged: membersAdapter.updateOne,
    memberRemoved: membersAdapter.removeOne,
  },
})

export const { memberChanged, memberRemoved } = members.actions
export const membersReducer = members.reducer
