import { OutdatedRead, SyncError } from '../core/errors.ts'
import { problemInWords, StorageError, type StorageProblem } from '../core/storage-error.ts'

/** `isNew`: whoever asks knows that the database may be a new and empty one. */
export type InTransaction = <Result>(mode: IDBTransactionMode, work: (records: IDBObjectStore) => Promise<Result>, isNew?: boolean) => Promise<Result>

/** One user's database. It is opened by its first use, and again when the browser has closed it. */
export interface Database {
  readonly transact: InTransaction
  readonly close: () => void
}

/** The only object store. */
const records = 'records'
/** Milliseconds in which the connections of other tabs must have closed when the database is upgraded. */
const blockedGrace = 500

/**
 * The connection lets go at once when another tab upgrades or deletes the database: who waits for that would be blocked. After a
 * deletion there is a new and empty one, in which nobody may read or write as if it were the old: that is `lost`, until somebody
 * has written to it who knows.
 */
export function openDatabase(name: string, version: number): Database {
  let opening: Promise<IDBDatabase> | null = null
  let connection: IDBDatabase | null = null
  let wasOpen = false
  let isLost = false

  const open = async (): Promise<IDBDatabase> => {
    const { database, isNew } = await request(name, version)
    connection = database
    database.addEventListener('close', () => (opening = null))
    database.onversionchange = ({ newVersion }) => {
      database.close()
      opening = null
      isLost ||= newVersion === null
    }
    // The browser closed it, and threw it away.
    isLost ||= isNew && wasOpen
    wasOpen = true
    return database
  }

  const connect = async (isNew: boolean): Promise<IDBDatabase> => {
    opening ??= open()
    const attempt = opening
    const database = await attempt.catch((cause: unknown) => {
      if (opening === attempt) opening = null
      throw cause
    })
    if (!isLost || isNew) return database
    throw new StorageError('lost', problemInWords.lost)
  }

  const begin = async (mode: IDBTransactionMode, isNew: boolean): Promise<IDBTransaction> => {
    const database = await connect(isNew)
    try {
      return database.transaction(records, mode)
    } catch (cause) {
      // It was closed, and has not told so yet.
      if (nameOf(cause) !== 'InvalidStateError') throw cause
      opening = null
      return (await connect(isNew)).transaction(records, mode)
    }
  }

  return {
    transact: async (mode, work, isNew = false) => {
      try {
        const done = await work((await begin(mode, isNew)).objectStore(records))
        if (isNew) isLost = false
        return done
      } catch (cause) {
        // Another tab, which knew of the loss, has written to it already.
        if (isNew && cause instanceof OutdatedRead) isLost = false
        throw cause
      }
    },
    close: () => {
      connection?.close()
      opening = null
    },
  }
}

interface Connection {
  readonly database: IDBDatabase
  readonly isNew: boolean
}

function request(name: string, version: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const fail = (problem: StorageProblem, cause?: unknown) => reject(new StorageError(problem, problemInWords[problem], cause))
    if (typeof indexedDB === 'undefined') return fail('absent')
    let isNew = false
    let isLate = false
    try {
      const asked = indexedDB.open(name, version)
      asked.onupgradeneeded = ({ oldVersion }) => {
        isNew = oldVersion === 0
        if (isNew) asked.result.createObjectStore(records)
      }
      // It is also told while tabs that let go are still closing.
      asked.onblocked = () => setTimeout(() => {
        isLate = true
        fail('blocked')
      }, blockedGrace)
      // Nobody waits any more for one that was blocked; left open it would block others.
      asked.onsuccess = () => (isLate ? asked.result.close() : resolve({ database: asked.result, isNew }))
      asked.addEventListener('error', () => fail(openProblems[nameOf(asked.error)] ?? 'absent', asked.error))
    } catch (cause) {
      fail('absent', cause)
    }
  })
}

const openProblems: Readonly<Record<string, StorageProblem>> = { VersionError: 'newer', QuotaExceededError: 'full' }

const nameOf = (cause: unknown): string => (cause instanceof DOMException ? cause.name : '')

/** What became of a transaction that failed, as an error that says so. */
export function asStorageError(act: 'read from' | 'write to', cause: unknown): SyncError {
  // It says already what happened: a term that is over is no fault of the storage.
  if (cause instanceof SyncError) return cause
  if (nameOf(cause) === 'QuotaExceededError') return new StorageError('full', problemInWords.full, cause)
  return new StorageError('failed', `The browser refused to ${act} its database: ${String(cause)}`, cause)
}
