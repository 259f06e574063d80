import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { Person } from '@stowaway/model'
import { contentsAdded } from '../trips/contents-added.ts'

export const peopleAdapter = createEntityAdapter<Person>({
  sortComparer: (a, b) => a.position - b.position || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1),
})

const people = createSlice({
  name: 'people',
  initialState: peopleAdapter.getInitialState(),
  reducers: {
    personAdded: {
      reducer: (state, action: PayloadAction<Person>) => peopleAdapter.addOne(state, action),
      prepare: (person: Omit<Person, 'id'>) => ({ payload: { ...person, id: crypto.randomUUID() } }),
    },
    personChanged: peopleAdapter.updateOne,
    personRemoved: peopleAdapter.removeOne,
  },
  extraReducers: (builder) => {
    builder.addCase(contentsAdded, (state, { payload }) => peopleAdapter.addMany(state, payload.people))
  },
})

export const { personAdded, personChanged, personRemoved } = people.actions
export const peopleReducer = people.reducer
