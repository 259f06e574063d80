import { keys } from '../core/records.ts'
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
      // Cloned before anything is stored: a value that cannot be cloned fails the whole write, as in IndexedDB.
      const puts = structuredClone(write.puts ?? [])
      const append = structuredClone(write.append ?? [])
      const counted = records.get(keys.sequence)
      let sequence = Math.max(typeof counted === 'number' ? counted : 0, write.sequenceAtLeast ?? 0)
      const sequences = append.map((change) => {
        sequence += 1
        records.set(keys.change(sequence), { ...change, sequence })
        return sequence
      })
      if (sequences.length > 0 || write.sequenceAtLeast !== undefined) records.set(keys.sequence, sequence)
      for (const [key, value] of puts) records.set(key, value)
      for (const key of write.deletes ?? []) records.delete(key)
      return sequences
    },
    lastSequence: () => Promise.resolve((records.get(keys.sequence) as number | undefined) ?? 0),
    close: () => {},
  }
}
