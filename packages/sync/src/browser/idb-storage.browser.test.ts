import { expect, test } from 'vitest'
import { storageContract } from '../testing/storage-contract.ts'
import { idbStorage } from './idb-storage.ts'

storageContract('IndexedDB', idbStorage('contract'))

test('[ID2] two apps on one origin share nothing, though their user is the same', async () => {
  const user = crypto.randomUUID()
  const [one, other] = await Promise.all([idbStorage('one')(user), idbStorage('other')(user)])
  await one.commit({ puts: [['device', 'd']] })
  expect(await other.readAll()).toEqual([])
})

test('a refusal of the browser is a SyncError that says so, with its cause', async () => {
  const storage = await idbStorage()(crypto.randomUUID())
  const refused = storage.commit({ puts: [['a', () => {}]] })
  await expect(refused).rejects.toMatchObject({ name: 'SyncError', code: 'storage', cause: { name: 'DataCloneError' } })
})
