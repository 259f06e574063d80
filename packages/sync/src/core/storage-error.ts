import { SyncError } from './errors.ts'

/** Why the device's storage does not do what it should. */
export type StorageProblem =
  /** There is no room left for this origin. */
  | 'full'
  /** There is no storage: private mode, settings that forbid it, a browser without IndexedDB, a disk that cannot be opened. */
  | 'absent'
  /** An older version of the app holds the database open in another tab, and does not let go. */
  | 'blocked'
  /** A newer version of the app has written the database. */
  | 'newer'
  /** The database was deleted while the app ran: by the user, or by the browser for want of room. */
  | 'lost'
  /** Anything else; trying again may help. */
  | 'failed'

/** The code is `storage`; `problem` says what is wrong. */
export class StorageError extends SyncError {
  readonly problem: StorageProblem

  constructor(problem: StorageProblem, message: string, cause?: unknown) {
    super('storage', message, cause)
    this.problem = problem
  }
}

/** Of an error that is no `StorageError`, nothing is known. */
export const problemOf = (error: unknown): StorageProblem => (error instanceof StorageError ? error.problem : 'failed')
