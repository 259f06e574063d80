import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fields, Json } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import { rowHash } from '../core/row-hash.ts'
import type { Answer, Op, Row } from '../core/types.ts'
import type { PullPage, Transport } from '../engine/ports.ts'
import { Tables } from '../supabase/tables.ts'
import { supabaseTransport } from '../supabase/transport.ts'
import { MemoryServer } from './memory-server.ts'
import type { Role } from './memory-tables.ts'
import { seededRandom, type SeededRandom } from './seeded-random.ts'

const tables = new Tables([
  { collection: 'trips', table: 'trips', scopeField: 'id', columns: {} },
  { collection: 'people', table: 'people', scopeField: 'tripId', columns: {} },
  { collection: 'items', table: 'items', scopeField: 'tripId', columns: {} },
])
const compared = ['name', 'quantity', 'personId', 'tripId']

let backend: LocalSupabase
let pageLimit = 2_000
/** Collections by their number in a cursor. */
const names = { real: new Map<string, string>(), memory: new Map([['0', 'trips'], ['1', 'people'], ['2', 'items']]) }
const people: { readonly id: string; readonly real: Transport }[] = []
const cursors = { real: new Map<string, Record<string, string>>(), memory: new Map<string, Record<string, string>>() }
const memory = new MemoryServer({ now: Date.now, onCommit: () => {}, pageLimit: () => pageLimit, undecidedFrom: () => null })

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  for (const name of ['ann', 'ben', 'cleo']) {
    const [email, password] = [`${name}@example.com`, 'packing-list']
    const { id } = await backend.createUser(email, password, name)
    const client = createClient(backend.url, backend.anonKey, { auth: { persistSession: false, autoRefreshToken: false }, global: { fetch: withLimit } })
    await client.auth.signInWithPassword({ email, password })
    people.push({ id, real: supabaseTransport(client, tables) })
  }
  // So that both fill their pages with the same rows. What such tables do to the scopes they do all the same.
  await backend.sql(`delete from sync.collections where name not in ('trips', 'people', 'items')`)
  for (const { ordinal, name } of await backend.sql('select ordinal, name from sync.collections')) names.real.set(String(ordinal), String(name))
})
afterAll(() => backend.close())

/** The transport lets the server choose how many rows a page holds. */
function withLimit(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input)
  if (!url.pathname.endsWith('/sync_pull')) return fetch(input, init)
  const inUrl = url.searchParams.get('request')
  const request = inUrl === null ? (JSON.parse(init?.body as string) as { request: object }).request : (JSON.parse(inUrl) as object)
  const limited = { ...request, limit: pageLimit }
  if (inUrl === null) return fetch(input, { ...init, body: JSON.stringify({ request: limited }) })
  url.searchParams.set('request', JSON.stringify(limited))
  return fetch(url, init)
}

const fieldsOf = (fields: Fields): Fields => Object.fromEntries(compared.map((field) => [field, fields[field] ?? null]))
const rowOf = ({ collection, id, scope, fields }: Row) => ({ collection, id, scope, fields: fieldsOf(fields) })

/** What both servers must say alike: versions are counted differently, and sentences are the server's own. */
function meaningOf(answer: Answer, kind: Op['kind']): unknown {
  const row = 'row' in answer && answer.row ? rowOf(answer.row) : null
  if (answer.status !== 'conflict' || kind === 'delete') return { status: answer.status, row }
  return { status: answer.status, row, edits: Object.keys(answer.edits).sort().map((field) => [field, answer.edits[field]?.by]) }
}

const sorted = (list: readonly unknown[]): string[] => list.map((entry) => JSON.stringify(entry)).sort()

function newsOf(side: 'real' | 'memory', page: PullPage | 'unchanged'): unknown {
  if (page === 'unchanged') return page
  const { partial, more } = page
  const held = Object.entries(page.cursors).map(([scope, cursor]) => {
    const [seq, collection, id] = cursor.split(':')
    return [scope, seq, names[side].get(collection ?? '') ?? null, id ?? null]
  })
  const deleted = page.deleted.map(({ collection, id, scope }) => [collection, id, scope])
  const summed = page.checksums === null ? null : Object.keys(page.checksums).sort()
  return { rows: sorted(page.rows.map(rowOf)), deleted: sorted(deleted), gone: sorted(page.gone), reset: sorted(page.reset), behind: sorted(page.behind), summed, cursors: sorted(held), partial: sorted(partial), more }
}

interface Sent {
  readonly memory: Op
  readonly real: Op
}

