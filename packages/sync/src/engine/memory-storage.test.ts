import { storageContract } from '../testing/storage-contract.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'

const stores = new Map<string, Storage>()

storageContract('memory', (user) => {
  const store = stores.get(user) ?? memoryStorage()
  stores.set(user, store)
  return Promise.resolve(store)
})
