import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { takeLock } from './lock-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
  path = join(folder, 'data.lock')
})

const deadProcess = (): string => String(spawnSync(process.execPath, ['--version']).pid)

test('a lock keeps a second taker out until it is given back', async () => {
  const release = await takeLock(path)
  await expect(takeLock(path)).rejects.toMatchObject({ name: 'LocalSupabaseError', code: 'locked' })
  await release()
  const releaseAgain = await takeLock(path)
  await releaseAgain()
  expect(await readdir(folder)).toEqual([])
})

test("another living process's lock is respected", async () => {
  await writeFile(path, String(process.ppid))
  await expect(takeLock(path)).rejects.toMatchObject({ code: 'locked' })
  expect(await readFile(path, 'utf8')).toBe(String(process.ppid))
})

test('the lock of a process that is gone is taken over, by one of several at once', async () => {
  await writeFile(path, deadProcess())
  const outcomes = await Promise.allSettled([takeLock(path), takeLock(path), takeLock(path)])
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(await readdir(folder)).toEqual(['data.lock'])
  expect(await readFile(path, 'utf8')).toBe(String(process.pid))
})

test('a lock with the own process id that this process never took is stale: ids come back', async () => {
  await writeFile(path, String(process.pid))
  await expect(takeLock(path)).resolves.toBeTypeOf('function')
})
