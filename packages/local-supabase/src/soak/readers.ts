import type postgres from 'postgres'
import { Device, pullOver } from '../server-testing.ts'
import type { Page } from '../server-testing.ts'

export interface Reader {
  /** Fetches what is new; resolves with whether there may be more at once. */
  read(): Promise<boolean>
}

/** A client by the wire, which also counts how often it was given each version of a row. */
export interface WireReader extends Reader {
  readonly device: Device
  /** By "id version". */
  readonly deliveries: ReadonlyMap<string, number>
}

export function wireReader(connection: postgres.Sql, limit: number): WireReader {
  const device = new Device()
  const deliveries = new Map<string, number>()
  return {
    device,
    deliveries,
    async read() {
      const page = await pullOver(connection, { cursors: device.cursors, limit })
      count(page, deliveries)
      device.take(page)
      return page.more
    },
  }
}

function count(page: Page, deliveries: Map<string, number>): void {
  for (const { id, sync_version } of Object.values(page.rows).flat()) {
    const version = `${id} ${sync_version}`
    deliveries.set(version, (deliveries.get(version) ?? 0) + 1)
  }
}

/** What most apps do: rows above the highest value seen of a column that rises with each write. */
export interface NaiveReader extends Reader {
  readonly versions: ReadonlyMap<string, number>
}

/** `orderedBy` is text that sorts as the column does when it is cast back. */
export function naiveReader(connection: postgres.Sql, orderedBy: 'updated_at' | 'global_number'): NaiveReader {
  const versions = new Map<string, number>()
  const column = connection(orderedBy)
  let since = orderedBy === 'updated_at' ? '-infinity' : '0'
  return {
    versions,
    async read() {
      const above = orderedBy === 'updated_at' ? connection`${since}::text::timestamptz` : connection`${since}::text::bigint`
      const rows = await connection<Array<{ id: string; version: string; place: string }>>`
        select id, sync_version::text as version, ${column}::text as place from public.items where ${column} > ${above} order by items.${column}`
      for (const { id, version } of rows) versions.set(id, Number(version))
      since = rows.at(-1)?.place ?? since
      return false
    },
  }
}

/** Reads on and on until the work has ended, and then all that is left. */
export async function readWhile(work: Promise<unknown>, readers: readonly Reader[]): Promise<void> {
  const state = { working: true }
  const ended = work.finally(() => (state.working = false))
  await Promise.all([
    ended,
    ...readers.map(async (reader) => {
      while (state.working) await reader.read()
    }),
  ])
  for (const reader of readers) while (await reader.read());
}
