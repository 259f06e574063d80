export type SyncErrorCode =
  /** A setting of `createSync` that cannot work. */
  | 'bad-configuration'
  /** A change that cannot be recorded; it is not in the outbox. */
  | 'bad-change'
  /** A change that its collection's schema does not let through; it is not in the outbox. */
  | 'invalid-change'
  /** An id that names nothing (any more). */
  | 'not-found'
  /** The device's storage refused to read or write. */
  | 'storage'
  /** Nobody is signed in on this device. */
  | 'signed-out'
  /** The session could not be ended. */
  | 'session'
  /** Somebody is to be signed out while there is work that the server does not have. */
  | 'unsynced'

/** Every error that this package throws on purpose, save failed requests (`TransportError`). */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly code: SyncErrorCode

  constructor(code: SyncErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** What a schema has against a change, in sentences for the user. */
export class InvalidChange extends SyncError {
  readonly issues: readonly string[]

  constructor(what: string, issues: readonly string[]) {
    super('invalid-change', `${what} is not valid: ${issues.join('; ')}`)
    this.issues = issues
  }
}

/** Work that is on this device alone, which whoever signs out must know of [ID3]. */
export class UnsyncedWork extends SyncError {
  /** Changes that wait to be sent, conflicts that wait for a decision and refused changes in the tray. */
  readonly count: number

  constructor(count: number) {
    super('unsynced', `The server does not have ${count} of this user's changes: sign out with \`keep\` or \`wipe\`, or later.`)
    this.count = count
  }
}
