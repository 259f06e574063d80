import { promisifyRequest } from 'idb-keyval'
import { keys } from '../core/records.ts'
import { databaseVersion } from '../core/sealed.ts'
import { counted, countedKeys } from '../engine/counted.ts'
import type { Committed, OpenStorage, SealedWrite, Storage } from '../engine/ports.ts'
import { asStorageError, openDatabase, type Database, type InTransaction } from './idb-database.ts'

/**
 * IndexedDB, a database for each user [ID2]. What fails is a `StorageError`. `prefix` tells apart two apps on one origin;
 * `version` is given by tests, which play an older or a newer app.
 */
export function idbStorage(prefix: string = 'stowaway', version: number = databaseVersion): OpenStorage {
  return async (user) => {
    const database = openDatabase(`${prefix}:${user}`, version)
    const storage = fromDatabase(database)
    // At once: who cannot open it must know before anything is shown or recorded.
    await storage.lastCommit()
    return storage
  }
}

function failedToRead(cause: unknown): never {
  throw asStorageError('read from', cause)
}

function fromDatabase({ transact, close }: Database): Storage {
  return {
    readAll: () => transact('readonly', readAll).catch(() => readEach(transact)).catch(failedToRead),
    lastCommit: () => transact('readonly', async (records) => (await promisifyRequest<number | undefined>(records.get(keys.commits))) ?? 0).catch(failedToRead),
    commit: (write) =>
      transact('readwrite', (records) => commit(records, write), write.after === 0).catch((cause: unknown) => {
        throw asStorageError('write to', cause)
      }),
    close,
  }
}

/** Records that are read at once. Each reading ends in a task of its own, in which the browser makes objects of so many. */
const atOnce = 100

/** As of one moment: a transaction lasts as long as requests are made in it. */
async function readAll(records: IDBObjectStore): Promise<[string, unknown][]> {
  const all: [string, unknown][] = []
  for (;;) {
    const after = all.at(-1)?.[0]
    const range = after === undefined ? null : IDBKeyRange.lowerBound(after, true)
    const [names, values] = await Promise.all([promisifyRequest(records.getAllKeys(range, atOnce)), promisifyRequest<unknown[]>(records.getAll(range, atOnce))])
    for (const [index, name] of names.entries()) all.push([name as string, values[index]])
    if (names.length < atOnce) return all
  }
}

/**
 * One by one: when a single value cannot be read, the browser fails all of `getAll` [OB8]. It is of no one moment, so the number of
 * the last write is read before all else: what is written meanwhile may be here already, and is looked for again all the same [TB2].
 */
async function readEach(transact: InTransaction): Promise<[string, unknown][]> {
  const read = (name: IDBValidKey) => transact('readonly', (records) => promisifyRequest<unknown>(records.get(name))).catch(() => undefined)
  const commits = await read(keys.commits)
  const names = await transact('readonly', (records) => promisifyRequest(records.getAllKeys()))
  return Promise.all(names.map(async (name): Promise<[string, unknown]> => [name as string, name === keys.commits ? commits : await read(name)]))
}

/** All or nothing: when one `put` throws, those before it would be committed unless the transaction is aborted [ST1]. */
async function commit(records: IDBObjectStore, write: SealedWrite): Promise<Committed> {
  const { transaction } = records
  const done = promisifyRequest(transaction)
  try {
    const { committed, puts } = counted(write, await Promise.all(countedKeys.map((key) => promisifyRequest<unknown>(records.get(key)))))
    for (const [key, value] of puts) records.put(value, key)
    for (const key of write.deletes ?? []) records.delete(key)
    await done
    return committed
  } catch (cause) {
    // Already aborted when it was the browser that refused.
    if (transaction.error === null) transaction.abort()
    await done.catch(() => {})
    throw cause
  }
}
