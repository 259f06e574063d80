import { afterEach, expect, test, vi } from 'vitest'
import { idbStorage } from './idb-storage.ts'

afterEach(() => vi.restoreAllMocks())

function fail(): never {
  throw new DOMException('Failed to read large IndexedDB value', 'DataError')
}

/** What the browser does at a record whose file is damaged: reading it fails, and so does reading all. */
function damage(broken: string): void {
  const get = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'get')?.value as typeof IDBObjectStore.prototype.get
  vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(fail)
  vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (this: IDBObjectStore, name) {
    return name === broken ? fail() : get.call(this, name)
  })
}

test('[OB8] a value that cannot be read comes as undefined, and hinders no other', async () => {
  const storage = await idbStorage()(crypto.randomUUID())
  await storage.commit({ puts: [['a', 1], ['b', { form: 1 }], ['c', 3]] })
  damage('b')
  expect(await storage.readAll()).toEqual([['a', 1], ['b', undefined], ['c', 3]])
})
