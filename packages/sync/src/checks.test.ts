import { configureStore, createEntityAdapter, createSlice } from '@reduxjs/toolkit'
import { describe, expect, test } from 'vitest'
import { createSync, memoryStorage, selectPending, selectSync, selectUnsynced, type SyncOptions } from './index.ts'
import { createBackgroundSync } from './service-worker.ts'
import { items, people, trips } from './test/device.ts'
import { fakeEnvironment } from './testing/fake-environment.ts'
import { stubbedApp, stubSupabase } from './test/stubbed-app.ts'

const { supabase } = stubSupabase(() => 0)
const { adapter } = items

/** As an app without types may give them. */
const wrong: [string, object, RegExp][] = [
  ['no client', { supabase: undefined, collections: {} }, /needs `supabase`/],
  ['a collection without a scope', { collections: { items: { adapter } } }, /items needs a `scope`/],
  ['a collection with neither adapter nor read and write', { collections: { items: { scope: 'tripId', read: () => ({}) } } }, /items needs an `adapter`/],
  ['something else for an adapter', { collections: { items: { scope: 'tripId', adapter: items.slice } } }, /items needs an `adapter`/],
  ['entities that have other names than their ids', { collections: { items: { scope: 'tripId', adapter: createEntityAdapter({ selectId: ({ meta }: { readonly meta: { readonly key: string } }) => meta.key }) } } }, /adapter of items .* by `id`/],
  ['a policy by its name', { collections: { items: { scope: 'tripId', adapter, merge: { name: 'manual' } } } }, /policy for name of items/],
  ['two collections of one table', { collections: { items: { scope: 'tripId', adapter }, things: { scope: 'tripId', adapter, table: 'items' } } }, /items and things are both of the table items/],
  ['a parent that is no collection', { collections: { items: { scope: 'tripId', adapter, references: { tripId: 'trips' } } } }, /items refers to trips/],
]

test.each(wrong)('%s is refused at set-up, in a sentence that says what to do', (_what, given, sentence) => {
  const options = { supabase, ...given } as unknown as SyncOptions
  const refusal = expect.objectContaining({ name: 'SyncError', code: 'bad-configuration', message: expect.stringMatching(sentence) as string }) as Error
  expect(() => createSync(options)).toThrow(refusal)
  expect(() => createBackgroundSync(options)).toThrow(refusal)
})

/** By which no store was made yet. */
const unused = (environment = fakeEnvironment()) =>
  createSync({ supabase: stubSupabase(environment.now).supabase, environment, storage: () => Promise.resolve(memoryStorage()), collections: { items: { adapter, scope: 'tripId' } } })

describe('`start` refuses a store in which sync could do nothing, by what is missing', () => {
  const reducers = { trips: trips.slice.reducer, people: people.slice.reducer, items: items.slice.reducer }
  const other = createSlice({ name: 'items', initialState: { all: [] }, reducers: {} })
  test('the reducer', async () => {
    const { sync } = stubbedApp()
    const store = configureStore({ reducer: reducers, middleware: (getDefault) => getDefault().concat(sync.middleware) })
    const refusal = { code: 'bad-configuration', message: expect.stringContaining('sync.reducer') as string }
    await expect(sync.start(store)).rejects.toMatchObject(refusal)
    for (const select of [selectSync, selectPending, selectUnsynced]) expect(() => select(store.getState() as never)).toThrow(expect.objectContaining(refusal) as Error)
  })

  test('the middleware', async () => {
    const sync = unused()
    const store = configureStore({ reducer: sync.reducer(reducers) })
    await expect(sync.start(store)).rejects.toMatchObject({ code: 'bad-configuration', message: expect.stringContaining('sync.middleware') as string })
  })

  test('the state of an adapter', async () => {
    const { sync } = stubbedApp()
    const store = configureStore({ reducer: sync.reducer({ ...reducers, items: other.reducer }), middleware: (getDefault) => getDefault().concat(sync.middleware) })
    await expect(sync.start(store)).rejects.toMatchObject({ code: 'bad-configuration', message: expect.stringMatching(/slice items .*getInitialState/) as string })
  })

  test('and after that it can be started with the right one', async () => {
    const environment = fakeEnvironment()
    const sync = unused(environment)
    await expect(sync.start(configureStore({ reducer: sync.reducer(reducers) }))).rejects.toMatchObject({ code: 'bad-configuration' })
    const store = configureStore({ reducer: sync.reducer(reducers), middleware: (getDefault) => getDefault().concat(sync.middleware) })
    await sync.start(store)
    await environment.settle()
    expect(store.getState().sync).toMatchObject({ user: 'ann' })
  })
})
