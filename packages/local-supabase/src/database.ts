import type { PgliteConnection } from '@supabase/lite/pglite'
import type { PostgresConnection } from '@supabase/lite/postgres'
import type { Gate } from './gate.ts'

export type Row = Record<string, unknown>

/** One statement with parameters, or any number of statements without; the rows of the last one. */
export type Query = (text: string, parameters?: unknown[]) => Promise<Row[]>

/** What the stand-in needs of a database, whichever one is behind it. Everything runs as the owner. */
export interface Database {
  /** What @supabase/lite serves from. */
  readonly connection: PgliteConnection | PostgresConnection
  /** Only where other processes can connect too. */
  readonly url?: string
  /**
   * Every request to @supabase/lite goes through here. On PGlite, which has one session only, requests that ran
   * side by side would find themselves in each other's transactions, under each other's users.
   */
  readonly gate: Gate
  readonly query: Query
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  listen(channel: string, onNotice: (payload: string) => void): Promise<void>
  close(): Promise<void>
}
