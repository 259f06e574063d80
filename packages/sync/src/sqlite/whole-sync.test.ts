import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { openStubbedApp } from '../test/stubbed-app.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { nodeSqlite } from './drivers.ts'
import { sqliteStorage } from './sqlite-storage.ts'

const folder = mkdtempSync(join(tmpdir(), 'stowaway-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As a process that has just begun: nothing of an earlier one is left but the file. */
const inFile = () => sqliteStorage((user) => nodeSqlite(new DatabaseSync(join(folder, `${user}.db`))))

test('[OB2] [OB3] a whole sync on SQLite: what waits outlives the process, goes out once after the next start, and can be undone', async () => {
  const environment = fakeEnvironment()
  const before = await openStubbedApp({ options: { storage: inFile() }, environment })
  before.stub.online = false
  before.add('tent')
  before.change('tent', { name: 'Big tent' })
  before.sync.atomically(() => {
    before.add('stove')
    before.add('gas')
  })
  await before.synced()
  expect(before.state()).toMatchObject({ pending: 4, durable: true, storage: null })
  await before.sync.stop()

  const after = await openStubbedApp({ options: { storage: inFile() }, environment })
  expect(Object.keys(after.items()).sort()).toEqual(['gas', 'stove', 'tent'])
  await after.synced()
  expect(after.sent().map(({ kind, id, patch }) => [kind, id, patch?.['name']])).toEqual([['create', 'tent', 'Big tent'], ['create', 'stove', 'stove'], ['create', 'gas', 'gas']])
  expect(after.state()).toMatchObject({ pending: 0, undoable: 3 })
  await after.sync.stop()

  const last = await openStubbedApp({ options: { storage: inFile() }, environment })
  expect(last.state()).toMatchObject({ pending: 0, undoable: 3 })
  expect(await last.sync.undo()).toBe(true)
  await last.synced()
  expect(last.sent().map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(['delete gas', 'delete stove'])
  await last.sync.stop()
})
