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

/** What is wrong, in English, and what the user can do; an app with texts of its own goes by the problem. */
export const problemInWords: Readonly<Record<StorageProblem, string>> = {
  full: 'There is no room left on this device. Free some; until then changes last only as long as this page is open.',
  absent: 'This device keeps nothing for this app, as in a private window. Changes last only as long as this page is open.',
  blocked: 'Another tab holds the data of an older version of this app. Close the other tabs of this app; until then changes last only as long as this page is open.',
  newer: 'A newer version of this app has written the data on this device. Load the app anew to get it; until then changes last only as long as this page is open.',
  lost: 'The data of this app were deleted from this device while it was open.',
  failed: 'This device cannot keep changes at the moment. They last only as long as this page is open; it is tried again.',
}

/** Of an error that is no `StorageError`, nothing is known. */
export const problemOf = (error: unknown): StorageProblem => (error instanceof StorageError ? error.problem : 'failed')
