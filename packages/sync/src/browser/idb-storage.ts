import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import { SyncError } from '../core/errors.ts'
import { keys } from '../core/records.ts'
import type { OpenStorage, SealedWrite, Storage } from '../engine/ports.ts'

/** IndexedDB, a database for each user [ID2]. `prefix` tells apart two apps on one origin. */
export function idbStorage(prefix: string = 'stowaway'): OpenStorage {
  return (user) => Promise.resolve(fromStore(createStore(`${prefix}:${user}`, 'records')))
}

function fromStore(store: UseStore): Storage {
  return {
    readAll: () => store('readonly', readAll).catch(() => readEach(store)).catch(fail('read from')),
    lastSequence: () => store('readonly', async (records) => (await promisifyRequest<number | undefined>(records.get(keys.sequence))) ?? 0).catch(fail('read from')),
    commit: (write) => store('readwrite', (records) => commit(records, write)).catch(fail('write to')),
    // idb-keyval keeps its one connection for the life of the page and reopens it when the browser has closed it.
    close: () => {},
  }
}

async function readAll(records: IDBObjectStore): Promise<[string, unknown][]> {
  const [names, values] = await Promise.all([promisifyRequest(records.getAllKeys()), promisifyRequest<unknown[]>(records.getAll())])
  return names.map((name, index) => [name as string, values[index]])
}

/** One by one: when a single value cannot be read, the browser fails all of `getAll` [OB8]. */
async function readEach(store: UseStore): Promise<[string, unknown][]> {
  const names = await store('readonly', (records) => promisifyRequest(records.getAllKeys()))
  const read = (name: IDBValidKey) => store('readonly', (records) => promisifyRequest<unknown>(records.get(name))).catch(() => undefined)
  return Promise.all(names.map(async (name): Promise<[string, unknown]> => [name as string, await read(name)]))
}

/** All or nothing: when one `put` throws, those before it would be committed unless the transaction is aborted [ST1]. */
async function commit(records: IDBObjectStore, { puts = [], deletes = [], append = [], sequenceAtLeast }: SealedWrite): Promise<number[]> {
  const { transaction } = records
  const done = promisifyRequest(transaction)
  try {
    const sequences: number[] = []
    if (append.length > 0 || sequenceAtLeast !== undefined) {
      const counted = await promisifyRequest<unknown>(records.get(keys.sequence))
      let sequence = Math.max(typeof counted === 'number' ? counted : 0, sequenceAtLeast ?? 0)
      for (const change of append) {
        sequence += 1
        records.put({ ...change, sequence }, keys.change(sequence))
        sequences.push(sequence)
      }
      records.put(sequence, keys.sequence)
    }
    for (const [key, value] of puts) records.put(value, key)
    for (const key of deletes) records.delete(key)
    await done
    return sequences
  } catch (cause) {
    // Already aborted when it was the browser that refused.
    if (transaction.error === null) transaction.abort()
    await done.catch(() => {})
    throw cause
  }
}

const fail =
  (act: string) =>
  (cause: unknown): never => {
    throw new SyncError('storage', `The browser refused to ${act} its database: ${String(cause)}`, cause)
  }
