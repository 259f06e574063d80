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
