import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LocalSupabaseError } from './errors.ts'

/** Locks of this process, which the process id in the file cannot tell from those of an earlier process with its id. */
const held = new Set<string>()

/**
 * Takes `path` for this process; a lock left behind by a process that is gone is taken over.
 * Resolves with the function that gives it back. Rejects with `locked` when another process holds it.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  if (held.has(path)) throw locked(path, process.pid)
  held.add(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    if (!(await create(path))) {
      await removeStale(path)
      if (!(await create(path))) throw locked(path, await holderOf(path))
    }
  } catch (error) {
    held.delete(path)
    throw error
  }
  return async () => {
    await rm(path, { force: true })
    held.delete(path)
  }
}

/** Written aside and linked, so that nobody ever reads a lock without its process id. */
async function create(path: string): Promise<boolean> {
  const aside = `${path}.${process.pid}`
  await writeFile(aside, String(process.pid))
  try {
    await link(aside, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside)
  }
}

/** Renamed before it is deleted: two processes may find it stale, and the slower must not delete the faster one's lock. */
async function removeStale(path: string): Promise<void> {
  const holder = await holderOf(path)
  if (isAlive(holder)) throw locked(path, holder)
  const aside = `${path}.${process.pid}`
  await rename(path, aside)
  if ((await holderOf(aside)) !== holder) await link(aside, path)
  await rm(aside)
}

async function holderOf(path: string): Promise<number> {
  return Number.parseInt(await readFile(path, 'utf8'), 10)
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function locked(path: string, holder: number): LocalSupabaseError {
  return new LocalSupabaseError(
    'locked',
    `The data is in use by process ${holder}, and two processes would corrupt it. Stop that one first, or choose another folder. (If no such process of yours runs, delete ${path}.)`,
  )
}
