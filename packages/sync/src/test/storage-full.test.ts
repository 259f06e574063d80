import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { StorageError } from '../core/storage-error.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { Storage } from '../engine/ports.ts'
import { counter } from '../index.ts'
import { recordsIn } from '../testing/builders.ts'
import { fakeEnvironment, type FakeEnvironment } from '../testing/fake-environment.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import type { WireAnswer, WireOp } from '../supabase/wire.ts'
import { openStubbedApp, stubbedApp, type StubbedApp, type StubbedAppParts } from './stubbed-app.ts'

/** A device that has room or has none. Deletes alone are done in any case. */
function smallDevice() {
  const inner = memoryStorage()
  const device = { isFull: false }
  const storage: Storage = {
    ...inner,
    commit: (write) => {
      const asks = write.uncounted !== true || (write.puts?.length ?? 0) > 0
      return device.isFull && asks ? Promise.reject(new StorageError('full', 'There is no room left.')) : inner.commit(write)
    },
  }
  return { inner, storage, device }
}

/** A server that does each op once, and says so when it comes again. Of what is added to quantities it keeps the sum. */
function exactServer() {
  const done = new Set<string>()
  const server = {
    done,
    sum: 1,
    answer: ({ op_id, id, add }: WireOp): WireAnswer => {
      const isNew = !done.has(op_id)
      done.add(op_id)
      if (isNew) for (const more of Object.values(add ?? {})) server.sum += more
      const row = { id, trip_id: 'lakes', person_id: null, name: id, quantity: server.sum, packed: false, sync_version: done.size + 1 }
      return isNew ? { op_id, status: 'applied', version: row.sync_version } : { op_id, status: 'duplicate', version: row.sync_version, row }
    },
  }
  return server
}

/** The server is there before the app has sent anything. */
async function openAt(server: ReturnType<typeof exactServer>, parts: StubbedAppParts): Promise<StubbedApp> {
  const app = stubbedApp(parts)
  app.stub.answer = server.answer
  await app.sync.start(app.store)
  await app.environment.settle()
  return app
}

const counting = { items: { merge: { quantity: counter() } } }
const storedChanges = async (storage: Storage) => [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('change/'))
const ids = (app: StubbedApp) => app.sent().map(({ id }) => id)

