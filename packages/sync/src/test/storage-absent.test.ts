import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { StorageError, type StorageProblem } from '../core/storage-error.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { OpenStorage, Storage } from '../engine/ports.ts'
import { recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { openStubbedApp } from './stubbed-app.ts'

/** A device whose storage can be opened, or not. */
function moodyDevice() {
  const stores = new Map<string, Storage>()
  const device = { problem: null as StorageProblem | null, opened: 0, store: (user: string) => stores.get(user) ?? memoryStorage() }
  const storage: OpenStorage = async (user) => {
    device.opened += 1
    if (device.problem !== null) throw new StorageError(device.problem, 'It cannot be opened.')
    const store = device.store(user)
    stores.set(user, store)
    return store
  }
  return { device, storage }
}

describe('[ST2] a device whose storage cannot be opened', () => {
  test.each(['absent', 'blocked', 'newer', 'full', 'failed'] as const)('%s: the app works in memory, is told so, and what it does is sent', async (problem) => {
    const { device, storage } = moodyDevice()
    device.problem = problem
    const app = await openStubbedApp({ options: { storage } })
    expect(app.state()).toMatchObject({ user: 'ann', durable: false, storage: problem })
    app.add('tent')
    await app.sync.flush()
    expect(app.state()).toMatchObject({ pending: 1, durable: false, storage: problem })
    await app.synced()
    app.change('tent', { name: 'Big tent' })
    await app.synced()
    expect(app.sent().map(({ kind, id }) => [kind, id])).toEqual([['create', 'tent'], ['update', 'tent']])
    expect(app.state()).toMatchObject({ pending: 0, durable: false })
  })

  test('[OB2] when it opens again, what waits is written there in its order, and goes out from there, each once', async () => {
    const { device, storage } = moodyDevice()
    // What an earlier run had left.
    const environment = fakeEnvironment()
    const before = await openStubbedApp({ options: { storage }, environment })
    before.sync.pause()
    before.add('map')
    await before.sync.stop()
    device.problem = 'blocked'

    const app = await openStubbedApp({ options: { storage }, environment })
    app.stub.online = false
    expect(app.items()).toEqual({})
    app.add('tent')
    app.change('tent', { name: 'Big tent' })
    app.sync.atomically(() => {
      app.add('stove')
      app.add('gas')
    })
    await app.synced()
    expect(app.state()).toMatchObject({ pending: 4, durable: false, storage: 'blocked' })
    const inFlight = () => app.sync.exportDiagnostics()!.batch.map(({ opId }) => opId)
    const sending = inFlight()
    expect(sending).toHaveLength(3)
    device.problem = null
    await app.environment.advance(10_000)
    expect(inFlight()).toEqual(sending)
    expect(app.state()).toMatchObject({ pending: 5, durable: true, storage: null })
    expect(Object.keys(app.items()).sort()).toEqual(['gas', 'map', 'stove', 'tent'])
    const changes = [...(await recordsIn(device.store('ann')))].filter(([key]) => key.startsWith('change/')).map(([, value]) => (value as { id: string }).id)
    expect(changes).toEqual(['map', 'tent', 'tent', 'stove', 'gas'])

    app.stub.online = true
    await app.synced()
    await app.synced()
    expect(app.sent().map(({ id }) => id).sort()).toEqual(['gas', 'map', 'stove', 'tent'])
    expect(app.sent().map(({ op_id: opId }) => opId)).toEqual(expect.arrayContaining(sending))
    expect(await app.sync.undo()).toBe(true)
    expect(Object.keys(app.items()).sort()).toEqual(['map', 'tent'])
  })

  test('[PU1] [OB3] a batch that is on its way is taken along, its ops as they were; not where the device has one itself', async () => {
    const { device, storage } = moodyDevice()
    const environment = fakeEnvironment()
    const parts = { options: { storage }, environment }
    const before = await openStubbedApp(parts)
    before.stub.online = false
    before.add('map')
    await before.synced()
    await before.sync.stop()
    device.problem = 'absent'
    const app = await openStubbedApp(parts)
    app.stub.online = false
    app.add('tent')
    await app.synced()
    device.problem = null
    await app.environment.advance(20_000)
    expect(app.state()).toMatchObject({ pending: 1, storage: 'absent' })
    app.stub.online = true
    await app.environment.advance(30_000)
    expect(app.state()).toMatchObject({ pending: 0, storage: null })
    expect(app.sent().map(({ id }) => id)).toEqual(['tent', 'map'])
  })

  test('[ST3] a newer app’s data are not touched, and not asked for again', async () => {
    const { device, storage } = moodyDevice()
    device.problem = 'newer'
    const app = await openStubbedApp({ options: { storage } })
    const { opened } = device
    app.add('tent')
    await app.environment.advance(600_000)
    expect(device.opened).toBe(opened)
    expect(app.state()).toMatchObject({ pending: 0, storage: 'newer' })
  })

  test('full from the start, so that it opens and takes nothing: memory stands in until it takes a write', async () => {
    const inner = memoryStorage()
    let isFull = true
    const full: Storage = { ...inner, commit: (write) => (isFull ? Promise.reject(new StorageError('full', 'There is no room left.')) : inner.commit(write)) }
    const app = await openStubbedApp({ storage: full })
    expect(app.state()).toMatchObject({ user: 'ann', durable: false, storage: 'full' })
    app.add('tent')
    await app.synced()
    expect(app.sent().map(({ id }) => id)).toEqual(['tent'])
    app.stub.online = false
    app.add('map')
    await app.environment.advance(30_000)
    expect(app.state()).toMatchObject({ pending: 1, storage: 'full' })
    isFull = false
    await app.environment.advance(10_000)
    expect(app.state()).toMatchObject({ pending: 1, durable: true, storage: null })
    app.stub.online = true
    await app.environment.advance(20_000)
    expect(app.sent().map(({ id }) => id)).toEqual(['tent', 'map'])
  })

  test('[ID4] what a guest does in memory is adopted as if it were on the device', async () => {
    const { device, storage } = moodyDevice()
    device.problem = 'absent'
    const app = await openStubbedApp({ options: { storage } })
    app.stub.signOut()
    await app.environment.settle()
    app.add('tent')
    await app.sync.flush()
    app.stub.signIn('ben')
    await app.environment.settle()
    await app.synced()
    expect(app.stub.pushes.map(({ user, ops }) => [user, ops.map(({ id }) => id)])).toEqual([['ben', ['tent']]])
  })
})

test('[ST2] sequence numbers given in memory are above those of the device, and two tabs in the same plight share none', async () => {
  const { device, storage } = moodyDevice()
  for (const chance of [0.25, 0.75]) {
    device.problem = 'absent'
    const app = await openStubbedApp({ options: { storage }, environment: { ...fakeEnvironment(), random: () => chance } })
    app.sync.pause()
    app.add('tent')
    await app.sync.flush()
    device.problem = null
    await app.environment.advance(10_000)
    await app.sync.stop()
  }
  const numbers = [...(await recordsIn(device.store('ann'))).keys()].filter((key) => key.startsWith('change/'))
  expect(numbers).toHaveLength(2)
  expect(numbers.every((key) => key > keys.change(1_000_000 * 2_048))).toBe(true)
})
