import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import type { LocalSupabase } from './start.ts'
import type { SignedIn } from './testing.ts'

// The wire of packages/sync/SPEC.md as a stranger would type it: these tests must not know the engine.
export type Fields = Record<string, unknown>
export interface Row extends Fields {
  readonly id: string
  readonly sync_version: number
}
export interface Answer {
  readonly op_id: string
  readonly status: string
  readonly version?: number
  readonly row?: Row
  readonly code?: string
  readonly message?: string
}
export type Cursors = Record<string, string | null>
export interface PullRequest {
  readonly cursors?: Cursors
  readonly etag?: string
  readonly only?: boolean
  readonly limit?: number
}
export interface Page {
  readonly user: string
  /** How new what the answer knows is. */
  readonly as_of: number
  readonly now: string
  readonly etag: string | null
  readonly more: boolean
  readonly scopes: Record<string, string>
  readonly partial: string[]
  readonly reset: string[]
  /** Scopes of which the client has seen more than there is here. */
  readonly behind: string[]
  readonly gone: Array<{ scope: string; reason: string }>
  readonly rows: Record<string, Row[]>
  readonly deleted: Array<{ collection: string; id: string; scope: string; version: number }>
}

/** An op on a row of a trip, now; `fields` says the rest. A trip is its own scope. */
export function op(target: { collection: string; id: string; scope: string }, kind: string, fields: Fields = {}): Fields {
  return { op_id: randomUUID(), kind, time: new Date().toISOString(), ...target, ...fields }
}

/** The whole answer to a push. */
export function pushWhole(user: SignedIn, ops: readonly Fields[]): Promise<{ answers: Answer[]; advance: Record<string, [from: string, to: string]> }> {
  return call(user, 'sync_push', { ops, device: 'test' })
}

export async function push(user: SignedIn, ops: readonly Fields[]): Promise<Answer[]> {
  const { answers } = await call<{ answers: Answer[] }>(user, 'sync_push', { ops, device: 'test' })
  return answers
}

/** Whatever came of it: the whole answer, or `{unchanged: true}` as a page without members. */
export function pull(user: SignedIn, request: PullRequest): Promise<Page> {
  return call<Page>(user, 'sync_pull', { request })
}

async function call<Result>(user: SignedIn, name: string, parameters: Fields): Promise<Result> {
  const { data, error } = await user.client.rpc(name, parameters).overrideTypes<Result, { merge: false }>()
  if (error) throw new Error(`${name}: ${error.code} ${error.message}`)
  return data as Result
}

export type HeldRow = Row & { readonly collection: string; readonly scope: string }

/** A device: it stores what it pulls as the wire says, and notices a row that goes backwards. */
export class Device {
  readonly rows: Map<string, HeldRow> = new Map()
  cursors: Cursors = {}
  readonly #refilled = new Map<string, Set<string>>()

  /** Takes in one page, in the order that the wire asks for. */
  take(page: Page): void {
    for (const scope of page.reset) this.#refilled.set(scope, new Set())
    for (const { scope } of page.gone) {
      for (const row of this.held(scope)) this.rows.delete(keyOf(row.collection, row.id))
      delete this.cursors[scope]
    }
    for (const { collection, id, scope, version } of page.deleted) {
      const key = keyOf(collection, id)
      const held = this.rows.get(key)
      if (held?.scope === scope && held.sync_version < version) this.rows.delete(key)
    }
    for (const [collection, rows] of Object.entries(page.rows)) {
      for (const row of rows) this.#put(collection, row)
    }
    for (const [scope, cursor] of Object.entries(page.scopes)) {
      this.cursors[scope] = cursor
      const refilled = this.#refilled.get(scope)
      if (refilled === undefined || page.partial.includes(scope)) continue
      this.#refilled.delete(scope)
      for (const row of this.held(scope)) {
        if (!refilled.has(keyOf(row.collection, row.id))) this.rows.delete(keyOf(row.collection, row.id))
      }
    }
  }

  held(scope: string, collection?: string): HeldRow[] {
    return [...this.rows.values()].filter(
      (row) => row.scope === scope && (collection === undefined || row.collection === collection),
    )
  }

  #put(collection: string, row: Row): void {
    const key = keyOf(collection, row.id)
    const scope = String(collection === 'trips' ? row.id : (row['trip_id'] ?? row['user_id']))
    const held = this.rows.get(key)
    if (held !== undefined && held.sync_version > row.sync_version) throw new Error(`${key} went backwards`)
    this.rows.set(key, { ...row, collection, scope })
    this.#refilled.get(scope)?.add(key)
  }
}

function keyOf(collection: string, id: string): string {
  return `${collection} ${id}`
}

/** Pulls until the server says that there is no more, and resolves with the number of pages. */
export async function sync(user: SignedIn, device: Device, limit = 2000): Promise<number> {
  for (let pages = 1; ; pages += 1) {
    const page = await pull(user, { cursors: device.cursors, limit })
    device.take(page)
    if (!page.more) return pages
    if (pages > 10_000) throw new Error('the pages do not end')
  }
}

/** A connection of its own to an embedded Postgres: as the database's owner, or as a user. */
export async function openConnection(supabase: Pick<LocalSupabase, 'databaseUrl'>, user?: SignedIn): Promise<postgres.Sql> {
  const sql = postgres(supabase.databaseUrl ?? '', { max: 1, onnotice() {} })
  if (user !== undefined) {
    const claims = JSON.stringify({ sub: user.id, role: 'authenticated' })
    await sql`select set_config('request.jwt.claims', ${claims}, false), set_config('request.jwt.claim.sub', ${user.id}, false)`
    await sql`set role authenticated`
  }
  return sql
}

/** The same pull over such a connection. */
export async function pullOver(sql: postgres.Sql, request: PullRequest): Promise<Page> {
  const [result] = await sql<[{ page: Page }]>`select public.sync_pull(${sql.json(request as postgres.JSONValue)}) as page`
  return result.page
}
