import { randomUUID } from 'node:crypto'
import type { Row } from '../../../packages/sync/dist/core/types.js'
import type { PullPage } from '../../../packages/sync/dist/engine/ports.js'
import { Tables } from '../../../packages/sync/dist/supabase/tables.js'

/** As many ids as there are to be rows. Those of two runs differ, as real ones do: consecutive ones would be compared faster. */
export const someIds = (count: number): readonly string[] => Array.from({ length: count }, () => randomUUID())

export const trip = '5f0d6a34-7f0c-4f1c-9d3e-2a8f1f4c7b60'
export const user = 'c1b7a0de-64a5-4a43-8a15-2f3f6c1d9e77'

const table = { collection: 'items', table: 'items', scopeField: 'tripId', columns: {} }

/** Items of one trip as they come from the server: nothing in one row is shared with another. */
export function pulledRows(ids: readonly string[], version: number): Row[] {
  const wire = ids.map((id, index) => ({
    id,
    trip_id: trip,
    person_id: null,
    name: `Item number ${index + 1}`,
    quantity: version,
    category: 'Clothes',
    packed: false,
    notes: index % 10 === 0 ? 'To be washed before it is packed' : null,
    position: index + 1,
    created_at: '2026-07-01T10:00:00.000000+00:00',
    sync_version: version,
  }))
  const tables = new Tables([table])
  return (JSON.parse(JSON.stringify(wire)) as typeof wire).map((columns) => tables.toRow(table, columns))
}

/** The pages of one pull. `rowsPerPage`: by default the server's. */
export function pagesOf(rows: readonly Row[], version: number, rowsPerPage: number = 2_000): readonly PullPage[] {
  const pages = Math.ceil(rows.length / rowsPerPage)
  return Array.from({ length: pages }, (_, page) => {
    const isLast = page === pages - 1
    return {
      user,
      epoch: 'a4f1f7a8-5a3e-4a1a-8d29-0b9c7e5d3c11',
      asOf: version,
      schema: 'bench',
      now: Date.now(),
      etag: isLast ? `after ${version}` : null,
      more: !isLast,
      cursors: { [trip]: `${version}:${page}` },
      partial: isLast ? [] : [trip],
      reset: [],
      behind: [],
      gone: [],
      rows: rows.slice(page * rowsPerPage, (page + 1) * rowsPerPage),
      deleted: [],
      checksums: null,
    }
  })
}
