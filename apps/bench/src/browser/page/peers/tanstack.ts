import { createCollection } from '@tanstack/db'
import { IndexedDBAdapter, startOfflineExecutor, type OnlineDetector } from '@tanstack/offline-transactions'
import { itemRows, type ItemRow, type Library } from '../library.ts'

/** TanStack DB with offline transactions, which keeps what is to be sent and no rows: those come from the server again at each start. */
export const tanstack: Library = {
  empty: (database, rows) => {
    localStorage.setItem(database, String(rows.length))
    return Promise.resolve({ store: () => Promise.resolve(), close: () => Promise.resolve() })
  },
  start: async (database) => {
    const rows = itemRows(Number(localStorage.getItem(database)))
    const collection = createCollection<ItemRow, string>({
      id: database,
      getKey: ({ id }) => id,
      sync: {
        sync: ({ begin, write, commit, markReady }) => {
          begin()
          for (const value of rows) write({ type: 'insert', value })
          void commit()
          markReady()
        },
      },
    })
    await collection.preload()
    const storage = new NotedAdapter(database)
    const offline = startOfflineExecutor({ collections: { items: collection }, mutationFns: { send: () => Promise.resolve() }, storage, onlineDetector: neverOnline })
    await offline.waitForInit()
    return {
      ids: rows.map(({ id }) => id),
      edit: (ids, quantity) => {
        const stored = storage.puts(ids.length)
        for (const [index, id] of ids.entries()) {
          const transaction = offline.createOfflineTransaction({ mutationFnName: 'send', autoCommit: false })
          transaction.mutate(() => collection.update(id, (draft) => void ((draft as { quantity: number }).quantity = quantity + index)))
          // It resolves when it is sent, which is never here.
          transaction.commit().catch(() => {})
        }
        return stored
      },
      close: () => Promise.resolve(offline.dispose()),
    }
  },
}

/** Its own storage, which tells how many puts are done. */
class NotedAdapter extends IndexedDBAdapter {
  #left = 0
  #onDone: () => void = () => {}

  puts(count: number): Promise<void> {
    this.#left = count
    return new Promise((resolve) => (this.#onDone = resolve))
  }

  override async set(key: string, value: string): Promise<void> {
    await super.set(key, value)
    this.#left -= 1
    if (this.#left === 0) this.#onDone()
  }
}

const neverOnline: OnlineDetector = { subscribe: () => () => {}, notifyOnline: () => {}, isOnline: () => false, dispose: () => {} }
