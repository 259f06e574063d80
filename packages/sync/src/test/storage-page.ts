import { configureStore } from '@reduxjs/toolkit'
import { idbStorage } from '../browser/idb-storage.ts'
import { keys } from '../core/records.ts'
import { sealedWrite } from '../engine/opening.ts'
import { createSync, type SyncState } from '../index.ts'
import { items, people, trips } from './device.ts'
import { stubSupabase } from './stubbed-app.ts'

/** A page without anything to see: an app's store on the storage of a real browser, before a server that is a stub. */
export interface StoragePage {
  /** Puts a row of so many bytes into each of these scopes, as if the server had sent it. Before `start`. */
  readonly putRows: (scopes: readonly string[], bytes: number) => Promise<void>
  readonly start: () => Promise<void>
  /** Adds an item whose name has so many bytes. */
  readonly add: (item: string, trip: string, bytes: number) => void
  readonly online: (isOnline: boolean) => void
  readonly state: () => Pick<SyncState, 'pending' | 'durable' | 'storage' | 'evicted' | 'kept'>
  readonly shown: () => readonly string[]
  /** The ids of what the server was sent. */
  readonly sent: () => readonly string[]
  /** With the ids of their ops. */
  readonly sentOps: () => readonly { readonly op: string; readonly id: string }[]
  /** Deletes the database from outside, as a user does in the browser's settings; what became of that. */
  readonly removeDatabase: () => Promise<'deleted' | 'blocked'>
  /** The keys of all records. */
  readonly stored: () => Promise<readonly string[]>
}

declare global {
  interface Window {
    device: StoragePage
  }
}

/** Of random letters, which no storage makes much smaller; the browser gives 65,536 at a time. */
function textOf(bytes: number): string {
  let text = ''
  while (text.length < bytes) text += Array.from(crypto.getRandomValues(new Uint8Array(Math.min(bytes - text.length, 65_536))), (byte) => String.fromCharCode(48 + (byte % 64))).join('')
  return text
}

const stub = stubSupabase(() => Date.now())
const sync = createSync({
  supabase: stub.supabase,
  collections: {
    trips: { adapter: trips.adapter, scope: 'id' },
    people: { adapter: people.adapter, scope: 'tripId', references: { tripId: 'trips' } },
    items: { adapter: items.adapter, scope: 'tripId', references: { tripId: 'trips' } },
  },
})
const store = configureStore({
  reducer: sync.reducer({ trips: trips.slice.reducer, people: people.slice.reducer, items: items.slice.reducer }),
  middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
})

window.device = {
  putRows: async (scopes, bytes) => {
    const storage = await idbStorage()('ann')
    for (const scope of scopes) {
      const row = { collection: 'items', id: `${scope}-item`, scope, version: 1, fields: { tripId: scope, personId: null, name: textOf(bytes), quantity: 1, packed: false } }
      await storage.commit(sealedWrite({ puts: [[keys.page('items', scope, 0), { rows: [row] }], [keys.scope(scope), { scope, cursor: '1' }]] }))
    }
    storage.close()
  },
  start: () => sync.start(store),
  add: (id, tripId, bytes) => void store.dispatch(items.slice.actions.added({ id, tripId, name: textOf(bytes), quantity: 1, packed: false })),
  online: (isOnline) => {
    stub.online = isOnline
    sync.now()
  },
  state: () => {
    const { pending, durable, storage, evicted, kept } = store.getState().sync
    return { pending, durable, storage, evicted, kept }
  },
  shown: () => store.getState().items.ids,
  sent: () => stub.pushes.flatMap(({ ops }) => ops.map(({ id }) => id)),
  sentOps: () => stub.pushes.flatMap(({ ops }) => ops.map(({ op_id: op, id }) => ({ op, id }))),
  removeDatabase: () =>
    new Promise((resolve) => {
      const request = indexedDB.deleteDatabase('stowaway:ann')
      request.onsuccess = () => resolve('deleted')
      request.onblocked = () => resolve('blocked')
    }),
  stored: async () => {
    const storage = await idbStorage()('ann')
    const records = await storage.readAll()
    storage.close()
    return records.map(([key]) => key)
  },
}
