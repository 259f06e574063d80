import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createClient } from '@supabase/supabase-js'
import { expect, onTestFinished, test } from 'vitest'
import { localKeys } from './keys.ts'
import { migrationsOf, temporaryFolder } from './testing.ts'

const program = fileURLToPath(new URL('./serve.ts', import.meta.url))

async function serve(argument: string[]): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [program, ...argument], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => endGroup(child))
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    const [, url] = /^listening (\S+)$/m.exec(printed) ?? []
    if (url !== undefined) return { url, child }
  }
  throw new Error(`the server ended before it listened: ${printed}`)
}

/** Whatever is left of a child and its Postgres, also when the test has failed: vitest would wait for it. */
function endGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  } catch {
    // Nothing is left.
  }
}

async function end(child: ChildProcess, kill: (pid: number) => void): Promise<void> {
  const exit = once(child, 'exit')
  kill(child.pid ?? 0)
  await exit
}

const clientOf = (url: string) => createClient(url, localKeys.anon, { auth: { persistSession: false, autoRefreshToken: false } })
const account = { email: 'ann@example.com', password: 'packing-list' }

test.each([
  ['Postgres, together with its Node process', 'postgres', (pid: number) => process.kill(-pid, 'SIGKILL')],
  ['Postgres, left behind by its Node process', 'postgres', (pid: number) => process.kill(pid, 'SIGKILL')],
  ['PGlite', 'disk', (pid: number) => process.kill(pid, 'SIGKILL')],
])('what was answered is there after kill -9 under load and a restart: %s', async (_what, kind, kill) => {
  const folder = await temporaryFolder('killed')
  const argument = ['--database', kind, '--folder', folder, '--migrations', await migrationsOf()]
  const first = await serve(argument)
  const writer = clientOf(first.url)
  await writer.auth.signUp(account)

  const answered = new Set<string>()
  const writeUntilKilled = async (name: string) => {
    for (let index = 0; ; index += 1) {
      const body = `${name}-${index}`
      const { error } = await writer.rpc('write_note', { note: { body } })
      if (error) return
      answered.add(body)
    }
  }
  const writers = ['a', 'b', 'c'].map(writeUntilKilled)
  await expect.poll(() => answered.size).toBeGreaterThan(20)
  await end(first.child, kill)
  await Promise.all(writers)

  const second = await serve(argument)
  const reader = clientOf(second.url)
  await reader.auth.signInWithPassword(account)
  const { data } = await reader.from('notes').select('body')
  const found = new Set(data?.map((row) => String(row['body'])))
  expect([...answered].filter((body) => !found.has(body))).toEqual([])
  await end(second.child, (pid) => process.kill(pid, 'SIGTERM'))
})
