import { configureStore, type ThunkAction, type UnknownAction } from '@reduxjs/toolkit'
import { useDispatch, useSelector } from 'react-redux'
import { daysReducer } from './days/days-slice.ts'
import { itemsReducer } from './items/items-slice.ts'
import { peopleReducer } from './people/people-slice.ts'
import { defaultRulesReducer, tripRulesReducer } from './rules/rules-slices.ts'
import { membersReducer } from './sharing/members-slice.ts'
import { sync } from './sync.ts'
import { tripsReducer } from './trips/trips-slice.ts'

const reducer = sync.reducer({
  trips: tripsReducer,
  tripMembers: membersReducer,
  tripDays: daysReducer,
  tripRules: tripRulesReducer,
  people: peopleReducer,
  items: itemsReducer,
  defaultRules: defaultRulesReducer,
})

export const store = configureStore({ reducer, middleware: (getDefault) => getDefault().concat(sync.middleware) })

export type RootState = ReturnType<typeof store.getState>
export type AppThunk<Result = void> = ThunkAction<Result, RootState, unknown, UnknownAction>

export const useAppSelector = useSelector.withTypes<RootState>()
export const useAppDispatch = useDispatch.withTypes<typeof store.dispatch>()
