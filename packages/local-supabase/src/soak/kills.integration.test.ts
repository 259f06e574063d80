import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { localKeys } from '../keys.ts'
import { Device, op, push, sync } from '../server-testing.ts'
import type { Answer, Fields } from '../server-testing.ts'
import { share, temporaryFolder } from '../testing.ts'
import type { SignedIn } from '../testing.ts'
import { serve } from './served.ts'
import type { Served } from './served.ts'
import { patience, report, sized } from './soak.ts'

const trip = randomUUID()
const shared = { collection: 'items', id: randomUUID(), scope: trip }
const password = 'packing-list'

const clientOf = ({ url }: Served) => createClient(url, localKeys.anon, { auth: { persistSession: false, autoRefreshToken: false } })

async function signInTo(server: Served, name: string): Promise<SignedIn> {
  const client = clientOf(server)
  const email = `${name}@example.com`
  const { data } = await client.auth.signInWithPassword({ email, password })
  if (data.user !== null) return { id: data.user.id, client }
  const { data: made, error } = await client.auth.signUp({ email, password })
  if (made.user === null) throw error ?? new Error('No user was made.')
  return { id: made.user.id, client }
}

/** A device with a batch on its way: it sends the same ops until they are answered, however often the server dies. */
class Sender {
  batch: readonly Fields[] = []
  readonly sent: Fields[] = []
  readonly answers: Answer[] = []
  readonly trip = randomUUID()
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  /** Resolves when the server no longer answers. */
  async send(user: SignedIn, onAnswer: () => void): Promise<void> {
    for (;;) {
      if (this.batch.length === 0) this.batch = this.#next()
      try {
        this.answers.push(...(await push(user, this.batch)))
      } catch {
        return
      }
      this.batch = []
      onAnswer()
    }
  }

  /** Ten new rows of its own trip, or of the one that all share, where one more is counted too. */
  #next(): Fields[] {
    const counts = this.sent.length % 3 === 0
    const scope = counts ? trip : this.trip
    const created = Array.from({ length: 10 }, () => op({ collection: 'items', id: randomUUID(), scope }, 'create', { patch: { name: 'x' } }))
    const ops = [...created, ...(counts ? [op(shared, 'update', { patch: {}, base: {}, add: { position: 1 } })] : [])]
    this.sent.push(...ops)
    return ops
  }
}

test('[PU1] [PL1] a server that is killed again and again while it commits keeps what it acknowledged, does each op once, and its cursors stay right', { timeout: patience }, async () => {
  const folder = await temporaryFolder('kills')
  const senders = ['ann', 'ben', 'cem', 'dan'].map((name) => new Sender(name))
  const device = new Device()
  const kills = sized({ short: 3, long: 20 })
  let server = await serve(folder)
  const ann = await signInTo(server, 'ann')
  await push(ann, [op({ collection: 'trips', id: trip, scope: trip }, 'create', { patch: { name: 'Rome' } }), op(shared, 'create', { patch: { name: 'shared' } })])
  for (const sender of senders) {
    const user = await signInTo(server, sender.name)
    if (user.id !== ann.id) await share(trip, ann, user)
    await push(user, [op({ collection: 'trips', id: sender.trip, scope: sender.trip }, 'create', { patch: { name: sender.name } })])
  }
  let unanswered = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const running = server
    const users = await Promise.all(senders.map(({ name }) => signInTo(running, name)))
    const state: { answers: number; killed?: Promise<void> } = { answers: 0 }
    // After another number of answers each time, at whatever point of their commits the other pushes are.
    const onAnswer = () => {
      state.answers += 1
      if (state.answers > 5 + kill * 3) state.killed ??= running.kill()
    }
    const reading = (async () => {
      while (state.killed === undefined) await sync(users[0] ?? ann, device, 20).catch(() => undefined)
    })()
    await Promise.all(senders.map((sender, index) => sender.send(users[index] ?? ann, onAnswer)))
    await Promise.all([reading, state.killed])
    unanswered += senders.filter(({ batch }) => batch.length > 0).length
    server = await serve(folder)
  }
  const last = server
  const users = await Promise.all(senders.map(({ name }) => signInTo(last, name)))
  await Promise.all(senders.map(async ({ batch, answers }, index) => answers.push(...(await push(users[index] ?? ann, batch)))))

  const sql = postgres(server.databaseUrl, { max: 1 })
  const sent = senders.flatMap((sender) => sender.sent)
  const rows = await sql<Array<{ id: string; trip_id: string; sync_version: string }>>`select id, trip_id, sync_version::text from public.items`
  const [counter] = await sql`select position from public.items where id = ${shared.id}`
  const [log] = await sql`select count(*)::int as ops from sync.operations o join sync.collections c on c.ordinal = o.collection where c.name = 'items'`
  await sql.end()
  const statuses = senders.flatMap(({ answers }) => answers.map(({ status }) => status))
  expect(statuses.filter((status) => !['applied', 'merged', 'duplicate'].includes(status))).toEqual([])
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([shared.id, ...sent.map((one) => one['id'])]))
  expect(counter).toEqual({ position: sent.filter((one) => one['kind'] === 'update').length })
  expect(log).toEqual({ ops: sent.length + 1 })

  await sync(users[0] ?? ann, device)
  const visible: Array<string | undefined> = [trip, senders[0]?.trip]
  const seen = rows.filter(({ trip_id }) => visible.includes(trip_id))
  const held = visible.flatMap((scope) => device.held(String(scope), 'items'))
  expect(new Map(held.map((row) => [row.id, row.sync_version]))).toEqual(new Map(seen.map((row) => [row.id, Number(row.sync_version)])))
  const done = statuses.filter((status) => status === 'duplicate').length
  report(`${kills} kills, ${sent.length} ops, ${unanswered} pushes without an answer; of their ops ${done} had been done, and were answered as duplicates; none lost, none twice`)
  await server.close()
  await rm(folder, { recursive: true })
})