describe('[ST2] on a full device with nothing left to make room', () => {
  test('complaint 20: what is edited is sent from memory, the user is told, and what waits is stored when there is room', async () => {
    const { inner, storage, device } = smallDevice()
    const app = await openStubbedApp({ storage })
    app.stub.online = false
    app.add('map')
    await app.sync.flush()
    device.isFull = true
    app.add('tent')
    app.change('tent', { name: 'Big tent' })
    await app.environment.advance(1_000)
    expect(app.state()).toMatchObject({ pending: 3, durable: false, storage: 'full' })
    expect(Object.keys(app.items())).toEqual(['map', 'tent'])
    app.stub.online = true
    await app.synced()
    expect(ids(app).toSorted()).toEqual(['map', 'tent'])
    expect(app.state()).toMatchObject({ pending: 0, durable: false, storage: 'full' })

    app.stub.online = false
    app.add('stove')
    await app.environment.advance(30_000)
    expect(app.state()).toMatchObject({ pending: 1, durable: false, storage: 'full' })
    expect(await storedChanges(inner)).toHaveLength(1)
    device.isFull = false
    await app.environment.advance(10_000)
    expect(app.state()).toMatchObject({ pending: 1, durable: true, storage: null })
    expect(await storedChanges(inner)).toHaveLength(1)
    expect((await recordsIn(inner)).has(keys.batch)).toBe(true)
    await app.sync.stop()

    const next = await openStubbedApp({ storage, environment: app.environment })
    expect(Object.keys(next.items()).toSorted()).toEqual(['map', 'stove', 'tent'])
    await next.synced()
    expect(ids(next)).toEqual(['stove'])
    expect(next.state()).toMatchObject({ pending: 0, durable: true })
  })

  test('a tab that cannot even begin to lead sends what is stored, and what is edited', async () => {
    const { storage, device } = smallDevice()
    const before = await openStubbedApp({ storage })
    before.sync.pause()
    before.add('map')
    await before.sync.stop()
    device.isFull = true
    const app = await openStubbedApp({ storage, environment: before.environment })
    app.add('tent')
    await app.synced()
    expect(ids(app)).toEqual(['map', 'tent'])
    expect(app.state()).toMatchObject({ pending: 0, storage: 'full' })
    expect(app.sync.pendingChanges()).toEqual([])
  })

  test('[PU1] [OB3] a crash in the middle: what was stored and sent from memory goes out again as the same op, and adds nothing twice', async () => {
    const { inner, storage, device } = smallDevice()
    const server = exactServer()
    const app = await openAt(server, { storage, ...counting })
    app.add('tent')
    await app.synced()
    app.stub.online = false
    app.change('tent', { quantity: 3 })
    app.change('tent', { quantity: 6 })
    await app.environment.advance(1_000)
    // Without the batch that was planned: of that the ops would be known.
    await inner.commit({ deletes: [keys.batch] })
    await app.sync.stop()

    device.isFull = true
    const full = await openAt(server, { storage, environment: app.environment, ...counting })
    await full.synced()
    expect(server.sum).toBe(6)
    full.change('tent', { quantity: 7 })
    await full.synced()
    expect(server.sum).toBe(7)
    expect(full.state().pending).toBe(0)

    // It ends there. Meanwhile another tab has stored something, and who leads next has room.
    device.isFull = false
    const environment: FakeEnvironment = { ...fakeEnvironment(full.environment.now()), newId: () => crypto.randomUUID() }
    const next = await openAt(server, { storage, environment, ...counting })
    next.change('tent', { quantity: 11 })
    await next.synced()
    expect(next.sent()).toHaveLength(2)
    expect(next.sent()[0]).toMatchObject({ op_id: full.sent()[0]!.op_id, add: { quantity: 5 } })
    const sum = server.sum
    expect(next.items()['tent']).toMatchObject({ quantity: sum })
    expect(next.state()).toMatchObject({ pending: 0, durable: true })
    // From here on it is as ever: one op for what came together.
    next.stub.online = false
    next.change('tent', { quantity: sum + 1 })
    next.change('tent', { quantity: sum + 3 })
    next.stub.online = true
    await next.synced()
    expect(next.sent().slice(2).map(({ add }) => add)).toEqual([{ quantity: 3 }])
  })

  test('[TB2] of two tabs each sends what it holds in memory, one after the other, and what is stored goes out once', async () => {
    const { inner, storage, device } = smallDevice()
    const environment = fakeEnvironment()
    const tabs = tabsOfOneProcess()
    const parts = { storage, environment, options: { tabs: tabs.open } }
    const one = await openStubbedApp(parts)
    const other = await openStubbedApp(parts)
    const server = exactServer()
    for (const { stub } of [one, other]) {
      stub.answer = server.answer
      stub.online = false
    }
    one.add('map')
    await environment.advance(100)
    device.isFull = true
    one.add('tent')
    other.add('stove')
    await environment.advance(30_000)
    expect([one, other].map((app) => app.state())).toMatchObject([{ storage: 'full' }, { storage: 'full' }])
    one.stub.online = true
    other.stub.online = true
    await environment.advance(60_000)
    const sent = [...one.sent(), ...other.sent()]
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(['map', 'tent', 'stove']))
    expect(new Set(sent.map(({ op_id }) => op_id)).size).toBe(3)
    expect([one, other].map((app) => app.state().pending)).toEqual([0, 0])

    device.isFull = false
    await environment.advance(40_000)
    expect([one, other].map((app) => app.state())).toMatchObject([{ pending: 0, durable: true, storage: null }, { pending: 0, durable: true, storage: null }])
    expect(await storedChanges(inner)).toEqual([])
    expect((await recordsIn(inner)).has(keys.batch)).toBe(false)
    expect(server.done.size).toBe(3)
  })

  test('one that has room for a counter and for nothing else is not gone back to until it has room for what waits', async () => {
    const inner = memoryStorage()
    const device = { isFull: false }
    const storage: Storage = {
      ...inner,
      commit: (write) => (device.isFull && (write.puts?.length ?? 0) + (write.append?.length ?? 0) > 0 ? Promise.reject(new StorageError('full', 'There is no room left.')) : inner.commit(write)),
    }
    const app = await openStubbedApp({ storage })
    const opened = () => app.events.filter(({ type }) => type === 'opened').length
    app.sync.pause()
    app.add('tent')
    await app.sync.flush()
    device.isFull = true
    // Nothing is missing there, but the batch finds no room.
    app.sync.resume()
    await app.environment.advance(35_000)
    expect(app.sent().map(({ id }) => id)).toEqual(['tent'])
    expect([opened(), app.state().storage]).toEqual([2, 'full'])
    device.isFull = false
    await app.environment.advance(10_000)
    expect([opened(), app.state().storage]).toEqual([3, null])
  })

  test('[ID3] who signs out and wipes leaves nothing behind, though nothing can be written', async () => {
    const { inner, storage, device } = smallDevice()
    const app = await openStubbedApp({ storage })
    app.stub.online = false
    app.add('map')
    await app.sync.flush()
    device.isFull = true
    app.add('tent')
    await app.environment.advance(1_000)
    await app.sync.signOut({ unsynced: 'wipe' })
    expect([...(await recordsIn(inner)).keys()]).toEqual([])
    device.isFull = false
    app.stub.signIn('ann')
    await app.environment.advance(20_000)
    expect(app.items()).toEqual({})
    expect(app.state()).toMatchObject({ pending: 0, storage: null })
  })

  test('[TB2] a leader from before can neither plan nor settle once another tab leads from memory', async () => {
    const { storage, device } = smallDevice()
    const app = await openStubbedApp({ storage })
    app.stub.online = false
    app.add('map')
    await app.sync.flush()
    const { term } = await storage.commit({})
    device.isFull = true
    app.add('tent')
    await app.environment.advance(1_000)
    device.isFull = false
    await expect(storage.commit({ term, puts: [['batch', {}]] })).rejects.toMatchObject({ code: 'outdated-term' })
  })
})
