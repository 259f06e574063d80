import { keys } from '../core/records.ts'
import { databaseVersion } from '../core/sealed.ts'
import { problemInWords, StorageError } from '../core/storage-error.ts'
import { counted, countedKeys } from '../engine/counted.ts'
import type { Committed, OpenStorage, SealedWrite, Storage } from '../engine/ports.ts'
import { connect, type Connection, type Execute } from './connection.ts'
import type { SqliteDriver } from './drivers.ts'

/** Opens the database of one user, at a path of the app's choice; two users never share one [ID2]. */
export type OpenDriver = (user: string) => SqliteDriver | Promise<SqliteDriver>

/** Rows in one statement. Old builds of SQLite take 999 parameters. */
const rowsAtOnce = 400

/**
 * SQLite: one table, one transaction for each commit. `version` is given by tests, which play an older or a newer app.
 * Each user has one connection, however often it is opened in this process.
 *
 * @example
 * createSync({ storage: sqliteStorage(async (user) => expoSqlite(await openDatabaseAsync(`sync-${user}.db`))), … })
 */
export function sqliteStorage(openDriver: OpenDriver, version: number = databaseVersion): OpenStorage {
  const connections = new Map<string, { readonly connection: Promise<Connection>; handles: number }>()
  return async (user) => {
    const shared = connections.get(user) ?? { connection: prepared(openDriver, user, version), handles: 0 }
    connections.set(user, shared)
    shared.handles += 1
    const leave = () => {
      shared.handles -= 1
      if (shared.handles > 0) return false
      if (connections.get(user) === shared) connections.delete(user)
      return true
    }
    try {
      const connection = await shared.connection
      return fromConnection(connection, { version, close: () => void (leave() && connection.close()) })
    } catch (cause) {
      leave()
      throw cause
    }
  }
}

async function prepared(openDriver: OpenDriver, user: string, version: number): Promise<Connection> {
  const driver = await open(openDriver, user)
  const connection = connect(driver)
  try {
    // Outside a transaction, where SQLite takes them. Full: what was committed outlives a loss of power.
    for (const pragma of ['busy_timeout = 5000', 'journal_mode = wal', 'synchronous = full']) await driver.execute(`pragma ${pragma}`, [])
    await connection.transact(async (execute) => {
      const found = await checkVersion(execute, version)
      await execute('create table if not exists records (key text primary key, value text not null) without rowid', [])
      if (found < version) await execute(`pragma user_version = ${Math.trunc(version)}`, [])
    })
    return connection
  } catch (cause) {
    connection.close()
    if (cause instanceof StorageError && cause.problem !== 'failed') throw cause
    throw absent(cause)
  }
}

async function open(openDriver: OpenDriver, user: string): Promise<SqliteDriver> {
  try {
    return await openDriver(user)
  } catch (cause) {
    throw absent(cause)
  }
}

const absent = (cause: unknown): StorageError => new StorageError('absent', `The database on this device cannot be opened: ${String(cause)}`, cause)

/** Inside each transaction: a newer app may have opened the database since [ST3]. */
async function checkVersion(execute: Execute, version: number): Promise<number> {
  const [row] = await execute('pragma user_version', [])
  const found = Number(row?.['user_version'] ?? 0)
  if (found <= version) return found
  throw new StorageError('newer', problemInWords.newer)
}

function fromConnection({ transact }: Connection, { version, close }: { readonly version: number; readonly close: () => void }): Storage {
  return {
    readAll: () => transact(async (execute) => (await execute('select key, value from records order by key', [])).map(({ key, value }) => [String(key), parsed(value)] as const)),
    lastCommit: () => transact(async (execute) => Number((await readEach(execute, [keys.commits]))[0] ?? 0)),
    commit: (write) =>
      transact(async (execute) => {
        await checkVersion(execute, version)
        return commit(execute, write)
      }),
    close,
  }
}

/** The values under some keys, in their order. */
async function readEach(execute: Execute, names: readonly string[]): Promise<unknown[]> {
  const rows = await execute(`select key, value from records where key in (${names.map(() => '?').join(', ')})`, [...names])
  const found = new Map(rows.map(({ key, value }) => [String(key), parsed(value)]))
  return names.map((name) => found.get(name))
}

/** `undefined`: it cannot be read [OB8]. */
function parsed(value: unknown): unknown {
  try {
    return JSON.parse(String(value)) as unknown
  } catch {
    return undefined
  }
}

async function commit(execute: Execute, write: SealedWrite): Promise<Committed> {
  const { deletes = [] } = write
  const { committed, puts } = counted(write, await readEach(execute, countedKeys))
  for (const some of inParts(puts)) {
    const values = some.map(() => '(?, ?)').join(', ')
    const parameters = some.flatMap(([key, value]) => [key, asText(key, value)])
    await execute(`insert into records (key, value) values ${values} on conflict (key) do update set value = excluded.value`, parameters)
  }
  for (const some of inParts(deletes)) await execute(`delete from records where key in (${some.map(() => '?').join(', ')})`, some)
  return committed
}

function asText(key: string, value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new StorageError('failed', `What was to be stored as ${key} is no JSON.`)
  return text
}

function* inParts<Some>(all: readonly Some[]): Generator<readonly Some[]> {
  for (let start = 0; start < all.length; start += rowsAtOnce) yield all.slice(start, start + rowsAtOnce)
}
