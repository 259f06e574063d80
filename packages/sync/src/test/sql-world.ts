import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { settleByTurns } from '../testing/simulated-clock.ts'
import type { SimulatedWorld } from '../testing/simulated-world.ts'
import { sqlServer } from './sql-server.ts'

type Rows = Awaited<ReturnType<LocalSupabase['sql']>>

/** Runs statements one after the other, as the owner. With parameters it is one statement, without there may be several. */
export type Sql = (text: string, parameters?: unknown[]) => Promise<Rows>

export interface SqlWorld extends SimulatedWorld {
  readonly close: () => Promise<void>
}

const empty = `
  set session_replication_role = replica;
  truncate public.trips, sync.scopes, sync.commits, sync.tombstones, sync.operations, sync.refusals, realtime.messages cascade;
  set session_replication_role = origin`

/** The simulation on the real SQL: one database in this process for all lives, emptied before each. */
export async function sqlWorld(): Promise<SqlWorld> {
  const backend = await startLocalSupabase({ database: { kind: 'memory' } })
  const users = await Promise.all(['ann', 'ben', 'cleo'].map((name) => backend.createUser(`${name}@example.com`, 'packing-list', name)))
  const [ann, ben, cleo] = users.map(({ id }) => id) as [string, string, string]
  let last: Promise<unknown> = Promise.resolve()
  const sql: Sql = (text, parameters) => {
    const done = last.then(() => backend.sql(text, parameters))
    last = done.catch(() => {})
    return done
  }
  return {
    users: [ann, ben, cleo],
    newId: ({ device, count }) => `00000000-0000-4000-800${device}-${count.toString(16).padStart(12, '0')}`,
    openServer: async (parts) => {
      await sql(empty)
      return sqlServer(sql, parts)
    },
    // What the database does takes no time on the simulated clock.
    settle: async () => {
      for (let waited: unknown; waited !== last; ) {
        waited = last
        await waited
        await settleByTurns()
      }
    },
    close: () => backend.close(),
  }
}
