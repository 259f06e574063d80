import 'fake-indexeddb/auto'
import { configureStore } from '@reduxjs/toolkit'
import { expect, test, vi } from 'vitest'
import { createSync } from './index.ts'
import { items } from './test/device.ts'
import { stubSupabase } from './test/stubbed-app.ts'

/** An app as a browser has it: IndexedDB, Web Locks and messages, and a server that cannot be reached. */
async function open(name: string) {
  const stub = stubSupabase(() => Date.now())
  stub.online = false
  const sync = createSync({ supabase: stub.supabase, name, collections: { items: { adapter: items.adapter, scope: 'tripId' } } })
  const store = configureStore({ reducer: sync.reducer({ items: items.slice.reducer }), middleware: (getDefault) => getDefault().concat(sync.middleware) })
  await sync.start(store)
  return { stub, sync, store }
}

test('[TB1] in Node too a tab leads, and sends what is recorded', async () => {
  const { stub, sync, store } = await open('third')
  stub.online = true
  store.dispatch(items.slice.actions.added({ id: 'tent', tripId: 'lakes', name: 'Tent', quantity: 1, packed: false }))
  await vi.waitFor(() => expect(stub.pushes.flatMap(({ ops }) => ops.map(({ id }) => id))).toEqual(['tent']), 5_000)
  await sync.stop()
})

test('apps of one origin that have names keep their own data of one user, each for its next start', async () => {
  const first = await open('first')
  first.store.dispatch(items.slice.actions.added({ id: 'tent', tripId: 'lakes', name: 'Tent', quantity: 1, packed: false }))
  await first.sync.flush()
  await first.sync.stop()
  const second = await open('second')
  expect(second.store.getState()).toMatchObject({ items: { ids: [] }, sync: { pending: 0, storage: null } })
  await second.sync.stop()
  const again = await open('first')
  expect(again.store.getState()).toMatchObject({ items: { ids: ['tent'] }, sync: { pending: 1 } })
  await again.sync.stop()
  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual(expect.arrayContaining(['first:ann', 'second:ann']))
})
