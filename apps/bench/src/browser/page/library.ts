/** An item as a server sends it. */
export interface ItemRow {
  readonly id: string
  readonly trip_id: string
  readonly person_id: string | null
  readonly name: string
  readonly quantity: number
  readonly category: string
  readonly packed: boolean
  readonly notes: string | null
  readonly position: number
  readonly created_at: string
}

/** A way of keeping items in a browser. `database` names what it keeps: two of them never touch the same. */
export interface Library {
  /** Opens an empty database. `store` keeps rows that are in memory as if the server had just sent them; it resolves when they are durable and can be used. */
  readonly empty: (database: string, rows: readonly ItemRow[]) => Promise<{ readonly store: () => Promise<unknown>; readonly close: () => Promise<void> }>
  /** From nothing in memory to all that the database holds. */
  readonly start: (database: string) => Promise<Started>
}

export interface Started {
  readonly ids: readonly string[]
  /** Gives these items this quantity, at once; resolves when that is durable. */
  readonly edit: (ids: readonly string[], quantity: number) => Promise<unknown>
  /** Sends what waits; resolves with how many ops that took. Absent: nothing is sent here. */
  readonly send?: () => Promise<number>
  readonly close: () => Promise<void>
}

const rowsInTrip = 1_000

export function itemRows(count: number): ItemRow[] {
  const trips = Array.from({ length: Math.ceil(count / rowsInTrip) }, () => crypto.randomUUID())
  return Array.from({ length: count }, (_, index) => ({
    id: crypto.randomUUID(),
    trip_id: trips[Math.floor(index / rowsInTrip)]!,
    person_id: null,
    name: `Item number ${index + 1}`,
    quantity: 1,
    category: 'Clothes',
    packed: false,
    notes: index % 10 === 0 ? 'To be washed before it is packed' : null,
    position: index + 1,
    created_at: '2026-07-01T10:00:00.000000+00:00',
  }))
}
