import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'

/**
 * A Postgres whose Node process was killed goes on alone and keeps its folder: it is stopped. The process id in
 * `postmaster.pid` may belong to something else by now, so the server on the recorded port is first asked for its folder.
 */
export async function stopOrphan(databaseDir: string, urlOf: (port: number) => string): Promise<void> {
  const [pid, , , port] = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n').map(Number),
    () => [],
  )
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
