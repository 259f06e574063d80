import { describe, expect, test } from 'vitest'
import { besideEtag } from '../core/pace.ts'
import { keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import { recordsIn, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import type { PullPage } from './ports.ts'

const fields = rowOf().fields
const rows = [rowOf({ version: 3 }), rowOf({ id: 'cup', version: 3 })]

/** A device that has two items of the lakes, and has seen the server at 700. */
async function stocked(storage = memoryStorage()): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ etag: 'e1', asOf: 700, cursors: { lakes: '7' }, rows }))
  return openTestEngine({ server, storage })
}

const now = async ({ engine, environment }: TestEngine) => {
  engine.syncNow()
  await environment.settle()
}
const asked = ({ server }: TestEngine, from: number) => server.pulls.slice(from).map(({ cursors, etag }) => ({ cursors, etag }))

describe('[PL9] a poll', () => {
  test('of few scopes sends the cursors with the etag: what is new comes at once', async () => {
    const device = await stocked()
    const before = device.server.pulls.length
    device.server.onPull = () => Promise.resolve(pageOf({ etag: 'e2', asOf: 702, cursors: { lakes: '8' }, rows: [rowOf({ version: 4, fields: { ...fields, name: 'Tarp' } })] }))
    await now(device)
    expect(asked(device, before)).toEqual([{ cursors: { lakes: '7' }, etag: 'e1' }])
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Tarp' })
  })

  test('of many sends the etag alone, and the cursors only when it holds no more', async () => {
    const server = scriptedServer()
    const known = Object.fromEntries(['lakes', ...Array.from({ length: besideEtag }, (_, index) => `trip-${index}`)].map((scope) => [scope, '7']))
    server.onPull = () => Promise.resolve(pageOf({ etag: 'e1', asOf: 700, cursors: known, rows: [rowOf({ version: 3, fields })] }))
    const device = await openTestEngine({ server })
    const before = device.server.pulls.length
    device.server.onPull = ({ cursors }) => Promise.resolve(cursors === null ? pageOf({ asOf: 701, more: true }) : pageOf({ etag: 'e2', asOf: 702, cursors: { lakes: '8' }, rows: [rowOf({ version: 4, fields: { ...fields, name: 'Tarp' } })] }))
    await now(device)
    expect(asked(device, before)).toEqual([{ cursors: null, etag: 'e1' }, { cursors: known, etag: null }])
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Tarp' })
    device.server.onPull = () => Promise.resolve('unchanged')
    await now(device)
    expect(asked(device, before + 2)).toEqual([{ cursors: null, etag: 'e2' }])
  })

  test('after a push is not asked whether there is anything new: there is', async () => {
    const device = await stocked()
    const before = device.server.pulls.length
    device.server.onPull = () => Promise.resolve(pageOf({ etag: 'e2', asOf: 701, cursors: { lakes: '8' } }))
    device.edit(fields, { ...fields, name: 'Big tent' })
    await device.environment.advance(100)
    expect(asked(device, before)).toEqual([{ cursors: { lakes: '7' }, etag: null }])
  })
})

test('[C13] the pages of a long pull are asked for larger while they come fast; the next pull begins as usual', async () => {
  const device = await stocked()
  const before = device.server.pulls.length
  const asOf = () => 700 + device.server.pulls.length
  device.server.onPull = ({ limit = 2_000 }) => Promise.resolve(pageOf({ etag: 'e', asOf: asOf(), cursors: { lakes: String(limit) }, more: limit < 8_000 }))
  await now(device)
  await now(device)
  const limits = device.server.pulls.slice(before).map(({ limit }) => limit)
  expect(limits.slice(0, 3)).toEqual([undefined, 4_000, 8_000])
  expect(limits[3]).toBeUndefined()
})

/** The lakes are revoked, and of their rows none is there: what a replica may say that knows nothing of the sharing yet. */
const revoking: Partial<PullPage> = { gone: [{ scope: 'lakes', reason: 'revoked' }] }

