import { rowHash } from '../core/row-hash.ts'
import type { Row } from '../core/types.ts'
import type { PullPage, PullRequest } from '../engine/ports.ts'
import { rowOfServer } from './memory-push.ts'
import type { MemoryTables, ServerRow } from './memory-tables.ts'

const collections = ['trips', 'people', 'items']

/** A scope that has something for the caller. A cursor is "seq", or "seq:collection:id" while the scope is being sent whole. */
interface Wanted {
  /** The cursor is above the counter. */
  readonly behind: boolean
  readonly scope: string
  readonly seq: number
  readonly since: number
  readonly after: string
  readonly whole: boolean
  readonly reset: boolean
}

interface Draft {
  readonly cursors: Record<string, string>
  readonly rows: Row[]
  readonly deleted: PullPage['deleted'][number][]
  readonly reset: string[]
  readonly limit: number
  room: number
  more: boolean
}

/** One page, as sync_pull.sql and sync_pull_pages.sql make it: whole commits above the cursors, then scopes sent whole. */
export function pullPage(tables: MemoryTables, request: PullRequest, { limit, now, epoch }: { limit: number; now: number; epoch: string }): PullPage | 'unchanged' {
  const { user, only, check = false } = request
  const cursors = request.cursors ?? {}
  const mine = [...tables.scopes].filter(([scope]) => tables.role(user, scope) !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
  const etag = JSON.stringify([user, epoch, mine.map(([scope, { seq }]) => [scope, seq])])
  if (!only && etag === request.etag) return 'unchanged'
  const told = { user, epoch, asOf: tables.commits, schema: 'schema', now }
  if (request.cursors === null) return { ...told, etag: null, more: true, cursors: {}, partial: [], reset: [], behind: [], gone: [], rows: [], deleted: [], checksums: null }
  const wanted = mine.filter(([scope]) => !only || scope in cursors).flatMap(([scope, state]) => wantedOf(scope, state, cursors[scope]))
  const page: Draft = { cursors: {}, rows: [], deleted: [], reset: [], limit, room: limit, more: false }
  addCommits(tables, wanted.filter(({ whole }) => !whole), page)
  addWhole(tables, wanted.filter(({ whole }) => whole), page)
  const partial = Object.entries(page.cursors).flatMap(([scope, cursor]) => (cursor.includes(':') ? [scope] : []))
  const gone = Object.keys(cursors).flatMap((scope) => {
    const state = tables.scopes.get(scope)
    if (state === undefined || state.seq < numberIn(cursors[scope]!) || tables.role(user, scope) !== undefined) return []
    return [{ scope, reason: state.deleted ? ('deleted' as const) : ('revoked' as const) }]
  })
  const { rows, deleted, reset, more } = page
  const behind = wanted.flatMap((state) => (state.behind ? [state.scope] : []))
  const summed = mine.flatMap(([scope]) => (!only || scope in cursors ? [scope] : []))
  const checksums = check && !more ? checksumsOf(tables, new Set(summed)) : null
  return { ...told, etag: more || only ? null : etag, more, cursors: page.cursors, partial, reset, behind, gone, rows, deleted, checksums }
}

const numberIn = (cursor: string): number => Number(cursor.split(':')[0])

function checksumsOf(tables: MemoryTables, scopes: ReadonlySet<string>): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { id, scope, version } of tables.rows.values()) if (scopes.has(scope)) sums[scope] = ((sums[scope] ?? 0) ^ rowHash(id, version)) >>> 0
  return sums
}

function wantedOf(scope: string, { seq, floor }: { seq: number; floor: number }, cursor: string | undefined): Wanted[] {
  const [number, ...after] = cursor?.split(':') ?? []
  const since = number === undefined ? null : Number(number)
  const kept = since !== null && since >= floor && since <= seq
  if (since === seq && after.length === 0) return []
  const whole = !kept || after.length > 0
  return [{ scope, seq, behind: since !== null && since > seq, since: kept ? since : seq, after: kept ? after.join(':') : '', whole, reset: since !== null && !kept }]
}

/**
 * Whole commits only, at least one: a cursor stands between commits. One commit more than there is room for rows is looked at,
 * those of which no row is left included; where there were so many, there may be more.
 */
function addCommits(tables: MemoryTables, wanted: readonly Wanted[], page: Draft): void {
  const most = page.room
  let taken = 0
  for (const { scope, since, seq } of wanted) {
    for (let commit = since + 1; commit <= seq; commit += 1) {
      const rows = [...tables.rows.values()].filter((row) => row.scope === scope && row.seq === commit)
      const deleted = [...tables.tombstones.values()].filter((tombstone) => tombstone.scope === scope && tombstone.seq === commit)
      const size = rows.length + deleted.length
      if (size > page.room && taken > 0) return void (page.more = true)
      taken += 1
      page.room = Math.max(0, page.room - size)
      page.rows.push(...rows.map(rowOfServer))
      page.deleted.push(...deleted.map(({ collection, id, version }) => ({ collection, id, scope, version })))
      page.cursors[scope] = String(commit)
      if (taken > most) return void (page.more = true)
    }
  }
}

function addWhole(tables: MemoryTables, wanted: readonly Wanted[], page: Draft): void {
  for (const { scope, since, seq, after, reset } of wanted) {
    if (page.room === 0) return void (page.more = true)
    const left = [...tables.rows.values()].filter((row) => row.scope === scope && placeOf(row) > after)
    // One that would have to be cut is better begun in a page of its own.
    if ((after !== '' || left.length >= page.room) && (page.limit - page.room) * 2 >= page.limit) return void (page.more = true)
    const sent = left.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).slice(0, page.room)
    const isCut = sent.length < left.length
    page.cursors[scope] = isCut ? `${since}:${placeOf(sent.at(-1)!)}` : String(since)
    page.more ||= isCut || since < seq
    page.rows.push(...sent.map(rowOfServer))
    page.room -= sent.length
    if (reset) page.reset.push(scope)
  }
}

const placeOf = ({ collection, id }: ServerRow): string => `${collections.indexOf(collection)}:${id}`
