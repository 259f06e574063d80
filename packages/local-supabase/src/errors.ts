export type LocalSupabaseErrorCode =
  /** Another process uses the folder. */
  | 'locked'
  /** The port is taken. */
  | 'port_in_use'
  /** A migration failed; nothing of it was applied. */
  | 'migration_failed'
  /** The embedded Postgres did not start. */
  | 'postgres_failed'
  /** A user could not be created. */
  | 'user_not_created'

/** What `startLocalSupabase` and its answers throw. Decide by `code`; the message is for people. */
export class LocalSupabaseError extends Error {
  readonly code: LocalSupabaseErrorCode

  constructor(code: LocalSupabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LocalSupabaseError'
    this.code = code
  }
}
