import { combineReducers, type Reducer, type StateFromReducersMapObject, type UnknownAction } from '@reduxjs/toolkit'
import { rowsApplied, slicesCleared } from './actions.ts'
import type { WithSync } from './selectors.ts'
import type { SliceAccess } from './slices.ts'
import { syncReducer } from './sync-slice.ts'

/** The app's reducers by slice name. They know nothing of sync. */
export type Reducers = Readonly<Record<string, Reducer>>
export type StateOf<R> = StateFromReducersMapObject<R> & WithSync

/** Combines the app's reducers with the `sync` slice, and lets rows of the server into the synced slices. */
export function createReducer<R extends Reducers>(reducers: R, slices: ReadonlyMap<string, SliceAccess>): Reducer<StateOf<R>> {
  const synced = Object.fromEntries(
    Object.entries(reducers).map(([name, reducer]) => [name, withRows(reducer, slices.get(name))]),
  )
  return combineReducers({ ...synced, sync: syncReducer }) as unknown as Reducer<StateOf<R>>
}

function withRows(reducer: Reducer<unknown>, access: SliceAccess | undefined): Reducer<unknown> {
  if (access === undefined) return reducer
  return (state: unknown, action: UnknownAction) => {
    if (slicesCleared.match(action)) return reducer(undefined, action)
    const rows = rowsApplied.match(action) ? action.payload[access.collection] : undefined
    return rows === undefined ? reducer(state, action) : access.write(state, rows)
  }
}
