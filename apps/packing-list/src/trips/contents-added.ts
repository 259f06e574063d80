import { createAction } from '@reduxjs/toolkit'
import type { TripContents } from '@stowaway/model'

/** A whole trip at once, as a copy or from a file: each slice takes what is its own. */
export const contentsAdded = createAction<TripContents>('trips/contentsAdded')
