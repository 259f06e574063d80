export type SyncErrorCode =
  /** A setting of `createSync` that cannot work. */
  | 'bad-configuration'
  /** A change that cannot be recorded; it is not in the outbox. */
  | 'bad-change'
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
