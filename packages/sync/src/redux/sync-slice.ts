import type { UnknownAction } from '@reduxjs/toolkit'
import type { SyncEvent } from '../core/events.ts'
import { reduceEvent } from '../core/reduce-event.ts'
import { initialSyncState, type SyncState } from '../core/status.ts'

/** Each event is an action of its own, so that DevTools tell what happened: `sync/changeRecorded`, `sync/failed` … */
export interface EventAction extends UnknownAction {
  readonly type: `sync/${SyncEvent['type']}`
  readonly payload: SyncEvent
}

export const toAction = (event: SyncEvent): EventAction => ({ type: `sync/${event.type}`, payload: event })

const isEventAction = (action: UnknownAction): action is EventAction =>
  action.type.startsWith('sync/') && (action['payload'] as SyncEvent | undefined)?.type === action.type.slice('sync/'.length)

/** The `sync` slice: every event, reduced. */
export function syncReducer(state: SyncState = initialSyncState, action: UnknownAction): SyncState {
  return isEventAction(action) ? reduceEvent(state, action.payload) : state
}
