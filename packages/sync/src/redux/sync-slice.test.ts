import { expect, test } from 'vitest'
import { initialSyncState } from '../core/status.ts'
import { rowsApplied, slicesCleared } from './actions.ts'
import { selectConflicts, selectPending, selectRejected, selectSync } from './selectors.ts'
import { syncReducer, toAction } from './sync-slice.ts'

test('[RX4] each event is an action of its own name, and the state is plain data', () => {
  const action = toAction({ type: 'changeRecorded', pending: 3 })
  expect(action.type).toBe('sync/changeRecorded')
  const state = syncReducer(undefined, action)
  expect(state.pending).toBe(3)
  expect(JSON.parse(JSON.stringify(state))).toEqual(state)
  expect([selectSync, selectPending, selectConflicts, selectRejected].map((select) => select({ sync: state }))).toEqual([state, 3, [], []])
})

test('actions that are no events leave the state alone', () => {
  for (const action of [rowsApplied({}), slicesCleared(), { type: 'sync/closed' }, { type: 'other', payload: { type: 'closed' } }]) {
    expect(syncReducer(initialSyncState, action)).toBe(initialSyncState)
  }
})
