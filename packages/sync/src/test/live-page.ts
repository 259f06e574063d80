import { configureStore } from '@reduxjs/toolkit'
import { createClient } from '@supabase/supabase-js'
import { createSync, selectPresent, type Present, type Stay } from '../index.ts'
import { items, trips } from './device.ts'

/** A page without anything to see, for the line between a browser and Realtime: an app's store, its edits, and who else is there. */
export interface LivePage {
  /** Signs up where nobody has that address yet. Resolves when what the device knows is in the store. */
  readonly start: (account: { readonly email: string; readonly password: string }) => Promise<void>
  readonly addTrip: (trip: string) => void
  readonly addItems: (ids: readonly string[], trip: string) => void
  readonly rename: (item: string, name: string) => void
  readonly remove: (item: string) => void
  /** All is sent, and nothing is asked now. */
  readonly rests: () => boolean
  /** Names by the id of the item. */
  readonly shown: () => Record<string, string>
  /** Shows a trip and a place in it, instead of what it showed before; `null`: none. */
  readonly enter: (trip: string | null, where?: string | null) => void
  readonly others: (trip: string) => readonly Present[]
  /** The channels that the tab holds. */
  readonly channels: () => readonly string[]
}

declare global {
  interface Window {
    live: LivePage
  }
}

const supabase = createClient(location.origin, 'sb_publishable_localdevlocaldevlocaldev')
const sync = createSync({
  supabase,
  collections: {
    trips: { adapter: trips.adapter, scope: 'id' },
    items: { adapter: items.adapter, scope: 'tripId', references: { tripId: 'trips' } },
  },
})
const store = configureStore({
  reducer: sync.reducer({ trips: trips.slice.reducer, items: items.slice.reducer }),
  middleware: (getDefault) => getDefault().concat(sync.middleware),
})
let stay: Stay | null = null

window.live = {
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
  addItems: (ids, tripId) => void store.dispatch(items.slice.actions.addedMany(ids.map((id) => ({ id, tripId, name: id, quantity: 1, packed: false })))),
  rename: (id, name) => void store.dispatch(items.slice.actions.changed({ id, changes: { name } })),
  remove: (id) => void store.dispatch(items.slice.actions.removed(id)),
  rests: () => store.getState().sync.pending === 0 && store.getState().sync.phase === 'idle',
  shown: () => Object.fromEntries(Object.values(store.getState().items.entities).map(({ id, name }) => [id, name])),
  enter: (trip, where = null) => {
    stay?.leave()
    stay = trip === null ? null : sync.enter(trip, where)
  },
  others: (trip) => selectPresent(store.getState(), trip),
  channels: () => supabase.getChannels().map(({ topic }) => topic),
}
