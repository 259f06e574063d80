import { randomUUID } from 'node:crypto'

export interface NewItem {
  readonly id: string
  readonly name: string
  readonly position: number
}

export const newItems = (count: number): readonly NewItem[] =>
  Array.from({ length: count }, (_, index) => ({ id: randomUUID(), name: `Item number ${index + 1}`, position: index + 1 }))

/** What every op has. */
export const opHead = (trip: string) => ({ op_id: randomUUID(), collection: 'items', scope: trip, time: new Date().toISOString() })

export const opsOf = (trip: string, items: readonly NewItem[]) =>
  items.map(({ id, ...rest }) => ({ ...opHead(trip), kind: 'create' as const, id, base_version: null, patch: { ...rest, category: 'Clothes' } }))

/** One multi-row insert. */
export const insertOf = (trip: string, items: readonly NewItem[], table = 'public.items'): string =>
  `insert into ${table} (id, trip_id, name, category, position) values ` +
  items.map(({ id, name, position }) => `('${id}', '${trip}', '${name}', 'Clothes', ${position})`).join()
