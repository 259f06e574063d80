import { combineReducers, type Reducer, type StateFromReducersMapObject, type UnknownAction } from '@reduxjs/toolkit'
import { rowsApplied, slicesCleared } from './actions.ts'
import type { WithSync } from './selectors.ts'
import type { SliceAccess } from './slices.ts'
import { syncReducer } from './sync-slice.ts'

/** The app's reducers by slice name. They know nothing of sync. */
export type Reducers = Readonly<Record<string, Reducer>>
export type StateOf<R> = StateFromReducersMapObject<R> & WithSync
/** Conditional, as in RTK's `combineReducers`: else a call inside `configureStore({ … })` is inferred as a reducer of `any`. */
export type ReducerOf<R> = R extends Reducers ? Reducer<StateOf<R>> : never

/** Combines the app's reducers with the `sync` slice, and lets rows of the server into the synced slices. */
export function createReducer<R extends Reducers>(reducers: R, slices: ReadonlyMap<string, SliceAccess>): ReducerOf<R> {
  const synced = Object.fromEntries(
    Object.entries(reducers).map(([name, reducer]) => [name, withRows(reducer, slices.get(name))]),
  )
  return combineReducers({ ...synced, sync: syncReducer }) as unknown as ReducerOf<R>
}

function withRows(reducer: Reducer<unknown>, access: SliceAccess | undefined): Reducer<unknown> {
  if (access === undefined) return reducer
  return (state: unknown, action: UnknownAction) => {
    if (slicesCleared.match(action)) return reducer(undefined, action)
    const rows = rowsApplied.match(action) ? action.payload[access.collection] : undefined
    return rows === undefined ? reducer(state, action) : access.write(state, rows)
  }
}
