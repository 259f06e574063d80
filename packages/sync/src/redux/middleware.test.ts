import { configureStore, createEntityAdapter, createSlice, type Middleware, type PayloadAction, type Reducer, type UnknownAction } from '@reduxjs/toolkit'
import { describe, expect, test, vi } from 'vitest'
import { plainCodec } from '../core/codec.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import { rowsApplied, slicesCleared } from './actions.ts'
import { createMiddleware } from './middleware.ts'
import { createReducer } from './reducer.ts'
import type { Entities, Entity, SliceAccess, SliceRows } from './slices.ts'

interface Item {
  id: string
  name: string
}

const adapter = createEntityAdapter<Item>()
const items = createSlice({
  name: 'items',
  initialState: adapter.getInitialState(),
  reducers: {
    put: (state, { payload }: PayloadAction<Item>) => void adapter.setOne(state, payload),
    replaced: (state, { payload }: PayloadAction<Item[]>) => void adapter.setAll(state, payload),
  },
})

/** A reducer as an app may have written it by hand, in a form of its own. */
const people: Reducer<{ all: Entity[] }> = (state = { all: [] }, action) => {
  if (action.type === 'trip/copied') return { all: [...state.all, { id: 'ann', name: 'Ann' } as Entity] }
  return action.type === 'person/left' ? { all: state.all.filter(({ id }) => id !== 'ann') } : state
}
const ui: Reducer<{ taps: number }> = (state = { taps: 0 }, { type }) => (type === 'ui/tapped' ? { taps: state.taps + 1 } : state)

interface Options {
  readonly record?: (edits: EntityEdit[]) => void
  readonly onError?: (error: unknown) => void
  readonly behind?: Middleware[]
}

const rethrow = (error: unknown): void => {
  throw error
}

function storeWith({ record, onError = rethrow, behind = [] }: Options = {}) {
  const recorded: EntityEdit[][] = []
  const readItems = vi.fn<SliceAccess['read']>((slice) => slice as { ids: string[]; entities: Entities })
  const slices = new Map<string, SliceAccess>([
    ['items', { ...plainCodec, collection: 'items', read: readItems, write: (slice, { upserts, removes }) => adapter.removeMany(adapter.setMany(slice as never, upserts as never), removes as never) }],
    ['people', { ...plainCodec, collection: 'people', read: (slice) => ({ entities: byId((slice as { all: Entity[] }).all) }), write: writePeople }],
  ])
  const capture = createMiddleware({ slices, record: record ?? ((edits) => recorded.push(edits)), onError })
  const copied: Reducer<ReturnType<typeof items.reducer>> = (state, action) => items.reducer(state, action.type === 'trip/copied' ? items.actions.put({ id: 'tent', name: 'Tent' }) : action)
  const reducer = createReducer({ items: copied, people, ui }, slices)
  const store = configureStore({
    reducer,
    middleware: (getDefault) => getDefault({ serializableCheck: false }).concat(capture, ...behind),
  })
  return { store, reducer, recorded, readItems }
}

const byId = (all: readonly Entity[]): Entities => Object.fromEntries(all.map((one) => [one.id, one]))
const writePeople = (slice: unknown, { upserts, removes }: SliceRows) => {
  const kept = (slice as { all: Entity[] }).all.filter(({ id }) => !removes.includes(id) && !upserts.some((one) => one.id === id))
  return { all: [...kept, ...upserts] }
}
const ids = (edits: readonly EntityEdit[] | undefined) => edits?.map(({ collection, id }) => `${collection}/${id}`)
const { put, replaced } = items.actions

describe('what the user does is captured, whatever the reducer', () => {
  test('an entity adapter', () => {
    const { store, recorded } = storeWith()
    store.dispatch(put({ id: 'tent', name: 'Tent' }))
    store.dispatch(put({ id: 'tent', name: 'Big tent' }))
    expect(recorded[1]).toEqual([{ collection: 'items', id: 'tent', before: { id: 'tent', name: 'Tent' }, after: { id: 'tent', name: 'Big tent' } }])
  })

  test('several slices changed by one action, one of them by hand, are one record', () => {
    const { store, recorded } = storeWith()
    store.dispatch({ type: 'trip/copied' })
    expect(recorded.map(ids)).toEqual([['items/tent', 'people/ann']])
    store.dispatch({ type: 'person/left' })
    expect(recorded[1]).toEqual([{ collection: 'people', id: 'ann', before: { id: 'ann', name: 'Ann' }, after: undefined }])
  })

  test('entities replaced wholesale', () => {
    const { store, recorded } = storeWith()
    store.dispatch(replaced([{ id: 'a', name: 'A' }, { id: 'b', name: 'B' }]))
    store.dispatch(replaced([{ id: 'b', name: 'B2' }, { id: 'c', name: 'C' }]))
    expect(recorded.map(ids)).toEqual([['items/a', 'items/b'], ['items/b', 'items/c', 'items/a']])
  })
})

