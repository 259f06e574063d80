import { configureStore, type ThunkAction, type UnknownAction } from '@reduxjs/toolkit'
import { useDispatch, useSelector } from 'react-redux'
import { daysSlice, defaultRulesSlice, itemsSlice, membersSlice, peopleSlice, tripRulesSlice, tripsSlice } from './entities.ts'
import { sync } from './sync.ts'

const reducer = sync.reducer({
  trips: tripsSlice.reducer,
  tripMembers: membersSlice.reducer,
  tripDays: daysSlice.reducer,
  tripRules: tripRulesSlice.reducer,
  people: peopleSlice.reducer,
  items: itemsSlice.reducer,
  defaultRules: defaultRulesSlice.reducer,
})

export const store = configureStore({ reducer, middleware: (getDefault) => getDefault().concat(sync.middleware) })

export type RootState = ReturnType<typeof store.getState>
export type AppThunk<Result = void> = ThunkAction<Result, RootState, unknown, UnknownAction>

export const useAppSelector = useSelector.withTypes<RootState>()
export const useAppDispatch = useDispatch.withTypes<typeof store.dispatch>()
