import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { changeOf } from '../testing/builders.ts'
import { storageContract } from '../testing/storage-contract.ts'
import { expoSqlite, nodeSqlite, opSqlite, type SqliteDriver, type SqliteValue } from './drivers.ts'
import { sqliteStorage } from './sqlite-storage.ts'

const folder = mkdtempSync(join(tmpdir(), 'stowaway-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pathOf = (user: string) => join(folder, `${user}.db`)
/** The connections that the storage has open, to be filled as the one it uses; the limit is a connection's own. */
const databases = new Map<string, DatabaseSync>()
const openDriver = (user: string): SqliteDriver => {
  const database = new DatabaseSync(pathOf(user))
  databases.set(user, database)
  return nodeSqlite(database)
}
const inFile = <Result>(user: string, work: (database: DatabaseSync) => Result): Result => {
  const database = new DatabaseSync(pathOf(user))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

storageContract('SQLite', sqliteStorage(openDriver), {
  openAt: (version) => sqliteStorage(openDriver, version),
  spoil: async (user, key) => void inFile(user, (database) => database.prepare('update records set value = substr(value, 2) where key = ?').run(key)),
  fill: async (user) => {
    const database = databases.get(user)!
    const { page_count: pages } = database.prepare('pragma page_count').get() as { page_count: number }
    database.exec(`pragma max_page_count = ${pages}`)
    return async () => database.exec('pragma max_page_count = 1000000')
  },
})

test('[OB2] what was committed outlives the process and a loss of power: a write-ahead log, written through', async () => {
  const user = crypto.randomUUID()
  const storage = await sqliteStorage(openDriver)(user)
  await storage.commit({ append: [changeOf()] })
  const database = databases.get(user)!
  expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
  expect(database.prepare('pragma synchronous').get()).toEqual({ synchronous: 2 })
  // Another connection sees it before the first has been closed.
  expect(inFile(user, (other) => other.prepare('select count(*) n from records').get())).toEqual({ n: 4 })
})

test('[ST2] a database that cannot be opened is absent', async () => {
  const nowhere = sqliteStorage((user) => nodeSqlite(new DatabaseSync(join(folder, 'no-folder', user))))
  await expect(nowhere('ann')).rejects.toMatchObject({ code: 'storage', problem: 'absent' })
  const noDatabase = sqliteStorage(() => nodeSqlite(new DatabaseSync(folder)))
  await expect(noDatabase('ann')).rejects.toMatchObject({ code: 'storage', problem: 'absent' })
})

test('more records than a statement takes parameters', async () => {
  const storage = await sqliteStorage(openDriver)(crypto.randomUUID())
  const puts = Array.from({ length: 2_500 }, (_, index) => [`page/items/lakes/${index}`, index] as const)
  await storage.commit({ puts })
  expect(await storage.readAll()).toHaveLength(2_502)
  await storage.commit({ deletes: puts.slice(1).map(([key]) => key) })
  expect(await storage.readAll()).toEqual([['commits', 2], puts[0], ['term', 0]])
})

test('[ST1] a value that cannot be stored takes back the statements before it, and the connection goes on', async () => {
  const storage = await sqliteStorage(openDriver)(crypto.randomUUID())
  const puts = Array.from({ length: 1_000 }, (_, index) => [`page/items/lakes/${index}`, index === 999 ? () => {} : index] as const)
  await expect(storage.commit({ puts })).rejects.toMatchObject({ code: 'storage', problem: 'failed' })
  expect(await storage.readAll()).toEqual([])
  expect((await storage.commit({ append: [changeOf()] })).sequences).toEqual([1])
})

/** The two native libraries by the forms of their calls, over the one that runs here. */
const natives: readonly [string, (database: DatabaseSync) => SqliteDriver][] = [
  ['expo-sqlite', (database) => expoSqlite({ getAllAsync: async (sql: string, parameters: SqliteValue[]) => database.prepare(sql).all(...parameters), closeAsync: async () => database.close() })],
  ['op-sqlite', (database) => opSqlite({ execute: async (sql: string, parameters: SqliteValue[]) => ({ rows: database.prepare(sql).all(...parameters) }), close: () => database.close() })],
]

test.each(natives)('a storage over %s', async (name, driverOf) => {
  const open = sqliteStorage((user) => driverOf(new DatabaseSync(pathOf(`${name}-${user}`))))
  const storage = await open('ann')
  await storage.commit({ puts: [['device', 'd']], append: [changeOf()] })
  storage.close()
  const after = await open('ann')
  expect(await after.lastCommit()).toBe(1)
  expect(await after.readAll()).toContainEqual(['device', 'd'])
  after.close()
})
