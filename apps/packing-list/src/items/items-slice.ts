import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { Item } from '@stowaway/model'

export type NewItem = Pick<Item, 'tripId' | 'name' | 'category'>

export const itemsAdapter = createEntityAdapter<Item>()

const items = createSlice({
  name: 'items',
  initialState: itemsAdapter.getInitialState(),
  reducers: {
    itemAdded: {
      reducer: (state, action: PayloadAction<Item>) => itemsAdapter.addOne(state, action),
      prepare: (item: NewItem) => ({ payload: { ...unpacked, ...item, id: crypto.randomUUID(), position: Date.now() } }),
    },
    itemChanged: itemsAdapter.updateOne,
    itemRemoved: itemsAdapter.removeOne,
  },
})

const unpacked = { personId: null, quantity: 1, packed: false, notes: null }

export const { itemAdded, itemChanged, itemRemoved } = items.actions
export const itemsReducer = items.reducer
