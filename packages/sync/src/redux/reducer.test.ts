import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { expect, test } from 'vitest'
import { plainCodec } from '../core/codec.ts'
import { rowsApplied, slicesCleared } from './actions.ts'
import { createReducer } from './reducer.ts'
import type { Entities, SliceAccess } from './slices.ts'

type Item = { id: string; name: string }
const adapter = createEntityAdapter<Item>()
const items = createSlice({ name: 'items', initialState: adapter.getInitialState(), reducers: { added: (state, { payload }: PayloadAction<Item>) => void adapter.addOne(state, payload) } })
type ItemsState = ReturnType<typeof items.reducer>
const ui = createSlice({ name: 'ui', initialState: { arrivals: 0 }, reducers: {}, extraReducers: (builder) => builder.addCase(rowsApplied, (state) => void (state.arrivals += 1)) })
const access: SliceAccess = {
  ...plainCodec,
  collection: 'items',
  read: (slice) => slice as { ids: string[]; entities: Entities },
  write: (slice, { upserts, removes }) => adapter.removeMany(adapter.setMany(slice as ItemsState, upserts as Item[]), removes),
}
const reducer = createReducer({ items: items.reducer, ui: ui.reducer }, new Map([['items', access]]))
const initial = reducer(undefined, { type: 'start' })

test('rows of the server go into their slice, and the app may react to them', () => {
  const state = reducer(initial, rowsApplied({ items: { upserts: [{ id: 'tent', name: 'Tent' } as never], removes: [] } }))
  expect(state.items.entities).toEqual({ tent: { id: 'tent', name: 'Tent' } })
  expect(state.ui.arrivals).toBe(1)
})

test('[ID2] when the user goes, the synced slices forget them, and only those', () => {
  const full = { ...reducer(initial, items.actions.added({ id: 'tent', name: 'Tent' })), ui: { arrivals: 3 } }
  const state = reducer(full, slicesCleared())
  expect(state.items).toEqual(initial.items)
  expect(state.ui.arrivals).toBe(3)
})

test('a collection without a reducer is refused when the store is made', () => {
  expect(() => createReducer({ ui: ui.reducer }, new Map([['items', access]]))).toThrow(expect.objectContaining({ code: 'bad-configuration' }))
})
