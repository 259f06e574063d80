import { bareStore, reducers, type Item } from '../../store.ts'
import { singly, together, type Dispatch } from './dispatches.ts'
import type { ItemRow, Library, Started } from './library.ts'

/** IndexedDB by itself, one record per row: what nothing that keeps rows one by one can be faster than. */
export const raw: Library = {
  empty: async (database, rows) => {
    const opened = await open(database)
    return { store: () => put(opened, rows), close: () => closed(opened) }
  },
  start: async (database): Promise<Started> => {
    const opened = await open(database)
    const rows = await all(opened)
    const byId = new Map(rows.map((row) => [row.id, row]))
    return {
      ids: [...byId.keys()],
      edit: (ids, quantity) => put(opened, ids.map((id) => ({ ...byId.get(id)!, quantity }))),
      close: () => closed(opened),
    }
  },
}

/** A Redux store without Stowaway, and one record per row that it changes: what an app does for itself that keeps nothing but rows. */
export const bare: Library = {
  empty: raw.empty,
  start: (database) => start(database, together),
}

/** The same with an action for each item. */
export const bareSingly: Library = {
  empty: raw.empty,
  start: (database) => start(database, singly),
}

async function start(database: string, dispatch: Dispatch): Promise<Started> {
  const opened = await open(database)
  const entities = Object.fromEntries((await all(opened)).map((row): [string, Item & ItemRow] => [row.id, { ...row, tripId: row.trip_id }]))
  const ids = Object.keys(entities)
  const rest = { trips: reducers.trips(undefined, { type: '' }), ui: reducers.ui(undefined, { type: '' }) }
  const store = bareStore({ ...rest, items: { ids, entities } })
  return {
    ids,
    edit: (edited, quantity) => {
      dispatch(store, edited, quantity)
      const now = store.getState().items.entities
      return put(opened, edited.map((id) => now[id]!))
    },
    close: () => closed(opened),
  }
}

const rowsStore = 'rows'

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(rowsStore, { keyPath: 'id' })
    request.onsuccess = () => resolve(request.result)
    request.addEventListener('error', () => reject(request.error!))
  })
}

function all(database: IDBDatabase): Promise<readonly ItemRow[]> {
  return new Promise((resolve, reject) => {
    const request = database.transaction(rowsStore).objectStore(rowsStore).getAll() as IDBRequest<ItemRow[]>
    request.onsuccess = () => resolve(request.result)
    request.addEventListener('error', () => reject(request.error!))
  })
}

/** In one transaction. */
function put(database: IDBDatabase, rows: readonly { readonly id: string }[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(rowsStore, 'readwrite')
    const store = transaction.objectStore(rowsStore)
    for (const row of rows) store.put(row)
    transaction.oncomplete = () => resolve()
    transaction.addEventListener('abort', () => reject(transaction.error!))
  })
}

function closed(database: IDBDatabase): Promise<void> {
  database.close()
  return Promise.resolve()
}