describe('[PL4] [PL5] an answer that is older than what the device has seen', () => {
  test.each<[string, Partial<PullPage>]>([
    ['evicts nothing', { asOf: 699, ...revoking }],
    ['sends nothing anew', { asOf: 699, reset: ['lakes'], cursors: { lakes: '5' } }],
    ['shows and deletes nothing', { asOf: 699, rows: [rowOf({ version: 9, fields: { ...fields, name: 'Old' } })], deleted: [{ collection: 'items', id: 'cup', scope: 'lakes', version: 9 }] }],
    ['whose counters alone are behind, sends nothing anew either', { asOf: 700, reset: ['lakes'], behind: ['lakes'], cursors: { lakes: '5' } }],
  ])('%s; a little later the server is asked again', async (_what, old) => {
    const device = await stocked()
    const before = await device.storage.readAll()
    device.server.onPull = () => Promise.resolve(pageOf(old))
    await now(device)
    expect(await device.storage.readAll()).toEqual(before)
    expect(device.state().lastError).toBeNull()
    const pulls = device.server.pulls.length
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 701, ...revoking }))
    await device.environment.advance(999)
    expect(device.server.pulls).toHaveLength(pulls)
    await device.environment.advance(1)
    expect(device.shown('items', 'tent')).toBeNull()
  })

  test('again and again is told as an error, and asked ever less often; as soon as the server is up to date, all is well', async () => {
    const device = await stocked()
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 699, ...revoking }))
    const before = device.server.pulls.length
    await now(device)
    await device.environment.advance(14_000)
    expect(device.state()).toMatchObject({ lastError: null, phase: 'idle' })
    await device.environment.advance(16_000)
    expect(device.state().lastError).toMatchObject({ kind: 'server', code: 'old-answer' })
    expect(device.server.pulls.length - before).toBeLessThan(10)
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 700 }))
    await device.environment.advance(30_000)
    expect(device.state().lastError).toBeNull()
  })

  test('is so after a restart too', async () => {
    const storage = memoryStorage()
    await (await stocked(storage)).engine.close()
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ asOf: 699, ...revoking }))
    expect((await openTestEngine({ storage, server })).shown('items', 'tent')).toMatchObject({ name: 'Tent' })
  })

  test('is one that knows nothing of the device’s own push', async () => {
    const device = await stocked()
    device.server.onPush = ({ ops }) => Promise.resolve({ ...pushResult(ops.map(applied)), asOf: 750 })
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 749, deleted: [{ collection: 'items', id: 'tent', scope: 'lakes', version: 99 }] }))
    device.edit(fields, { ...fields, name: 'Big tent' })
    await device.environment.advance(500)
    expect(device.server.pulls.at(-1)).toMatchObject({ cursors: { lakes: '7' } })
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Big tent' })
  })

  test('[PL5] counters that stay behind although the answers are new have lost commits: then their scopes are taken anew', async () => {
    const device = await stocked()
    const anew = { asOf: 701, reset: ['lakes'], behind: ['lakes'], cursors: { lakes: '5' }, rows: [rowOf({ id: 'cup', version: 3 })] }
    device.server.onPull = () => Promise.resolve(pageOf(anew))
    await now(device)
    await device.environment.advance(60_000)
    expect([device.shown('items', 'tent'), device.shown('items', 'cup')]).toMatchObject([null, { name: 'Tent' }])
  })

  test.each([
    ['pokes of another scope', (device: TestEngine, second: number) => device.poke('alps', second)],
    ['a user who asks every second', (device: TestEngine) => device.engine.syncNow()],
  ])('[PL5] are believed after half a minute, not before, in spite of %s', async (_what, happen) => {
    const device = await stocked()
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 700, cursors: { alps: '1' } }))
    await now(device)
    const behind = { asOf: 700, behind: ['lakes'], reset: ['lakes'], cursors: { lakes: '5' } }
    device.server.onPull = ({ only }) => Promise.resolve(pageOf(only ? { asOf: 700, cursors: { alps: String(device.server.pulls.length) } } : behind))
    device.engine.syncNow()
    const isThere: boolean[] = []
    for (let second = 1; second <= 40; second += 1) {
      happen(device, 1_000 + second)
      await device.environment.advance(1_000)
      isThere.push(device.shown('items', 'tent') !== null)
    }
    expect(isThere.lastIndexOf(true)).toBeGreaterThanOrEqual(28)
    expect(isThere.at(-1)).toBe(false)
  })

  test('[PL5] of another epoch is not older: there everything is counted anew', async () => {
    const device = await stocked()
    device.server.onPull = ({ cursors }) => Promise.resolve(pageOf({ epoch: 'epoch-2', asOf: 5, ...(cursors && Object.keys(cursors).length === 0 && { cursors: { lakes: '1' }, rows: [rowOf({ version: 1 })] }) }))
    await now(device)
    expect([device.shown('items', 'tent'), device.shown('items', 'cup')]).toMatchObject([{ name: 'Tent' }, null])
    expect((await recordsIn(device.storage)).get(keys.asOf)).toBe(5)
  })
})

