import type { Fields, Json } from '../core/json.ts'
import type { Answer, FieldEdit, Op } from '../core/types.ts'
import type { PullPage } from '../engine/ports.ts'
import type { Table, Tables } from './tables.ts'

/** The forms of SPEC.md, "The wire". */
type WireRow = Readonly<Record<string, Json>>

export interface WireOp {
  readonly op_id: string
  readonly collection: string
  readonly kind: Op['kind']
  readonly id: string
  readonly scope: string
  readonly base_version: number | null
  readonly patch?: Readonly<Record<string, Json>>
  readonly base?: Readonly<Record<string, Json>>
  readonly add?: Readonly<Record<string, number>>
  readonly unit?: string
  readonly time: string
}

export interface WireAnswer {
  readonly op_id: string
  readonly status: Answer['status']
  readonly version?: number | null
  readonly row?: WireRow | null
  readonly code?: string | null
  readonly message?: string | null
  readonly fields?: Readonly<Record<string, { readonly by: string | null; readonly at: string }>> | null
}

export interface WirePush {
  readonly user: string
  readonly epoch?: string
  readonly as_of?: number
  readonly advance?: Readonly<Record<string, readonly [from: string, to: string]>>
  readonly now: string
  readonly answers: readonly WireAnswer[]
}

export interface WirePull {
  readonly user: string
  readonly epoch: string
  readonly as_of: number
  readonly schema: string
  readonly now: string
  readonly etag: string | null
  readonly more: boolean
  readonly scopes: Readonly<Record<string, string>>
  readonly partial: readonly string[]
  readonly reset: readonly string[]
  readonly behind: readonly string[]
  readonly gone: PullPage['gone']
  readonly rows: Readonly<Record<string, readonly WireRow[]>>
  readonly deleted: PullPage['deleted']
  readonly checksums: PullPage['checksums']
}

/** The last moment of the year 9999: later ones are written in a form that Postgres does not read. */
const endOfTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** The device's clock, as milliseconds since 1970, and what to add to it to get the server's. */
export interface DeviceClock {
  readonly now: number
  readonly clockOffset: number
}

/** Never fails, whatever the clock shows: an edit made "later than now" was made now, and no time lies outside 1970 to 9999. */
export function toWireOp(op: Op, tables: Tables, clock: DeviceClock): WireOp {
  const table = tables.tableOf(op.collection)
  const isWhole = op.kind === 'create' || op.kind === 'replace'
  // What a counter came to on this device is neither to be written nor to be held against the row.
  const counters = Object.keys(op.add)
  const patch = without(op.patch, isWhole ? [table.scopeField] : counters)
  return {
    op_id: op.opId,
    collection: table.table,
    kind: op.kind,
    id: op.id,
    scope: op.scope,
    base_version: op.baseVersion,
    ...(op.kind !== 'delete' && { patch: tables.toColumns(table, patch) }),
    ...((op.kind === 'update' || op.kind === 'replace') && { base: tables.toColumns(table, without(op.baseValues, counters)) }),
    ...(counters.length > 0 && { add: Object.fromEntries(counters.map((field) => [tables.column(table, field), op.add[field] ?? 0])) }),
    ...(op.unit !== null && { unit: op.unit }),
    time: timeOf(op, clock),
  }
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => !names.includes(field)))

function timeOf({ time }: Op, { now, clockOffset }: DeviceClock): string {
  const reckoned = Math.min(time, now) + clockOffset
  return new Date(Math.max(0, Math.min(reckoned, endOfTime)) || 0).toISOString()
}

export function fromWireAnswer(answer: WireAnswer, op: Op, tables: Tables): Answer {
  const table = tables.tableOf(op.collection)
  const { opId } = op
  const row = answer.row ? tables.toRow(table, answer.row) : null
  switch (answer.status) {
    case 'applied':
      return { opId, status: 'applied', version: answer.version ?? null }
    case 'duplicate':
      return { opId, status: 'duplicate', row }
    case 'merged':
    case 'conflict':
      if (row === null) break
      return answer.status === 'merged' ? { opId, status: 'merged', row } : { opId, status: 'conflict', row, edits: toEdits(answer, { table, tables }) }
    case 'deleted':
      return { opId, status: 'deleted' }
    case 'undone':
      return { opId, status: 'undone' }
    case 'not_found':
    case 'forbidden':
    case 'invalid':
    case 'retry':
      return { opId, status: answer.status, code: answer.code ?? answer.status, message: answer.message ?? answer.status }
  }
  return { opId, status: 'retry', code: 'bad-answer', message: `The server answered "${answer.status}" without the row.` }
}

function toEdits({ fields }: WireAnswer, { table, tables }: { table: Table; tables: Tables }): Record<string, FieldEdit> {
  const edits = Object.entries(fields ?? {}).map(([column, { by, at }]) => [tables.field(table, column), { by, time: Date.parse(at) }] as const)
  return Object.fromEntries(edits)
}

/** Tables that this version of the app does not know are passed over. */
export function fromWirePull(pull: WirePull, tables: Tables): PullPage {
  const rows = Object.entries(pull.rows).flatMap(([name, wireRows]) => {
    const table = tables.collectionOf(name)
    return table === undefined ? [] : wireRows.map((row) => tables.toRow(table, row))
  })
  const deleted = pull.deleted.flatMap((tombstone) => {
    const table = tables.collectionOf(tombstone.collection)
    return table === undefined ? [] : [{ ...tombstone, collection: table.collection }]
  })
  const { user, epoch, etag, more, as_of: asOf, scopes: cursors, partial, reset, behind, gone, checksums } = pull
  const schema = `${pull.schema} ${tables.form}`
  return { user, epoch, asOf, schema, now: Date.parse(pull.now), etag, more, cursors, partial, reset, behind, gone, rows, deleted, checksums }
}
