import type { StorageProblem } from '../core/storage-error.ts'

export type SqliteValue = string | number | null

/** As much of a SQLite library as the storage needs: one connection, which nothing else uses. */
export interface SqliteDriver {
  /** Runs one statement with `?` in it; resolves with its rows, none where it gives none. */
  readonly execute: (sql: string, parameters: readonly SqliteValue[]) => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly close: () => void | Promise<void>
  /** What an error of this library means, where it tells by a code. Default: nothing is known of it. */
  readonly problemOf?: (error: unknown) => StorageProblem
}

/** The part of `DatabaseSync` of node:sqlite that is used. */
export interface NodeDatabase {
  prepare(sql: string): { all(...parameters: SqliteValue[]): unknown[] }
  close(): void
}

/** SQLite's own result code for a disk or a database that is full. */
const sqliteFull = 13

/** node:sqlite, in Node 22.13 or newer: `nodeSqlite(new DatabaseSync(path))`. */
export function nodeSqlite(database: NodeDatabase): SqliteDriver {
  return {
    // Asynchronous to the outside only: a statement that fails rejects.
    execute: async (sql, parameters) => database.prepare(sql).all(...parameters) as Record<string, unknown>[],
    close: () => database.close(),
    problemOf: (error) => ((error as { errcode?: unknown } | null)?.errcode === sqliteFull ? 'full' : 'failed'),
  }
}

/** The part of `SQLiteDatabase` of expo-sqlite that is used. */
export interface ExpoDatabase {
  getAllAsync(sql: string, parameters: SqliteValue[]): Promise<unknown[]>
  closeAsync(): Promise<void>
}

/** expo-sqlite: `expoSqlite(await openDatabaseAsync(name))`. */
export function expoSqlite(database: ExpoDatabase): SqliteDriver {
  return {
    execute: async (sql, parameters) => (await database.getAllAsync(sql, [...parameters])) as Record<string, unknown>[],
    close: () => database.closeAsync(),
  }
}

/** The part of `DB` of @op-engineering/op-sqlite that is used. */
export interface OpDatabase {
  execute(sql: string, parameters: SqliteValue[]): Promise<{ readonly rows: unknown[] }>
  close(): void
}

/** op-sqlite: `opSqlite(open({ name }))`. */
export function opSqlite(database: OpDatabase): SqliteDriver {
  return {
    execute: async (sql, parameters) => (await database.execute(sql, [...parameters])).rows as Record<string, unknown>[],
    close: () => database.close(),
  }
}