/** One push, one op to a row: of one unit or each by itself; now and then another op stands in the middle of the unit. */
async function makeOps(random: SeededRandom, ids: Record<string, readonly string[]>): Promise<readonly Sent[]> {
  const count = random.chance(0.6) ? 1 : 2 + random.below(2)
  const unit = random.chance(0.7) ? crypto.randomUUID() : null
  const isScattered = random.chance(0.1)
  const ops: Sent[] = []
  for (let place = 0; place < count; place += 1) {
    const op = await makeOp(random, ids)
    if (ops.some(({ real }) => real.id === op.real.id)) continue
    const own = isScattered && place === 1 ? null : unit
    ops.push({ memory: { ...op.memory, unit: own }, real: { ...op.real, unit: own } })
  }
  return ops
}

/** What an update of an item adds to which columns: mostly what can be added. */
function makeAdd(random: SeededRandom, { collection, kind }: Pick<Op, 'collection' | 'kind'>): Op['add'] {
  if (random.chance(0.03)) return { name: 1 }
  if (collection !== 'items' || kind !== 'update' || random.chance(0.5)) return {}
  return { quantity: random.pick([1, 1, 1, 2, -1, -1, -2, 9_999, 0.5])! }
}

/** An op on one of a few rows, right or wrong about what is there. */
async function makeOp(random: SeededRandom, ids: Record<string, readonly string[]>): Promise<Sent> {
  const collection = random.pick(['trips', 'people', 'items', 'items'])!
  const scope = random.pick(ids['trips']!)!
  const id = collection === 'trips' ? scope : random.pick(ids[collection]!)!
  const kind = random.pick<Op['kind']>(['create', 'create', 'update', 'update', 'update', 'replace', 'delete'])!
  const present = memory.tables.row({ collection, id })
  const rest: Record<string, Json> = collection === 'items' ? { quantity: random.below(3), personId: random.chance(0.3) ? random.pick(ids['people']!)! : null } : {}
  const whole = { name: `name ${random.below(4)}`, ...rest }
  const add = makeAdd(random, { collection, kind })
  const patch = kind === 'delete' ? {} : kind === 'update' && random.chance(0.6) ? { name: whole.name } : whole
  const wrong: Fields = { name: 'other', quantity: 7, personId: null }
  const base = Object.fromEntries(Object.keys(patch).map((field) => [field, (random.chance(0.6) ? present?.fields : wrong)?.[field] ?? null]))
  const current = random.chance(0.5) && present !== undefined
  const [real] = await backend.sql(`select sync_version from public.${collection} where id = $1`, [id])
  const old = random.chance(0.3) ? null : 1
  const place = kind === 'create' || kind === 'replace' ? scope : (present?.scope ?? scope)
  const op = { opId: crypto.randomUUID(), collection, kind, id, scope: place, patch, baseValues: base, time: Date.now(), sequences: [], add, unit: null }
  const known = { memory: current ? present.version : old, real: current ? Number(real?.['sync_version']) : old }
  return { memory: { ...op, baseVersion: known.memory }, real: { ...op, baseVersion: known.real } }
}

const join = `insert into public.trip_members (trip_id, user_id, role) values ($1, $2, $3)
  on conflict (trip_id, user_id) do update set role = excluded.role`

async function changeRole(random: SeededRandom): Promise<void> {
  const [scope, members] = random.pick([...memory.tables.members]) ?? []
  const user = random.pick(people)!.id
  const role = random.pick<Role | null>(['owner', 'editor', 'viewer', null])!
  const held = members?.get(user) ?? null
  if (scope === undefined || held === 'owner' || held === role) return
  memory.tables.commit(() => memory.tables.setRole(scope, user, role))
  if (role === null) await backend.sql('delete from public.trip_members where trip_id = $1 and user_id = $2', [scope, user])
  else await backend.sql(join, [scope, user, role])
}

function take(side: 'real' | 'memory', user: string, page: PullPage): void {
  const held = { ...cursors[side].get(user), ...page.cursors }
  for (const { scope } of page.gone) delete held[scope]
  cursors[side].set(user, held)
}

const rowsOf = new Map<string, Map<string, Row>>()

function store(user: string, { gone, reset, deleted, rows }: PullPage): void {
  const held = rowsOf.get(user) ?? new Map<string, Row>()
  rowsOf.set(user, held)
  const left = new Set([...gone.map(({ scope }) => scope), ...reset])
  for (const [key, { scope }] of held) if (left.has(scope)) held.delete(key)
  for (const { collection, id, scope, version } of deleted) {
    const row = held.get(entityKey(collection, id))
    if (row?.scope === scope && row.version < version) held.delete(entityKey(collection, id))
  }
  for (const row of rows) held.set(entityKey(row.collection, row.id), row)
}

