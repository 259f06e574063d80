import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { problemInWords } from '../core/storage-error.ts'
import type { OpenStorage } from '../engine/ports.ts'
import { nodeSqlite } from '../sqlite/drivers.ts'
import { sqliteStorage } from '../sqlite/sqlite-storage.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { openStubbedApp } from './stubbed-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'stowaway-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** One record of each kind as the app of form 1 wrote it, kept for good: whatever the forms become, these must be read. */
const records = JSON.parse(readFileSync(new URL('fixtures/records-form-1.json', import.meta.url), 'utf8')) as [string, unknown][]

/** A database of form 1, and how an app of a version opens it. */
async function databaseOfForm1(): Promise<(version: number) => OpenStorage> {
  const path = join(folder, `${crypto.randomUUID()}.db`)
  const openAt = (version: number) => sqliteStorage(() => nodeSqlite(new DatabaseSync(path)), version)
  const storage = await openAt(1)('ann')
  await storage.commit({ puts: records })
  storage.close()
  return openAt
}

test('[ST3] a newer app finds all that an older one had: rows, what waits, what is in flight, and what waits for a person', async () => {
  const openAt = await databaseOfForm1()
  const storage = await openAt(2)('ann')
  const { engine, environment, network, server, shown, state } = await openTestEngine({ storage, online: false })
  expect(state().setAside).toEqual([{ what: 'record', name: 'page/items/coast/0', reason: 'It cannot be read.' }])
  expect(['tent', 'cup', 'pan', 'mat'].map((id) => shown('items', id)?.['name'])).toEqual(['Big tent', 'Mug', 'Big pan', 'Mat'])
  expect(state()).toMatchObject({ conflicts: [{ conflictId: 'c' }], rejected: [{ rejectedId: 'r' }], held: ['people'], durable: true })
  expect(engine.history()).toMatchObject([{ resolutionId: 'h' }])
  network('online')
  await environment.advance(30_000)
  // The batch goes out as it was; then what waited.
  expect(server.pushes.map((ops) => ops.map(({ opId, id, patch }) => [opId === 'op-of-old', id, patch['name']]))).toEqual([[[true, 'tent', 'Big tent']], [[false, 'cup', 'Mug']]])
  expect(server.pulls[0]?.cursors).toEqual({ lakes: '8' })
  expect(state().pending).toBe(0)
  await engine.close()
})

test('[ST3] an older app leaves a newer one’s database alone, works in memory, and has words for it', async () => {
  const openAt = await databaseOfForm1()
  const newer = await openAt(2)('ann')
  const before = await newer.readAll()
  const app = await openStubbedApp({ options: { storage: openAt(1) } })
  app.add('map')
  await app.synced()
  expect(app.sent().map(({ id }) => id)).toEqual(['map'])
  expect(app.state()).toMatchObject({ pending: 0, durable: false, storage: 'newer' })
  expect(problemInWords[app.state().storage!]).toContain('A newer version of this app')
  await app.sync.stop()
  expect(await newer.readAll()).toEqual(before)
  newer.close()
})

test('the fixture holds every kind of record that there was', () => {
  const kinds = new Set(records.map(([key]) => key.split('/')[0]))
  expect(kinds).toEqual(new Set(['aside', 'batch', 'breaker', 'buried', 'change', 'commits', 'conflict', 'device', 'epoch', 'held', 'history', 'page', 'past', 'rejected', 'scope', 'sequence', 'term']))
  expect(new Map(records).get(keys.sequence)).toBe(5)
})