describe('[RX1] rows of the server', () => {
  test('reach the slices of any form, and are not captured', () => {
    const { store, recorded } = storeWith()
    const rows = { upserts: [{ id: 'tent', name: 'Tent' } as Entity], removes: ['old'] }
    store.dispatch(rowsApplied({ items: rows, people: rows }))
    expect(store.getState().items.entities).toEqual({ tent: { id: 'tent', name: 'Tent' } })
    expect(store.getState().people.all).toEqual([{ id: 'tent', name: 'Tent' }])
    expect(recorded).toEqual([])
  })

  test('[ID2] leave when the user does, without being captured as deletes', () => {
    const { store, recorded } = storeWith()
    store.dispatch(put({ id: 'tent', name: 'Tent' }))
    store.dispatch({ type: 'ui/tapped' })
    store.dispatch(slicesCleared())
    expect(store.getState()).toMatchObject({ items: { ids: [] }, people: { all: [] }, ui: { taps: 1 } })
    expect(recorded).toHaveLength(1)
  })

  test('are not captured with what a subscriber dispatches when they are shown; that is, by itself', () => {
    const { store, recorded } = storeWith()
    const answers = [put({ id: 'seen', name: 'Seen' }), { type: 'ui/tapped' }]
    store.subscribe(() => {
      const next = answers.pop()
      if (next !== undefined) store.dispatch(next)
    })
    store.dispatch(rowsApplied({ items: { upserts: [{ id: 'remote' }], removes: [] } }))
    expect(store.getState()).toMatchObject({ items: { ids: ['remote', 'seen'] }, ui: { taps: 1 } })
    expect(recorded.map(ids)).toEqual([['items/seen']])
  })

  test('that come while an action is under way are not captured with it', () => {
    const echo: Middleware = (api) => (next) => (action) => {
      const result = next(action)
      if ((action as UnknownAction).type === put.type) api.dispatch(rowsApplied({ items: { upserts: [{ id: 'remote' }], removes: [] } }))
      return result
    }
    const { store, recorded } = storeWith({ behind: [echo] })
    store.dispatch(put({ id: 'tent', name: 'Tent' }))
    expect(store.getState().items.ids).toEqual(['tent', 'remote'])
    expect(recorded.map(ids)).toEqual([['items/tent']])
  })
})

test('an action dispatched while another is under way is captured once', () => {
  const pair: Middleware = (api) => (next) => (action) => {
    const result = next(action)
    if ((action as { payload?: Item }).payload?.id === 'tent') api.dispatch(put({ id: 'pegs', name: 'Pegs' }))
    return result
  }
  const { store, recorded } = storeWith({ behind: [pair] })
  store.dispatch(put({ id: 'tent', name: 'Tent' }))
  expect(recorded.map(ids)).toEqual([['items/tent'], ['items/pegs']])
})

test('[RX2] a state that was put in beneath the middleware, as DevTools do it, is not captured; what comes after is, by itself', () => {
  const { store, reducer, recorded } = storeWith()
  store.dispatch(put({ id: 'tent', name: 'Tent' }))
  const past = store.getState()
  store.dispatch(put({ id: 'cup', name: 'Cup' }))
  store.replaceReducer(() => past)
  store.replaceReducer(reducer)
  expect(store.getState().items.ids).toEqual(['tent'])
  expect(recorded).toHaveLength(2)
  store.dispatch(put({ id: 'map', name: 'Map' }))
  expect(recorded.map(ids)).toEqual([['items/tent'], ['items/cup'], ['items/map']])
})

const broken: Middleware = () => (next) => (action) => {
  if ((action as UnknownAction).type === 'ui/tapped') throw new Error('app')
  return next(action)
}

describe('[RX3] dispatch works on', () => {
  test('when the engine fails; the failure is told', () => {
    const failure = new Error('engine')
    const onError = vi.fn<(error: unknown) => void>()
    const record = () => {
      throw failure
    }
    const { store } = storeWith({ record, onError })
    expect(store.dispatch(put({ id: 'tent', name: 'Tent' }))).toMatchObject({ type: 'items/put' })
    expect(store.getState().items.ids).toEqual(['tent'])
    expect(onError).toHaveBeenCalledExactlyOnceWith(failure)
  })

  test('when the app’s own middleware throws: the error is the app’s, and the next action is captured', () => {
    const { store, recorded } = storeWith({ behind: [broken] })
    expect(() => store.dispatch({ type: 'ui/tapped' })).toThrow('app')
    store.dispatch(put({ id: 'tent', name: 'Tent' }))
    expect(recorded.map(ids)).toEqual([['items/tent']])
  })
})

test('[RX5] slices that an action left alone are not read', () => {
  const { store, recorded, readItems } = storeWith()
  store.dispatch({ type: 'ui/tapped' })
  store.dispatch({ type: 'unknown' })
  store.dispatch({ type: 'person/left' })
  expect(readItems).not.toHaveBeenCalled()
  expect(recorded).toEqual([])
})
