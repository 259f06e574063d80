import { combineReducers, type Reducer, type StateFromReducersMapObject } from '@reduxjs/toolkit'
import { SyncError } from '../core/errors.ts'
import { isOwnAction, rowsApplied, slicesCleared } from './actions.ts'
import type { WithSync } from './selectors.ts'
import type { SliceAccess, SliceRows } from './slices.ts'
import { syncReducer } from './sync-slice.ts'

/** The app's reducers by slice name. They know nothing of sync. */
export type Reducers = Readonly<Record<string, Reducer>>
export type StateOf<R> = StateFromReducersMapObject<R> & WithSync
/** Conditional, as in RTK's `combineReducers`: else a call inside `configureStore({ … })` is inferred as a reducer of `any`. */
export type ReducerOf<R> = R extends Reducers ? Reducer<StateOf<R>> : never

/**
 * Combines the app's reducers with the `sync` slice, and lets rows of the server into the synced slices. An action of the app
 * costs one comparison of its type more.
 *
 * @throws {SyncError} `bad-configuration`: a collection without a reducer.
 */
export function createReducer<R extends Reducers>(reducers: R, slices: ReadonlyMap<string, SliceAccess>): ReducerOf<R> {
  const missing = [...slices.keys()].filter((name) => !(name in reducers))
  if (missing.length > 0) throw new SyncError('bad-configuration', `There is no reducer for ${missing.join(', ')}: each collection is a slice of that name.`)
  const combined = combineReducers({ ...reducers, sync: syncReducer }) as unknown as Reducer<AnyState>
  const reducer: Reducer<AnyState> = (state, action) => {
    if (state === undefined || !isOwnAction(action)) return combined(state, action)
    if (slicesCleared.match(action)) return combined({ ...state, ...cleared(slices) }, action)
    return combined(rowsApplied.match(action) ? { ...state, ...written(state, { rows: action.payload, slices }) } : state, action)
  }
  return reducer as unknown as ReducerOf<R>
}

type AnyState = Readonly<Record<string, unknown>>

/** A reducer that is given no state answers with its initial one. */
const cleared = (slices: ReadonlyMap<string, SliceAccess>): AnyState => Object.fromEntries([...slices.keys()].map((name) => [name, undefined]))

interface Arrival {
  readonly rows: Readonly<Record<string, SliceRows>>
  readonly slices: ReadonlyMap<string, SliceAccess>
}

function written(state: AnyState, { rows, slices }: Arrival): AnyState {
  return Object.fromEntries(Object.entries(rows).map(([name, some]) => [name, slices.get(name)?.write(state[name], some)]))
}