describe('[PL3] another form of the rows', () => {
  const wide = rows.map((row) => ({ ...row, fields: { ...row.fields, color: 'red' } }))

  test('has everything fetched from its start, onto what is there; the outbox stays', async () => {
    const device = await stocked()
    await device.engine.hold('items')
    device.edit(fields, { ...fields, name: 'Big tent' })
    const before = device.server.pulls.length
    const seen: unknown[] = []
    device.server.onPull = ({ cursors }) => {
      seen.push(device.shown('items', 'cup')?.['name'])
      return Promise.resolve(cursors?.['lakes'] === '0' ? pageOf({ asOf: 702, schema: 'schema-2', etag: 'e3', cursors: { lakes: '7' }, rows: wide }) : pageOf({ asOf: 701, schema: 'schema-2', more: true }))
    }
    await now(device)
    expect(asked(device, before)).toEqual([{ cursors: { lakes: '7' }, etag: 'e1' }, { cursors: { lakes: '0' }, etag: null }])
    expect(seen).toEqual(['Tent', 'Tent'])
    expect([device.shown('items', 'tent'), device.shown('items', 'cup')]).toMatchObject([{ name: 'Big tent', color: 'red' }, { name: 'Tent', color: 'red' }])
    expect(device.state().pending).toBe(1)
    await now(device)
    expect(device.server.pulls.slice(before + 2).every(({ cursors }) => cursors?.['lakes'] !== '0')).toBe(true)
  })

  test('found by a poke has all scopes fetched, not the one alone', async () => {
    const device = await stocked()
    const before = device.server.pulls.length
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 702, schema: 'schema-2', cursors: { lakes: '7' }, rows: wide }))
    device.poke('lakes')
    await device.environment.settle()
    expect(device.server.pulls.slice(before).map(({ cursors, only }) => [cursors, only])).toEqual([[{ lakes: '7' }, true], [{ lakes: '0' }, false]])
  })

  test('is also one that the device has never heard of, as after an upgrade of the app', async () => {
    const storage = memoryStorage()
    await storage.commit({ puts: [[keys.scope('lakes'), seal({ scope: 'lakes', cursor: '7' })], [keys.page('items', 'lakes', 0), seal({ rows })]] })
    const server = scriptedServer()
    server.onPull = ({ cursors }) => Promise.resolve(pageOf({ cursors: { lakes: '7' }, rows: cursors?.['lakes'] === '0' ? wide : [] }))
    const device = await openTestEngine({ storage, server })
    expect(device.shown('items', 'cup')).toMatchObject({ color: 'red' })
    expect(server.pulls.map(({ cursors }) => cursors?.['lakes'])).toEqual(['7', '0'])
  })

  test('is not one where nothing has been pulled yet', async () => {
    const device = await stocked()
    expect(asked(device, 0)).toEqual([{ cursors: {}, etag: null }])
    expect((await recordsIn(device.storage)).get(keys.schema)).toBe('schema-1')
  })
})

const hiddenIn = ({ events }: TestEngine) => events.flatMap((event) => (event.type === 'pulled' ? (event.hidden ?? []) : []))

describe('[PL4] a scope that is revoked', () => {
  test('before anything of it was pulled is told as hidden: this device has just begun it', async () => {
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ etag: 'e1', asOf: 700 }))
    const device = await openTestEngine({ server })
    server.onPull = ({ cursors }) => Promise.resolve(pageOf({ etag: 'e2', asOf: 701, ...(cursors?.['lakes'] === '0' && revoking) }))
    device.edit(undefined, fields)
    await device.environment.advance(1_000)
    expect(device.shown('items', 'tent')).toBeNull()
    expect(hiddenIn(device)).toEqual(['lakes'])
  })

  test('later is not: others may take away what they share', async () => {
    const device = await stocked()
    device.server.onPull = () => Promise.resolve(pageOf({ etag: 'e2', asOf: 701, ...revoking }))
    await now(device)
    expect(device.shown('items', 'tent')).toBeNull()
    expect(hiddenIn(device)).toEqual([])
  })
})
