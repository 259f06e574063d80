import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Cluster } from './cluster.ts'
import { freePort, urlOf } from './cluster-address.ts'
import { LocalSupabaseError } from './errors.ts'
import { localKeys } from './keys.ts'

const execute = promisify(execFile)
const debianFolder = '/usr/lib/postgresql'
/** Supabase projects run nothing older. */
const oldest = 15

/** The programs of the newest Postgres that this machine has installed; undefined: it has none. */
export function findSystemPostgres(): string | undefined {
  if (!existsSync(debianFolder)) return undefined
  const versions = readdirSync(debianFolder).filter((version) => Number(version) >= oldest).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(debianFolder, version, 'bin')).find((folder) => existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'pg_basebackup')))
}

/** By their names in postgresql.conf. */
export type Settings = Readonly<Record<string, string>>

/** A new Postgres of the machine's own, in a temporary folder that is deleted at the end. Others may replicate it. */
export async function startSystemCluster(programs: string, settings: Settings = {}): Promise<Cluster> {
  const folder = await ownFolder()
  const password = `${folder}.password`
  await writeFile(password, localKeys.postgresPassword, { mode: 0o644 })
  await run(join(programs, 'initdb'), ['-D', folder, '-U', 'postgres', '-A', 'password', '--pwfile', password, '--encoding=UTF8', '--locale=C', '--no-sync'])
  await rm(password)
  return launch(programs, folder, settings)
}

/** A copy of a running Postgres that follows it, and answers reads alone. */
export async function startReplica(programs: string, primaryUrl: string): Promise<Cluster> {
  const folder = await ownFolder()
  await run(join(programs, 'pg_basebackup'), ['-D', folder, '-d', primaryUrl, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'])
  return launch(programs, folder, {})
}

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'system-postgres-'))
  const { uid, gid } = await account()
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  return folder
}

/** Postgres refuses to run as root: then as the user that Debian's package has made. */
async function account(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (which) => Number((await execute('id', [which, 'postgres'])).stdout)))
  return { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) }
}

async function run(program: string, words: string[]): Promise<void> {
  await execute(program, words, { ...(await account()), cwd: tmpdir() })
}

async function launch(programs: string, folder: string, more: Settings): Promise<Cluster> {
  const port = await freePort()
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', timezone: 'UTC', fsync: 'off', lc_messages: 'C', ...more }
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(programs, 'postgres'), ['-D', folder, ...words], { ...(await account()), cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] })
  const endWithProcess = () => child.kill('SIGQUIT')
  process.once('exit', endWithProcess)
  await ready(child, folder)
  return {
    url: urlOf(port),
    stop: async () => {
      process.off('exit', endWithProcess)
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill('SIGINT')) await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function ready(child: ChildProcess, folder: string): Promise<void> {
  let log = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      log = `${log}${String(chunk)}`.slice(-2_000)
      if (/ready to accept (?:read-only )?connections/.test(log)) resolve()
    })
    child.once('exit', () => reject(new LocalSupabaseError('postgres_failed', `Postgres did not start in ${folder}. It said: ${log}`)))
  })
}
