import { createAction, type ActionCreatorWithoutPayload, type ActionCreatorWithPayload } from '@reduxjs/toolkit'
import type { SliceRows } from './slices.ts'

/** Rows from the server or from another tab, by slice. The middleware captures nothing of it [RX1]. */
export const rowsApplied: ActionCreatorWithPayload<Readonly<Record<string, SliceRows>>, 'sync/rowsApplied'> = createAction('sync/rowsApplied')

/** Another user, or none: the synced slices go back to their initial state. */
export const slicesCleared: ActionCreatorWithoutPayload<'sync/slicesCleared'> = createAction<void, 'sync/slicesCleared'>('sync/slicesCleared')

/** Actions of this package alter slices without being edits of the user. */
export const isOwnAction = (action: { readonly type: string }): boolean => action.type.startsWith('sync/')
