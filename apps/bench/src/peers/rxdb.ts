import { randomUUID } from 'node:crypto'
import { createRxDatabase, type RxCollection, type RxDocument, type RxJsonSchema, type WithDeleted } from 'rxdb/plugins/core'
import { replicateSupabase } from 'rxdb/plugins/replication-supabase'
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory'
import type { OpenClient } from '../wire/client.ts'
import { emptyItem, type PeerItem } from './item.ts'

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
  },
  required: ['id', 'trip_id', 'name', 'quantity', 'packed', 'position'],
} as unknown as RxJsonSchema<PeerItem>

/** RxDB with its Supabase plugin, in memory: the page of the plugin, with its sizes of batches. */
export const openRxdb: OpenClient = async ({ supabase, trip, table }, items) => {
  const database = await createRxDatabase({ name: `bench${randomUUID()}`, storage: getRxStorageMemory(), multiInstance: false })
  const { items: collection } = await database.addCollections<{ items: RxCollection<PeerItem> }>({ items: { schema } })
  const replication = replicateSupabase({
    replicationIdentifier: `items-${randomUUID()}`,
    collection,
    // The same class by another copy of its types.
    client: supabase as never,
    tableName: table,
    live: true,
    pull: { batchSize: 50, modifier: withoutCreated, queryBuilder: ({ query }) => query.eq('trip_id', trip) },
    push: { batchSize: 50 },
  })
  // It would try again for ever.
  const failed = new Promise<never>((_, reject) => void replication.error$.subscribe((error) => reject(new Error(error.message.slice(0, 300), { cause: error }))))
  failed.catch(() => {})
  const inSync = () => Promise.race([replication.awaitInSync(), failed])
  await Promise.race([replication.awaitInitialReplication(), failed])
  const held = await collection.count().exec()
  if (held !== items) throw new Error(`It holds ${held} of ${items} rows.`)
  return {
    goOffline: () => void replication.pause(),
    edit: async (steps) => {
      for (const step of steps) {
        const doc = (await collection.findOne(step.id).exec()) as RxDocument<PeerItem> | null
        if (step.kind === 'create') await collection.insert({ ...emptyItem, id: step.id, trip_id: trip, name: step.name, quantity: step.quantity, position: step.position })
        else await (step.kind === 'delete' ? doc?.remove() : doc?.incrementalPatch({ quantity: step.quantity }))
      }
    },
    push: async () => {
      await replication.start()
      await inSync()
    },
    pull: async (count, quantity) => {
      await replication.start()
      replication.reSync()
      for (;;) {
        await inSync()
        if ((await collection.count({ selector: { quantity } }).exec()) === count) return
      }
    },
    close: async () => {
      await replication.cancel()
      await database.close()
    },
  }
}

/** What is not in the schema of the collection. */
function withoutCreated(row: object): WithDeleted<PeerItem> {
  return Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'created_at')) as unknown as WithDeleted<PeerItem>
}
