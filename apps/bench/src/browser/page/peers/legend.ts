import { observable, syncState, when, type Observable } from '@legendapp/state'
import { observablePersistIndexedDB } from '@legendapp/state/persist-plugins/indexeddb'
import { syncedCrud } from '@legendapp/state/sync-plugins/crud'
import type { ItemRow, Library } from '../library.ts'

/** Legend-State with IndexedDB, and its queue of what is to be sent (`retrySync`), which it writes before the row. */
export const legend: Library = {
  empty: async (database, rows) => {
    const { items$, online$, saved } = await open(database, rows)
    items$.get()
    await when(syncState(items$).isPersistLoaded)
    return {
      store: async () => {
        online$.set(true)
        await when(syncState(items$).isLoaded)
        await saved()
      },
      close: () => Promise.resolve(),
    }
  },
  start: async (database) => {
    const { items$, saved } = await open(database, [])
    items$.get()
    await when(syncState(items$).isPersistLoaded)
    return {
      ids: Object.keys(items$.peek()),
      edit: (ids, quantity) => {
        for (const [index, id] of ids.entries()) items$[id]!.quantity.set(quantity + index)
        return saved()
      },
      close: () => Promise.resolve(),
    }
  },
}

const nobodyWaits: () => void = () => {}

interface Opened {
  readonly items$: Observable<Record<string, ItemRow>>
  readonly online$: Observable<boolean>
  /** Resolves when its storage says that what is written next is stored. */
  readonly saved: () => Promise<void>
}

/** Offline until it is told otherwise: nothing is fetched and nothing sent. */
async function open(databaseName: string, rows: readonly ItemRow[]): Promise<Opened> {
  const plugin = observablePersistIndexedDB({ databaseName, version: 1, tableNames: ['items'] })
  const set = plugin.set.bind(plugin)
  let onSaved = nobodyWaits
  plugin.set = async (...change) => {
    await set(...change)
    onSaved()
  }
  const online$ = observable(false)
  const items$ = observable<Record<string, ItemRow>>(
    syncedCrud({
      list: () => Promise.resolve([...rows]),
      update: (item: ItemRow) => Promise.resolve(item),
      as: 'object',
      waitFor: online$,
      waitForSet: online$,
      persist: { name: 'items', plugin, retrySync: true },
      retry: { infinite: true },
    } as never) as never,
  )
  return { items$, online$, saved: () => new Promise((resolve) => (onSaved = resolve)) }
}
