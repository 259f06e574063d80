import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { Item, ItemEdits } from '@stowaway/model'
import { contentsAdded } from '../trips/contents-added.ts'

/** What a person says of a new item. */
export type NewItem = Pick<Item, 'tripId' | 'name' | 'category'> & Partial<Pick<Item, 'quantity' | 'personId'>>

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
    itemsChanged: itemsAdapter.updateMany,
    itemRemoved: itemsAdapter.removeOne,
    /** What rules made of a trip: see `applyRules`. */
    itemsRuled: (state, { payload: { added, changed, removed } }: PayloadAction<ItemEdits>) => {
      itemsAdapter.removeMany(state, removed)
      itemsAdapter.updateMany(state, changed)
      itemsAdapter.addMany(state, added)
    },
  },
  extraReducers: (builder) => {
    builder.addCase(contentsAdded, (state, { payload }) => itemsAdapter.addMany(state, payload.items))
  },
})

const unpacked = { personId: null, quantity: 1, packed: false, notes: null, ruleId: null, ruleQuantity: null }

export const { itemAdded, itemChanged, itemsChanged, itemRemoved, itemsRuled } = items.actions
export const itemsReducer = items.reducer
