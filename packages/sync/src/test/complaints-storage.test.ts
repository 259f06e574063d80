import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import { StorageError } from '../core/storage-error.ts'
import { memoryStorage, type Storage } from '../index.ts'
import { recordedOf, recordsIn, rowOf } from '../testing/builders.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { openStubbedApp } from './stubbed-app.ts'

const isOnlyDelete = ({ uncounted, puts = [] }: Parameters<Storage['commit']>[0]): boolean => uncounted === true && puts.length === 0

describe('complaint 20: a quota, an eviction or a private window loses work, or stops it from reaching the server', () => {
  test('without any storage what is edited is sent all the same, and the user is told that the device keeps nothing', async () => {
    const app = await openStubbedApp({ options: { storage: () => Promise.reject(new StorageError('absent', 'It cannot be opened.')) } })
    expect(app.state()).toMatchObject({ durable: false, storage: 'absent' })
    app.add('tent')
    await app.synced()
    expect(app.sent().map(({ id }) => id)).toEqual(['tent'])
    expect(app.state().pending).toBe(0)
  })

  // On a full device: storage-full.test.ts, and in Chromium e2e/storage.spec.ts.
  test('a full device sends what was stored and what could not be, and each of it once', async () => {
    const inner = memoryStorage()
    const device = { isFull: false }
    const storage: Storage = { ...inner, commit: (write) => (device.isFull && !isOnlyDelete(write) ? Promise.reject(new StorageError('full', 'There is no room left.')) : inner.commit(write)) }
    const app = await openStubbedApp({ storage })
    app.stub.online = false
    app.add('tent')
    await app.sync.flush()
    device.isFull = true
    app.add('stove')
    await app.environment.advance(1_000)
    app.stub.online = true
    await app.synced()
    await app.synced()
    expect(app.sent().map(({ id }) => id).toSorted()).toEqual(['stove', 'tent'])
    expect(app.state()).toMatchObject({ pending: 0, durable: false, storage: 'full' })
  })
})

describe('complaint 21: an update of the app loses the queue, or locks it up', () => {
  test('what cannot be brought up to date is set aside and told; all else of the queue is there and goes out', async () => {
    const storage = memoryStorage()
    const [first, second, third] = [1, 2, 3].map((sequence) => recordedOf(sequence, { id: `item-${sequence}` }))
    await storage.commit({
      puts: [[keys.change(1), seal(first)], [keys.change(2), { ...seal(second), form: 0 }], [keys.change(3), seal(third)]],
      sequenceAtLeast: 3,
    })
    const device = await openTestEngine({ storage })
    expect(device.state().setAside.map(({ name }) => name)).toEqual([keys.change(2)])
    await device.environment.advance(10_000)
    expect(device.server.pushes.flat().map(({ id }) => id)).toEqual(['item-1', 'item-3'])
    expect((await recordsIn(storage)).get(keys.aside(keys.change(2)))).toMatchObject({ found: { form: 0 } })
  })
})

describe('complaint 22: the first sync takes for ever, and begins anew when it is broken off', () => {
  const pages = 5
  /** A trip in five pages, of which the server sends one at a time. */
  function slowServer() {
    const server = scriptedServer()
    server.onPull = ({ cursors }) => {
      const page = Number(cursors?.['lakes'] ?? 0)
      const more = page + 1 < pages
      if (page >= pages) return Promise.resolve('unchanged')
      return Promise.resolve(pageOf({ cursors: { lakes: String(page + 1) }, partial: more ? ['lakes'] : [], more, rows: [rowOf({ id: `item-${page}` })] }))
    }
    return server
  }

  test('each page is on screen and stored as it comes; broken off, the next start goes on with the page after', async () => {
    const storage = memoryStorage()
    const server = slowServer()
    const whole = server.onPull
    server.onPull = (request) => (server.pulls.length > 2 ? new Promise(() => {}) : whole(request))
    const first = await openTestEngine({ storage, server })
    await first.environment.advance(1_000)
    expect(['item-0', 'item-1', 'item-2'].map((id) => first.shown('items', id)?.['name'])).toEqual(['Tent', 'Tent', undefined])

    const again = slowServer()
    const next = await openTestEngine({ storage, server: again })
    await next.environment.advance(10_000)
    expect(again.pulls[0]?.cursors).toEqual({ lakes: '2' })
    expect(Array.from({ length: pages }, (_, page) => next.shown('items', `item-${page}`)?.['name'])).toEqual(Array.from({ length: pages }, () => 'Tent'))
  })
})
