import { afterEach, expect, test, vi } from 'vitest'
import { counters } from '../core/records.ts'
import type { Storage } from '../engine/ports.ts'
import { storageContract } from '../testing/storage-contract.ts'
import { idbStorage } from './idb-storage.ts'

afterEach(() => vi.restoreAllMocks())

function fail(): never {
  throw new DOMException('Failed to read large IndexedDB value', 'DataError')
}

/** What the browser does at a record whose file is damaged: reading it fails, and so does reading all. */
function spoil(broken: string): void {
  const get = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'get')?.value as typeof IDBObjectStore.prototype.get
  vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(fail)
  vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (this: IDBObjectStore, name) {
    return name === broken ? fail() : get.call(this, name)
  })
}

/** What the browser does when there is no room. It counts for half a minute by what it had last looked up, so a real quota comes too late here: that is tried in e2e. */
function fill(): () => Promise<void> {
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  })
  return async () => spy.mockRestore()
}

storageContract('IndexedDB', idbStorage('contract'), {
  openAt: (version) => idbStorage('versions', version),
  spoil: (_, key) => Promise.resolve(spoil(key)),
  fill: () => Promise.resolve(fill()),
})

/** All but what the storage counts. */
const recordsIn = async (storage: Storage) => (await storage.readAll()).filter(([key]) => !counters.has(key))

test('[ID2] two apps on one origin share nothing, though their user is the same', async () => {
  const user = crypto.randomUUID()
  const [one, other] = await Promise.all([idbStorage('one')(user), idbStorage('other')(user)])
  await one.commit({ puts: [['device', 'd']] })
  expect(await recordsIn(other)).toEqual([])
})

test('a refusal of the browser is a SyncError that says so, with its cause', async () => {
  const storage = await idbStorage()(crypto.randomUUID())
  const refused = storage.commit({ puts: [['a', () => {}]] })
  await expect(refused).rejects.toMatchObject({ name: 'SyncError', code: 'storage', problem: 'failed', cause: { name: 'DataCloneError' } })
})

const raw = (name: string, version: number): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => request.result.createObjectStore('records')
    request.onsuccess = () => resolve(request.result)
    request.addEventListener('error', () => reject(request.error!))
  })
const deleted = (name: string): Promise<string> =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve('deleted')
    request.onblocked = () => resolve('blocked')
  })

test('[ST3] an old tab that does not let go blocks the upgrade, which is told at once; when it has closed, the database opens', async () => {
  const user = crypto.randomUUID()
  // It has no listener for `versionchange`.
  const old = await raw(`blocked:${user}`, 1)
  await expect(idbStorage('blocked', 2)(user)).rejects.toMatchObject({ code: 'storage', problem: 'blocked' })
  old.close()
  const storage = await idbStorage('blocked', 2)(user)
  await storage.commit({ puts: [['a', 1]] })
  expect(await recordsIn(storage)).toEqual([['a', 1]])
})

test('[ST2] a database that is deleted under its tab is lost, until somebody writes who knows that it is a new one', async () => {
  const user = crypto.randomUUID()
  const storage = await idbStorage('lost')(user)
  await storage.commit({ puts: [['a', 1]] })
  expect(await deleted(`lost:${user}`)).toBe('deleted')
  await expect(storage.commit({ puts: [['b', 2]] })).rejects.toMatchObject({ code: 'storage', problem: 'lost' })
  await expect(storage.readAll()).rejects.toMatchObject({ problem: 'lost' })
  await storage.commit({ puts: [['c', 3]], after: 0 })
  expect(await recordsIn(storage)).toEqual([['c', 3]])
})

test('[ST2] where there is no IndexedDB, or the browser forbids it, the storage is absent', async () => {
  const spy = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('The operation is insecure.', 'SecurityError')
  })
  await expect(idbStorage()('ann')).rejects.toMatchObject({ code: 'storage', problem: 'absent', cause: { name: 'SecurityError' } })
  spy.mockRestore()
  vi.stubGlobal('indexedDB', undefined)
  await expect(idbStorage()('ann')).rejects.toMatchObject({ code: 'storage', problem: 'absent' })
  vi.unstubAllGlobals()
})
