import { idbStorage } from '../../../../../packages/sync/dist/browser/idb-storage.js'
import { keys, pageSize } from '../../../../../packages/sync/dist/core/records.js'
import type { Row } from '../../../../../packages/sync/dist/core/types.js'
import { sealedWrite, sortOutInSlices } from '../../../../../packages/sync/dist/engine/opening.js'
import { systemEnvironment } from '../../../../../packages/sync/dist/environment.js'
import type { ItemRow, Library } from './library.ts'

/** Our records and nothing else: what the rest of ours takes, from the wire to the store, is the difference. */
export const storageAlone: Library = {
  empty: async (database, rows) => {
    const storage = await idbStorage('alone')(database)
    const pages = pagesOf(rows)
    return { store: () => storage.commit(sealedWrite({ puts: pages })), close: () => Promise.resolve(storage.close()) }
  },
  start: async (database) => {
    const storage = await idbStorage('alone')(database)
    const { records } = await sortOutInSlices(await storage.readAll(), systemEnvironment)
    return {
      ids: records.flatMap(([, value]) => (value as { readonly rows: readonly Row[] }).rows.map(({ id }) => id)),
      edit: () => Promise.reject(new Error('It keeps rows only.')),
      close: () => Promise.resolve(storage.close()),
    }
  },
}

/** As a pull leaves them: no page is of two scopes. */
function pagesOf(items: readonly ItemRow[]): (readonly [key: string, value: { readonly rows: readonly Row[] }])[] {
  const byTrip = new Map<string, Row[]>()
  for (const row of items.map((item) => rowOf(item))) {
    const rows = byTrip.get(row.scope)
    if (rows === undefined) byTrip.set(row.scope, [row])
    else rows.push(row)
  }
  return [...byTrip].flatMap(([trip, rows]) =>
    Array.from({ length: Math.ceil(rows.length / pageSize) }, (_, page) => [keys.page('items', trip, page), { rows: rows.slice(page * pageSize, (page + 1) * pageSize) }] as const),
  )
}

function rowOf({ id, trip_id: scope, person_id: personId, created_at: createdAt, ...rest }: ItemRow): Row {
  return { collection: 'items', id, scope, version: 1, fields: { tripId: scope, personId, ...rest, createdAt } }
}