/** The checksums that a device computes. */
function sumsOf(rows: ReadonlyMap<string, Row> = new Map()): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { id, scope, version } of rows.values()) sums[scope] = ((sums[scope] ?? 0) ^ rowHash(id, version)) >>> 0
  return sums
}

let newest = 0

interface Comparison {
  readonly told: unknown
  readonly ought: unknown
}

/**
 * Pages of a size drawn, until there are no more or the device has had enough for now. Both servers must cut them alike; at
 * the end the device has reached the last commit of every scope, and holds what is there.
 */
async function pullPages(random: SeededRandom, { id: user, real }: (typeof people)[number]): Promise<readonly Comparison[]> {
  pageLimit = random.pick([1, 1, 2, 3, 5, 2_000])!
  const comparisons: Comparison[] = []
  let left = random.chance(0.2) ? 1 + random.below(3) : Infinity
  for (let more = true; more; left -= 1) {
    if (left === 0) return comparisons
    const asked = { user, etag: null, only: false, check: true }
    const page = memory.pull({ ...asked, cursors: cursors.memory.get(user) ?? {} })
    const realPage = await real.pull({ ...asked, cursors: cursors.real.get(user) ?? {} })
    comparisons.push({ told: newsOf('memory', page), ought: newsOf('real', realPage) })
    if (page === 'unchanged' || realPage === 'unchanged') return comparisons
    take('memory', user, page)
    take('real', user, realPage)
    store(user, realPage)
    if (realPage.checksums !== null) comparisons.push({ told: realPage.checksums, ought: sumsOf(rowsOf.get(user)) })
    comparisons.push({ told: realPage.asOf >= newest, ought: true })
    newest = Math.max(newest, realPage.asOf)
    more = realPage.more
  }
  const mine = [...memory.tables.scopes].filter(([scope]) => memory.tables.role(user, scope) !== undefined)
  const there = [...memory.tables.rows.values()].filter(({ scope }) => memory.tables.role(user, scope) !== undefined)
  const last = { told: cursors.real.get(user), ought: Object.fromEntries(mine.map(([scope, { seq }]) => [scope, String(seq)])) }
  return [...comparisons, last, { told: sorted([...(rowsOf.get(user)?.values() ?? [])].map(rowOf)), ought: sorted(there.map(rowOf)) }]
}

const statusesOf = (answers: readonly Answer[]): string[] => answers.map(({ status }) => status)
const met = new Set<string>()

const fresh = (count: number) => Array.from({ length: count }, () => crypto.randomUUID())

test.each([1, 2, 3, 4])('[PU1] [PU2] [PU4] [PU5] [A7] [PL1] [PL3] [PL4] [PL6] [PL7] the server in memory answers as the SQL does (seed %i)', async (seed) => {
  const random = seededRandom(seed)
  const ids = { trips: fresh(3), people: fresh(4), items: fresh(6) }
  const story: unknown[] = []
  const pushes: { readonly by: (typeof people)[number]; readonly ops: readonly Sent[] }[] = []
  for (let step = 0; step < 300; step += 1) {
    if (random.chance(0.1)) await changeRole(random)
    // Now and then a copy of what was sent before, some of it long ago, arrives late.
    const push = random.chance(0.2) ? random.pick(pushes.slice(random.chance(0.6) ? -6 : 0)) : undefined
    const { by, ops } = push ?? { by: random.pick(people)!, ops: await makeOps(random, ids) }
    const { id: user, real } = by
    pushes.push({ by, ops })
    const sender = { user, device: 'test', clockOffset: 0, now: Date.now() }
    const { answers: given, advance: advanced } = memory.push({ batchId: 'b', ops: ops.map((op) => op.memory) }, sender)
    const { answers: expected, advance } = await real.push({ batchId: 'b', ops: ops.map((op) => op.real) }, sender)
    const [told, ought] = [given, expected].map((answers) => answers.map((answer, place) => meaningOf(answer, ops[place]!.real.kind)))
    story.push({ step, user: people.findIndex(({ id }) => id === user), ops: ops.map((op) => op.memory), given: statusesOf(given), expected: statusesOf(expected) })
    for (const status of statusesOf(expected)) met.add(status)
    const pages = random.chance(0.3) ? await pullPages(random, by) : []
    if (Object.keys(advance ?? {}).length > 0) met.add('advance')
    for (const both of [{ told, ought }, { told: advanced, ought: advance }, ...pages]) expect(both.told, `after ${JSON.stringify(story.slice(-12), null, 1)}`).toEqual(both.ought)
  }
})

test('every answer has come up, save those that take several connections', () => {
  expect([...met].sort()).toEqual(['advance', 'applied', 'conflict', 'deleted', 'duplicate', 'forbidden', 'invalid', 'merged', 'not_found', 'undone'])
})
