import { keys } from '../core/records.ts'
import { counted, countedKeys } from './counted.ts'
import type { SealedWrite, Storage } from './ports.ts'

/** Of all browsers and of Node; the engine is compiled without their types. */
declare function structuredClone<Value>(value: Value): Value

/** A store that lives as long as its process: for tests, and for Node programs that need no more. */
export function memoryStorage(): Storage {
  const records = new Map<string, unknown>()
  return {
    readAll: () => Promise.resolve([...records].sort(([a], [b]) => (a < b ? -1 : 1))),
    // Asynchronous to the outside only: a write that fails rejects, as in every other storage.
    commit: async (write: SealedWrite) => {
      const { committed, puts } = counted(write, countedKeys.map((key) => records.get(key)))
      // Cloned before anything is stored: a value that cannot be cloned fails the whole write, as in IndexedDB.
      for (const [key, value] of structuredClone(puts)) records.set(key, value)
      for (const key of write.deletes ?? []) records.delete(key)
      return committed
    },
    lastCommit: () => Promise.resolve((records.get(keys.commits) as number | undefined) ?? 0),
    close: () => {},
  }
}
