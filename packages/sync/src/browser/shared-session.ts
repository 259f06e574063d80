import { createStore, del, get, set } from 'idb-keyval'

/** The storage that supabase-js takes for its session. */
export interface SessionStorage {
  readonly getItem: (key: string) => Promise<string | null>
  readonly setItem: (key: string, value: string) => Promise<void>
  readonly removeItem: (key: string) => Promise<void>
}

/**
 * Keeps the session where a service worker can read it, in IndexedDB: what supabase-js uses by default, localStorage, it cannot.
 * Page and worker give it to their clients. A session that lies in localStorage from before moves over by itself.
 *
 * @example createClient(url, key, { auth: { storage: sharedSession() } })
 */
export function sharedSession(prefix: string = 'stowaway'): SessionStorage {
  const store = createStore(`${prefix}:session`, 'session')
  return {
    getItem: async (key) => (await get<string>(key, store)) ?? moved(key),
    setItem: (key, value) => set(key, value, store),
    removeItem: async (key) => {
      old()?.removeItem(key)
      await del(key, store)
    },
  }

  async function moved(key: string): Promise<string | null> {
    const value = old()?.getItem(key) ?? null
    if (value === null) return null
    await set(key, value, store)
    old()?.removeItem(key)
    return value
  }
}

/** Workers have none. */
const old = (): Storage | undefined => (globalThis as { localStorage?: Storage }).localStorage
