import { createRxDatabase, type RxCollection, type RxDocument, type RxJsonSchema } from 'rxdb/plugins/core'
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie'
import type { ItemRow, Library } from '../library.ts'

const nullable = (type: string) => ({ type: [type, 'null'] })
const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 36 },
    trip_id: { type: 'string' },
    person_id: nullable('string'),
    name: { type: 'string' },
    quantity: { type: 'number' },
    category: nullable('string'),
    packed: { type: 'boolean' },
    notes: nullable('string'),
    position: { type: 'number' },
    created_at: { type: 'string' },
  },
  required: ['id', 'trip_id', 'name', 'quantity', 'packed', 'position'],
} as unknown as RxJsonSchema<ItemRow>

async function open(name: string) {
  const database = await createRxDatabase({ name, storage: getRxStorageDexie() })
  const { items } = await database.addCollections<{ items: RxCollection<ItemRow> }>({ items: { schema } })
  return { items, close: async () => void (await database.close()) }
}

/** RxDB with its free storage for browsers. What waits to be sent is what its documents say: there is no queue beside them. */
export const rxdb: Library = {
  empty: async (database, rows) => {
    const { items, close } = await open(database)
    return { store: () => items.bulkInsert([...rows]), close }
  },
  start: async (database) => {
    const { items, close } = await open(database)
    const documents = (await items.find().exec()) as readonly RxDocument<ItemRow>[]
    const byId = new Map(documents.map((document) => [document.primary, document]))
    return {
      ids: [...byId.keys()],
      edit: (ids, quantity) => Promise.all(ids.map((id, index) => byId.get(id)!.incrementalPatch({ quantity: quantity + index }))),
      close,
    }
  },
}
