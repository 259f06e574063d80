import { createClient } from '@supabase/supabase-js'
import { createSync, type Network, type Sync } from '@stowaway/sync'
import { collections, syncedStore, untilState, type SyncedStore } from '../../store.ts'
import { answersTo, pagesOf, type Answers } from './answers.ts'
import { singly, together, type Dispatch } from './dispatches.ts'
import type { Library } from './library.ts'

/** Stowaway as its README says, on the browser's own storage, locks and channels; an edit of many items is one action. */
export const ours: Library = {
  empty: async (database, rows) => {
    const { sync, store, answers } = open(database)
    await sync.start(store)
    await untilState(store, ({ sync: { user, phase, lastSuccess } }) => user === database && phase === 'idle' && lastSuccess !== null)
    const pages = pagesOf(database, rows)
    return {
      store: () => {
        answers.pages.push(...pages)
        sync.now()
        // Rows are shown once they are durable.
        return untilState(store, ({ sync: { phase }, items: { ids } }) => ids.length === rows.length && phase === 'idle')
      },
      close: () => sync.stop(),
    }
  },
  start: (database) => start(database, together),
}

/** The same with an action for each item: more than any person makes, and held back for that [A5]. */
export const oursSingly: Library = {
  ...ours,
  start: (database) => start(database, singly),
}

async function start(database: string, dispatch: Dispatch): ReturnType<Library['start']> {
  let rested = 0
  const device = open(database, { network: 'offline', now: () => Date.now() + rested })
  const { sync, store, answers } = device
  await sync.start(store)
  return {
    ids: store.getState().items.ids,
    edit: (ids, quantity) => {
      // What was edited before is long ago: else it would count among what comes too fast.
      if (ids.length > 1) rested += 10_000
      dispatch(store, ids, quantity)
      return sync.flush()
    },
    send: async () => {
      device.goOnline()
      await untilState(store, ({ sync: { pending } }) => pending === 0)
      return answers.pushed.reduce((sum, ops) => sum + ops, 0)
    },
    close: () => sync.stop(),
  }
}

interface Device {
  readonly sync: Sync
  readonly store: SyncedStore
  readonly answers: Answers
  readonly goOnline: () => void
}

/** `database`: the user's name too, as the storage is named by its user. */
function open(database: string, { network = 'online', now = Date.now }: { network?: 'online' | 'offline'; now?: () => number } = {}): Device {
  const answers = answersTo(database)
  const expires_at = Math.floor(Date.now() / 1_000) + 3_600
  const session = { access_token: 'token', refresh_token: 'token', token_type: 'bearer', expires_in: 3_600, expires_at, user: { id: database } }
  const storageKey = `session of ${database}`
  localStorage.setItem(storageKey, JSON.stringify(session))
  const supabase = createClient(location.origin, 'key', { auth: { storageKey, autoRefreshToken: false }, global: { fetch: answers.fetch } })
  const line = switchable(network)
  // A page has one user; this one may have several databases at once.
  const lastUser = { read: () => database, write: () => {} }
  const sync = createSync({ supabase, collections, environment: { now }, network: line.network, lastUser })
  return { sync, store: syncedStore(sync), answers, goOnline: line.goOnline }
}

function switchable(at: 'online' | 'offline'): { readonly network: Network; readonly goOnline: () => void } {
  let isOnline = at === 'online'
  const listeners = new Set<(event: 'online' | 'offline' | 'focus') => void>()
  return {
    network: {
      online: () => isOnline,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    goOnline: () => {
      isOnline = true
      for (const listener of listeners) listener('online')
    },
  }
}
