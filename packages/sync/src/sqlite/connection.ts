import { SyncError } from '../core/errors.ts'
import { StorageError, problemOf } from '../core/storage-error.ts'
import type { SqliteDriver } from './drivers.ts'

export type Execute = SqliteDriver['execute']

/** One connection, on which transactions wait for each other. */
export interface Connection {
  /** Runs `work` as one transaction: all of it or nothing. Statements of others do not come in between. */
  readonly transact: <Result>(work: (execute: Execute) => Promise<Result>) => Promise<Result>
  readonly close: () => void
}

/** @throws {SyncError} by `transact`: a `StorageError`, unless `work` threw another. */
export function connect(driver: SqliteDriver): Connection {
  let last: Promise<unknown> = Promise.resolve()

  const attempt = async <Result>(work: (execute: Execute) => Promise<Result>): Promise<Result> => {
    // Immediate: one that begins by reading and then writes could meet another writer in between.
    await driver.execute('begin immediate', [])
    try {
      const result = await work(driver.execute)
      await driver.execute('commit', [])
      return result
    } catch (cause) {
      // After some failures SQLite has rolled back by itself, and refuses to do it again.
      await driver.execute('rollback', []).catch(() => {})
      throw cause
    }
  }

  return {
    transact: (work) => {
      const done = last.then(() => attempt(work)).catch((cause: unknown) => {
        throw asStorageError(driver, cause)
      })
      last = done.catch(() => {})
      return done
    },
    close: () => void last.then(() => driver.close()),
  }
}

function asStorageError(driver: SqliteDriver, cause: unknown): SyncError {
  // It says already what happened: a term that is over is no fault of the storage.
  if (cause instanceof SyncError) return cause
  const problem = driver.problemOf?.(cause) ?? problemOf(cause)
  return new StorageError(problem, `SQLite refused to read or write: ${String(cause)}`, cause)
}
