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
  /** Something was written since what a write stands on was read. */
  | 'outdated-read'
  /** Another tab leads by now: what this one wanted to write stood on what it knew before. */
  | 'outdated-term'
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

/** A tab that led, and does not know yet that another one does, wanted to write: nothing of it was [TB2]. */
export class OutdatedTerm extends SyncError {
  constructor(term: number, now: number) {
    super('outdated-term', `Another tab of this app leads in term ${now}; what was decided in term ${term} was not written. Try again.`)
  }
}

/** Something has been written since what this write stands on was read: nothing of it was written. */
export class OutdatedRead extends SyncError {
  constructor(after: number, now: number) {
    super('outdated-read', `The storage has taken ${now} writes; this one stood on the first ${after}. Read again.`)
  }
}
