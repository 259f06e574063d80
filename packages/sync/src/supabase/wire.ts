import type { Json } from '../core/json.ts'
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
  readonly now: string
  readonly answers: readonly WireAnswer[]
}

export interface WirePull {
  readonly user: string
  readonly epoch: string
  readonly now: string
  readonly etag: string | null
  readonly more: boolean
  readonly scopes: Readonly<Record<string, string>>
  readonly partial: readonly string[]
  readonly reset: readonly string[]
  readonly gone: PullPage['gone']
  readonly rows: Readonly<Record<string, readonly WireRow[]>>
  readonly deleted: PullPage['deleted']
}

/** `clockOffset`: milliseconds to add to the device's clock to get the server's. */
export function toWireOp(op: Op, tables: Tables, clockOffset: number): WireOp {
  const table = tables.tableOf(op.collection)
  const { [table.scopeField]: _, ...withoutScope } = op.patch
  const patch = op.kind === 'create' || op.kind === 'replace' ? withoutScope : op.patch
  return {
    op_id: op.opId,
    collection: table.table,
    kind: op.kind,
    id: op.id,
    scope: op.scope,
    base_version: op.baseVersion,
    ...(op.kind !== 'delete' && { patch: tables.toColumns(table, patch) }),
    ...((op.kind === 'update' || op.kind === 'replace') && { base: tables.toColumns(table, op.baseValues) }),
    time: new Date(op.time + clockOffset).toISOString(),
  }
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
  const { user, epoch, etag, more, scopes: cursors, partial, reset, gone } = pull
  return { user, epoch, now: Date.parse(pull.now), etag, more, cursors, partial, reset, gone, rows, deleted }
}
