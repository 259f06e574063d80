import { configureStore } from '@reduxjs/toolkit'
import { createClient } from '@supabase/supabase-js'
import { counter, createSync } from '../index.ts'
import { items, trips } from './device.ts'

/**
 * A page without anything to see: an app's store on the storage, locks and channels of a real browser. The specs in `e2e`
 * build it, and call what it puts on `window`.
 */
export interface TabPage {
  /** Signs up where nobody has that address yet. Resolves when what the device knows is in the store. */
  readonly start: (account: { readonly email: string; readonly password: string }) => Promise<void>
  readonly addTrip: (trip: string) => void
  readonly addItem: (item: string, trip: string) => void
  /** Adds to an item's quantity, which counts what all add. */
  readonly add: (item: string, more: number) => void
  readonly rename: (item: string, name: string) => void
  readonly flush: () => Promise<void>
  readonly syncNow: () => void
  readonly pending: () => number
  /** It has sent what it knows of, and is about nothing now. */
  readonly rests: () => boolean
  /** Quantity and name by the id of the item. */
  readonly shown: () => Record<string, readonly [quantity: number, name: string]>
  /** Whether this tab holds the lock. */
  readonly leads: () => Promise<boolean>
}

declare global {
  interface Window {
    tab: TabPage
  }
}

const supabase = createClient(location.origin, 'sb_publishable_localdevlocaldevlocaldev')
const sync = createSync({
  supabase,
  collections: {
    trips: { adapter: trips.adapter, scope: 'id' },
    items: { adapter: items.adapter, scope: 'tripId', references: { tripId: 'trips' }, merge: { quantity: counter() } },
  },
})
const store = configureStore({
  reducer: sync.reducer({ trips: trips.slice.reducer, items: items.slice.reducer }),
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})
const itemsNow = () => store.getState().items.entities
const change = (id: string, changes: { name?: string; quantity?: number }) => void store.dispatch(items.slice.actions.changed({ id, changes }))

/** Locks tell who holds them by a client id, which a page learns of itself by a lock that nobody else wants. */
const own = crypto.randomUUID()
void navigator.locks.request(own, () => new Promise(() => {}))

window.tab = {
  start: async (account) => {
    await sync.start(store)
    const known = await supabase.auth.signInWithPassword(account)
    if (known.error !== null) await supabase.auth.signUp(account)
    await new Promise<void>((resolve) => {
      const look = () => store.getState().sync.user !== null && (stop(), resolve())
      const stop = store.subscribe(look)
      look()
    })
  },
  addTrip: (id) => void store.dispatch(trips.slice.actions.added({ id, name: 'Lakes' })),
  addItem: (id, tripId) => void store.dispatch(items.slice.actions.added({ id, tripId, name: id, quantity: 0, packed: false })),
  add: (id, more) => change(id, { quantity: (itemsNow()[id]?.quantity ?? 0) + more }),
  rename: (id, name) => change(id, { name }),
  flush: () => sync.flush(),
  syncNow: () => sync.now(),
  pending: () => store.getState().sync.pending,
  rests: () => store.getState().sync.pending === 0 && ['idle', 'paused'].includes(store.getState().sync.phase),
  shown: () => Object.fromEntries(Object.values(itemsNow()).map(({ id, quantity, name }) => [id, [quantity, name] as const])),
  leads: async () => {
    const { held = [] } = await navigator.locks.query()
    const me = held.find(({ name }) => name === own)?.clientId
    return held.some(({ name, clientId }) => name?.startsWith('stowaway:') === true && clientId === me)
  },
}
