/** A row of peer_items, without the columns that only the server writes. */
export interface PeerItem {
  readonly id: string
  readonly trip_id: string
  readonly person_id: string | null
  readonly name: string
  readonly quantity: number
  readonly category: string | null
  readonly packed: boolean
  readonly notes: string | null
  readonly position: number
}

export const emptyItem: Omit<PeerItem, 'id' | 'trip_id' | 'name'> = { person_id: null, quantity: 1, category: null, packed: false, notes: null, position: 0 }
