import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '@stowaway/local-supabase'
import { openConnection } from '../../../../packages/local-supabase/dist/server-testing.js'

/** A user of a trip, and a connection to the database on which row level security takes them for it. */
export interface Writer {
  readonly user: string
  readonly trips: readonly string[]
  /** One statement, committed; resolves with its rows. */
  readonly run: <Row extends object = object>(statement: string, parameters?: readonly string[]) => Promise<readonly Row[]>
  readonly close: () => Promise<void>
}

/** A new user with new trips, and so many items in each of them. */
export async function createWriter(backend: LocalSupabase, { trips = 1, items = 0 }: { trips?: number; items?: number } = {}): Promise<Writer> {
  const user = randomUUID()
  const ids = Array.from({ length: trips }, () => randomUUID())
  await backend.sql('insert into auth.users (id, email) values ($1, $2)', [user, `${user}@example.com`])
  await backend.sql(`insert into public.trips (id, name, created_by) select id, 'The Alps', $1 from unnest($2::uuid[]) id`, [user, ids])
  // One commit a trip, as of trips that were made one after the other.
  for (const trip of items > 0 ? ids : []) {
    await backend.sql(
      `insert into public.items (id, trip_id, name, category, position)
         select gen_random_uuid(), $1, 'Item number ' || n, 'Clothes', n from generate_series(1, $2::int) n`,
      [trip, items],
    )
  }
  return connect(backend, { user, trips: ids })
}

/** Another user, an editor of the same trips. */
export async function createCompanion(backend: LocalSupabase, { trips }: Writer): Promise<Writer> {
  const user = randomUUID()
  await backend.sql('insert into auth.users (id, email) values ($1, $2)', [user, `${user}@example.com`])
  await backend.sql(`insert into public.trip_members (trip_id, user_id, role) select trip, $1, 'editor' from unnest($2::uuid[]) trip`, [user, trips])
  return connect(backend, { user, trips })
}

async function connect(backend: LocalSupabase, { user, trips }: Pick<Writer, 'user' | 'trips'>): Promise<Writer> {
  const sql = await openConnection(backend, { id: user } as Parameters<typeof openConnection>[1])
  return {
    user,
    trips,
    run: async <Row extends object>(statement: string, parameters: readonly string[] = []) => {
      const query = sql.unsafe<Row[]>(statement, [...parameters])
      return [...(await (parameters.length === 0 ? query.simple() : query))]
    },
    close: () => sql.end(),
  }
}

/** What a database at work has long done: otherwise its housekeeping would change the plans in mid-run. */
export const settleDatabase = (backend: LocalSupabase): Promise<unknown> => backend.sql('vacuum analyze', [])
