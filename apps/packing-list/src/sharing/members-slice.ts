import { createEntityAdapter, createSlice } from '@reduxjs/toolkit'
import type { TripMember } from '@stowaway/model'

export const membersAdapter = createEntityAdapter<TripMember>()

/** Without actions: members come and go by invitation, which is the server's business. */
const members = createSlice({ name: 'tripMembers', initialState: membersAdapter.getInitialState(), reducers: {} })

export const membersReducer = members.reducer
