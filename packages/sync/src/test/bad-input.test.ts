import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { describe, expect, test } from 'vitest'
import { createSync, memoryStorage } from '../index.ts'
import type { WireAnswer, WireOp } from '../supabase/wire.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { items } from './device.ts'
import { openStubbedApp, stubSupabase } from './stubbed-app.ts'

const cyclic = (): object => {
  const bag: Record<string, unknown> = { name: 'Bag' }
  bag['holds'] = bag
  return bag
}

const good = (id: string) => ({ id, tripId: 'lakes', name: id, quantity: 1, packed: false })

/** What no JSON can carry: it cannot be stored, compared or sent. */
const unstorable: [string, () => object, RegExp][] = [
  ['a cycle', () => ({ notes: cyclic() }), /notes\.holds holds a value that contains itself/],
  ['a function', () => ({ notes: () => 'later' }), /notes holds a function/],
  ['a symbol', () => ({ notes: Symbol('x') }), /notes holds a symbol/],
  ['a bigint', () => ({ quantity: 9_007_199_254_740_993n }), /quantity holds a bigint/],
  ['NaN', () => ({ quantity: Number.NaN }), /quantity holds a number/],
  ['Infinity, deep inside', () => ({ notes: { sizes: [1, Infinity] } }), /notes\.sizes\[1\] holds a number/],
  ['a date that is none', () => ({ notes: new Date('soon') }), /Invalid time value/],
  ['a Map without a codec', () => ({ notes: new Map([['a', 1]]) }), /notes holds an \[object Map\]/],
  ['a field named __proto__', () => JSON.parse('{"__proto__": {"isAdmin": true}}') as object, /__proto__/],
]

/** What would belong nowhere. */
const homeless: typeof unstorable = [
  ['no scope', () => ({ tripId: '' }), /names no scope: its field tripId/],
  ['a scope that is no id', () => ({ tripId: 7 }), /names no scope/],
]

