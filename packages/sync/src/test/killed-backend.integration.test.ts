import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { localKeys } from '@stowaway/local-supabase'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import type { grouped } from '../supabase/wire-groups.ts'
import { items, openDevice, trips } from './device.ts'
import { singleOps } from './single-ops.ts'

const program = fileURLToPath(new URL('../../../local-supabase/src/serve.ts', import.meta.url))

interface Backend {
  readonly url: string
  readonly databaseUrl: string
  /** Node process and Postgres at once, as when the power fails. */
  readonly kill: () => Promise<void>
}

async function serve(folder: string, port: string): Promise<Backend> {
  const child = spawn(process.execPath, [program, '--database', 'postgres', '--folder', folder, '--port', port], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => killGroup(child))
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    const url = /^listening (\S+)$/m.exec(printed)?.[1]
    const databaseUrl = /^database (\S+)$/m.exec(printed)?.[1]
    if (url === undefined || databaseUrl === undefined) continue
    const kill = async () => {
      const exit = once(child, 'exit')
      killGroup(child)
      await exit
    }
    return { url, databaseUrl, kill }
  }
  throw new Error(`The backend ended before it listened: ${printed}`)
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

const opIds = (body: unknown) => singleOps((JSON.parse(body as string) as { ops: ReturnType<typeof grouped> }).ops).map(({ op_id }) => op_id)

/** Resolves as soon as a connection is inside `sync_push`. */
async function midPush(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    for (;;) {
      const [row] = await sql`select 1 from pg_stat_activity where state = 'active' and query like '%sync_push%' and pid <> pg_backend_pid()`
      if (row) return
    }
  } finally {
    await sql.end({ timeout: 0 }).catch(() => {})
  }
}

test.each([
  ['while Postgres works on the push', 'inside'],
  ['after the push was committed, its answer lost', 'after'],
] as const)('[PU1] [OB3] kill -9 of the backend %s: after a restart every op has taken effect once', async (_what, moment) => {
  const folder = await mkdtemp(join(tmpdir(), 'killed-push-'))
  const first = await serve(folder, '0')
  const account = { email: 'ann@example.com', password: 'packing-list' }
  await createClient(first.url, localKeys.anon, { auth: { persistSession: false } }).auth.signUp(account)

  const sent: string[][] = []
  let answersToLose = moment === 'after' ? 1 : 0
  const watched: typeof fetch = async (input, init) => {
    const isPush = typeof input === 'string' && input.endsWith('/rpc/sync_push')
    if (isPush) sent.push(opIds(init?.body))
    const response = await fetch(input, init)
    if (!isPush || sent.length === 1 || answersToLose === 0) return response
    answersToLose -= 1
    await first.kill()
    throw new TypeError('the answer was lost')
  }
  const ann = await openDevice({ url: first.url, anonKey: localKeys.anon, ...account, storage: memoryStorage(), fetch: watched })
  const trip = crypto.randomUUID()
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  await ann.settled()

  ann.sync.pause()
  const created = Array.from({ length: 900 }, (_, index) => ({ id: crypto.randomUUID(), tripId: trip, name: `Item ${index}`, quantity: 1, packed: false }))
  ann.dispatch(items.slice.actions.addedMany(created))
  const killed = moment === 'inside' ? midPush(first.databaseUrl).then(first.kill) : ann.until(({ sync }) => sync.lastError !== null)
  ann.sync.resume()
  await killed

  const second = await serve(folder, new URL(first.url).port)
  await ann.settled()
  const sql = postgres(second.databaseUrl, { max: 1, onnotice: () => {} })
  const [count] = await sql`select count(*)::int as items, count(distinct id)::int as ids from public.items where trip_id = ${trip}`
  const doubled = await sql`select count(*)::int as times from sync.operations group by row_id having count(*) > 1`
  expect(count).toEqual({ items: 900, ids: 900 })
  expect(doubled).toHaveLength(0)
  expect(ann.state().rejected).toEqual([])
  const [, beforeKill, afterRestart] = sent.filter((ops) => ops.length > 0)
  expect(afterRestart).toEqual(beforeKill)
  await sql.end()
  await ann.sync.stop()
  await second.kill()
})
