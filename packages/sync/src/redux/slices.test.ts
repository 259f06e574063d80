import { createEntityAdapter } from '@reduxjs/toolkit'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { plainCodec } from '../core/codec.ts'
import { editsOf, rowsToShow, type Entities, type SliceAccess, type SliceRows } from './slices.ts'

const adapter = createEntityAdapter<{ id: string; name: string; size?: number }>()
const items: SliceAccess = {
  ...plainCodec,
  collection: 'items',
  read: (slice) => slice as { ids: string[]; entities: Entities },
  write: (slice) => slice,
}
const tent = { id: 'tent', name: 'Tent' }
const cup = { id: 'cup', name: 'Cup' }
const initial = adapter.getInitialState(undefined, [tent, cup])
const view = (id: string, fields: Record<string, string | number | null> | null) => ({ collection: 'items', id, fields })

describe('what an action did to a slice', () => {
  // Below and above the size at which V8 stores objects otherwise, and with it the way in which they are compared.
  test.each([3, 1_000, 1_001, 2_500])('[RX5] among %i entities exactly the changed ones are found, also when the order changed', (size) => {
    const entities = Array.from({ length: size }, (_, index) => ({ id: `item-${index}`, name: 'Item' }))
    const before = adapter.getInitialState(undefined, entities)
    const index = fc.nat({ max: size - 1 })
    fc.assert(
      fc.property(fc.uniqueArray(index, { maxLength: 5 }), fc.boolean(), (touched, reversed) => {
        const ids = touched.map((at) => `item-${at}`)
        const changed = Object.entries(before.entities).map(([id, entity]) => [id, ids.includes(id) ? { ...entity, name: 'Other' } : entity] as const)
        const after = { ids: before.ids, entities: Object.fromEntries(reversed ? changed.toReversed() : changed) }
        expect(editsOf(items, before, after).map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
      }),
      { numRuns: 20 },
    )
  })

  test('changed, added and removed entities, each once', () => {
    const renamed = adapter.updateOne(initial, { id: 'tent', changes: { name: 'Big tent' } })
    expect(editsOf(items, initial, renamed)).toEqual([{ collection: 'items', id: 'tent', before: tent, after: { ...tent, name: 'Big tent' } }])
    const replaced = adapter.setAll(initial, [cup, { id: 'map', name: 'Map' }])
    expect(editsOf(items, initial, replaced)).toEqual([
      { collection: 'items', id: 'map', before: undefined, after: { id: 'map', name: 'Map' } },
      { collection: 'items', id: 'tent', before: tent, after: undefined },
    ])
  })

  test('[RX5] a slice whose entities stayed the same object is not walked', () => {
    const read = vi.fn<SliceAccess['read']>(items.read)
    expect(editsOf({ ...items, read }, initial, initial)).toEqual([])
    expect(read).not.toHaveBeenCalled()
    const walked = new Proxy(initial.entities, { ownKeys: () => expect.unreachable('the entities were walked') })
    expect(editsOf(items, { ids: [], entities: walked }, { ids: [], entities: walked, sorted: true })).toEqual([])
  })

  test('a reducer that keeps its list of ids but takes an entity out is seen through', () => {
    const { ids } = initial
    expect(editsOf(items, { ids, entities: initial.entities }, { ids, entities: { cup } })).toEqual([{ collection: 'items', id: 'tent', before: tent, after: undefined }])
  })
})

describe('the rows to show', () => {
  test('only what differs from the slice by value: an entity that is the same keeps its identity', () => {
    const views = [view('tent', { name: 'Tent', notes: null }), view('cup', { name: 'Mug' }), view('gone', null), view('new', { name: 'New' })]
    expect(rowsToShow(items, initial, views)).toEqual({ upserts: [{ id: 'cup', name: 'Mug' }, { id: 'new', name: 'New' }], removes: [] })
    expect(rowsToShow(items, initial, [view('tent', { name: 'Tent' }), view('gone', null)])).toBeNull()
    expect(rowsToShow(items, initial, [view('tent', null)])).toEqual({ upserts: [], removes: ['tent'] } satisfies SliceRows)
  })

  test('[RX3] a shown entity that cannot be stored is replaced, and hinders no other row', () => {
    const broken = adapter.updateOne(initial, { id: 'tent', changes: { size: NaN } })
    expect(rowsToShow(items, broken, [view('tent', { name: 'Tent' }), view('new', { name: 'New' })])?.upserts).toEqual([tent, { id: 'new', name: 'New' }])
  })

  test('an id that every object inherits is no entity', () => {
    expect(rowsToShow(items, initial, [view('constructor', { name: 'x' })])?.upserts).toEqual([{ id: 'constructor', name: 'x' }])
    expect(rowsToShow(items, initial, [view('toString', null)])).toBeNull()
  })
})