describe('[RX3] what cannot be stored is told and put back, by the action that brought it', () => {
  test.each([...unstorable, ...homeless])('%s: of an entity that is new; the others of the dispatch and later ones are sent, and so is this one when it is right', async (_what, bad, sentence) => {
    const app = await openStubbedApp()
    const all = [good('tent'), { ...good('odd'), ...bad() }, good('map')] as ReturnType<typeof good>[]
    expect(() => app.store.dispatch(items.slice.actions.addedMany(all))).not.toThrow()
    expect(Object.keys(app.items())).toEqual(['tent', 'map'])
    const refusals = app.events.filter(({ type }) => type === 'changeRefused')
    expect(refusals).toMatchObject([{ entity: { collection: 'items', id: 'odd' }, issues: [], error: { kind: 'validation', code: 'bad-change' } }])
    expect(app.state()).toMatchObject({ pending: 2, lastError: { code: 'bad-change' } })
    expect(app.state().lastError?.message).toMatch(sentence)
    app.add('stove')
    app.add('odd')
    await app.synced()
    expect(app.sent().map(({ id }) => id).sort()).toEqual(['map', 'odd', 'stove', 'tent'])
    expect(app.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test.each(unstorable)('%s: of an entity that is there; it is again as it was, with what waits of it, and can be edited on', async (_what, bad) => {
    const app = await openStubbedApp()
    app.add('tent')
    await app.synced()
    app.stub.online = false
    app.change('tent', { quantity: 2 })
    app.change('tent', bad())
    app.change('tent', { packed: true })
    expect(app.items()['tent']).toEqual({ ...good('tent'), quantity: 2, packed: true })
    app.stub.online = true
    await app.synced()
    expect(app.sent().at(-1)).toMatchObject({ id: 'tent', patch: { quantity: 2, packed: true } })
    expect(app.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('within one atomic step the others of it are recorded, and go out together', async () => {
    const app = await openStubbedApp()
    app.sync.atomically(() => {
      app.add('tent')
      app.add('odd', { quantity: Number.NaN })
      app.add('map')
    })
    await app.synced()
    expect(app.sent().map(({ id }) => id)).toEqual(['tent', 'map'])
  })
})

describe('values that are odd and can be stored reach the server as they are', () => {
  test.each([
    ['a date far in the future', { notes: new Date(Date.UTC(9999, 11, 31)) }, { notes: '9999-12-31T00:00:00.000Z' }],
    ['a date that is later still', { notes: new Date(8.64e15) }, { notes: '+275760-09-13T00:00:00.000Z' }],
    ['keys named __proto__ and constructor, deep inside', { notes: JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1}') as object }, { notes: JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1}') as object }],
    ['fields named constructor and toString', { constructor: 'Acme', toString: 'x' }, { constructor: 'Acme', to_string: 'x' }],
    ['minus zero, and the largest and least numbers', { quantity: -0, position: Number.MAX_VALUE, notes: Number.MIN_VALUE }, { quantity: 0, position: Number.MAX_VALUE, notes: Number.MIN_VALUE }],
    ['half a surrogate pair, and a zero character', { name: '\uD800 and \u0000' }, { name: '\uD800 and \u0000' }],
    ['what is not defined', { notes: undefined, list: [undefined] }, { list: [null] }],
  ])('%s; nothing else is touched by it, also after a restart', async (_what, given, patch) => {
    const storage = memoryStorage()
    const before = await openStubbedApp({ storage })
    before.stub.online = false
    before.add('odd', given)
    before.add('tent')
    await before.sync.stop()
    const app = await openStubbedApp({ storage })
    await app.synced()
    expect(app.sent().map(({ id }) => id)).toEqual(['odd', 'tent'])
    expect(JSON.stringify(app.sent()[0]?.patch)).toBe(JSON.stringify({ ...app.sent()[0]?.patch, ...patch }))
    expect(app.state()).toMatchObject({ pending: 0, rejected: [], setAside: [] })
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
  })
})

const tooLarge = ({ op_id, patch }: WireOp): WireAnswer =>
  JSON.stringify(patch).length > 262_144 ? { op_id, status: 'invalid', code: 'too_large', message: 'The op is larger than 256 kB.' } : { op_id, status: 'applied', version: 1 }

test('[OB7] a text of 5 MB is stored and shown, and when no request can hold it waits in the tray with what it says; the others flow; shortened, it goes through', async () => {
  const app = await openStubbedApp()
  app.stub.answer = tooLarge
  const notes = 'x'.repeat(5_000_000)
  app.store.dispatch(items.slice.actions.addedMany([good('tent'), { ...good('novel'), notes } as ReturnType<typeof good>, good('map')]))
  await app.sync.flush()
  expect(app.items()['novel']).toMatchObject({ notes })
  await app.synced()
  const [novel, ...others] = app.state().rejected
  expect(others).toEqual([])
  expect(novel).toMatchObject({ id: 'novel', code: 'too_large', message: 'The op is larger than 256 kB.', changes: [{ patch: { notes } }] })
  expect(app.sent().map(({ id }) => id).sort()).toEqual(['map', 'novel', 'tent'])
  expect(JSON.stringify(app.sync.exportDiagnostics()).length).toBeLessThan(100_000)
  await app.sync.edit(novel!.rejectedId, { notes: 'A short one.' })
  await app.synced()
  expect(app.sent().at(-1)).toMatchObject({ id: 'novel', kind: 'create', patch: { notes: 'A short one.' } })
  expect(app.state()).toMatchObject({ pending: 0, rejected: [] })
})

const oddIds = ['a/b', '../change/0000000000000001', 'with space', 'ä€😀', '\u0000', "'; drop table items; --", '%2F', 'items', 'batch', 'x'.repeat(10_000)]

test('ids with odd characters are names like any other: stored, shown after a restart, sent and answered each by itself', async () => {
  const storage = memoryStorage()
  const before = await openStubbedApp({ storage })
  before.stub.online = false
  for (const id of oddIds) before.add(id)
  await before.sync.stop()
  const app = await openStubbedApp({ storage })
  expect(new Set(Object.keys(app.items()))).toEqual(new Set(oddIds))
  await app.synced()
  expect(new Set(app.sent().map(({ id }) => id))).toEqual(new Set(oddIds))
  for (const id of oddIds) app.remove(id)
  await app.synced()
  expect(app.items()).toEqual({})
  expect(app.state()).toMatchObject({ pending: 0, rejected: [], setAside: [] })
})

interface Things {
  readonly byId: Readonly<Record<string, { readonly id: string }>>
}
const noThings: Things = { byId: {} }
/** A slice as an app may write it by hand, in which any id is a key of its own. */
const things = createSlice({
  name: 'things',
  initialState: noThings,
  reducers: { put: (state, { payload }: PayloadAction<readonly { readonly id: string }[]>) => ({ byId: Object.fromEntries([...Object.entries(state.byId), ...payload.map((one) => [one.id, one] as const)]) }) },
})

/** An app with that slice. */
async function openThings() {
  const environment = fakeEnvironment()
  const stub = stubSupabase(environment.now)
  const sync = createSync({
    supabase: stub.supabase,
    environment,
    storage: () => Promise.resolve(memoryStorage()),
    collections: {
      things: {
        scope: 'tripId',
        read: (state: Things) => state.byId,
        write: (state: Things, { upserts, removes }) => {
          const kept = Object.entries(state.byId).filter(([id]) => !removes.includes(id))
          return { byId: Object.fromEntries([...kept, ...upserts.map((one) => [one.id, one] as const)]) }
        },
      },
    },
  })
  const store = configureStore({ reducer: sync.reducer({ things: things.reducer }), middleware: (getDefault) => getDefault().concat(sync.middleware) })
  await sync.start(store)
  return { environment, stub, store }
}

test('an entity whose id is __proto__ is refused and taken away again, and no object’s prototype is touched; the others are sent', async () => {
  const { environment, stub, store } = await openThings()
  store.dispatch(things.actions.put(['tent', '__proto__', 'map'].map((id) => ({ id, tripId: 'lakes' }))))
  expect(store.getState().sync.lastError).toMatchObject({ kind: 'validation', code: 'bad-change' })
  await environment.advance(1_000)
  expect(stub.pushes.flatMap(({ ops }) => ops.map(({ id }) => id))).toEqual(['tent', 'map'])
  expect(Object.keys(store.getState().things.byId)).toEqual(['tent', 'map'])
  expect(Object.getPrototypeOf(store.getState().things.byId)).toBe(Object.prototype)
})

test('[RX1] ids that every object inherits, such as constructor, are ids like any other', async () => {
  const { environment, stub, store } = await openThings()
  store.dispatch(things.actions.put(['constructor', 'toString', 'valueOf'].map((id) => ({ id, tripId: 'lakes' }))))
  await environment.advance(1_000)
  expect(stub.pushes.flatMap(({ ops }) => ops.map(({ id, kind }) => [kind, id]))).toEqual([['create', 'constructor'], ['create', 'toString'], ['create', 'valueOf']])
})

test('[PU3] an unknown field is sent, and refused by the server alone: it waits in the tray with the name of the column, and goes through when it has been taken back', async () => {
  const app = await openStubbedApp()
  app.stub.answer = ({ op_id, patch, base_version }) => {
    const unknown = 'weigth' in (patch ?? {}) && patch?.['weigth'] !== null
    return unknown ? { op_id, status: 'invalid', code: 'unknown_column', message: 'Unknown or server-owned column: weigth' } : { op_id, status: 'applied', version: (base_version ?? 0) + 1 }
  }
  app.add('tent')
  await app.synced()
  app.change('tent', { weigth: 3, quantity: 2 })
  app.add('map')
  await app.synced()
  const [refused] = app.state().rejected
  expect(refused).toMatchObject({ id: 'tent', code: 'unknown_column', message: 'Unknown or server-owned column: weigth', changes: [{ patch: { weigth: 3, quantity: 2 } }] })
  expect(app.items()['tent']).toEqual(good('tent'))
  await app.sync.discard(refused!.rejectedId)
  app.change('tent', { quantity: 2 })
  await app.synced()
  expect(app.sent().at(-1)).toMatchObject({ id: 'tent', patch: { quantity: 2 } })
  expect(app.state()).toMatchObject({ pending: 0, rejected: [] })
})
