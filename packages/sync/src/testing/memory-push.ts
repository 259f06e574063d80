import { equal } from '../core/equal.ts'
import type { Fields, Json } from '../core/json.ts'
import type { Answer, FieldEdit, Op, Refusal, Row } from '../core/types.ts'
import type { MemoryTables, ServerRow } from './memory-tables.ts'

export interface Pusher {
  readonly user: string
  /** When the op's edit was made, by the server's clock. */
  readonly time: number
}

/** Tries one op, as sync_apply.sql does: roles decide, then field-level compare-and-set [PU2], [PU4], [PU5]. */
export function applyOp(tables: MemoryTables, sent: Op, pusher: Pusher): Answer {
  const misread = codeOfMisread(sent)
  if (misread !== null) return refused(sent, 'invalid', misread)
  const op = asRow(sent)
  const row = visible(tables, op, pusher)
  switch (op.kind) {
    case 'create':
      return create(tables, op, pusher)
    case 'update':
      return row === undefined ? missing(tables, op, pusher) : update(tables, op, { ...pusher, row })
    case 'replace':
      return row === undefined ? create(tables, op, pusher) : update(tables, op, { ...pusher, row })
    case 'delete':
      return remove(tables, op, pusher)
  }
}

function codeOfMisread({ kind, collection, patch, add }: Op): string | null {
  const amounts = Object.entries(add)
  if ('createdAt' in patch || (kind !== 'update' && amounts.length > 0)) return '22000'
  // The one column that holds numbers here, whole ones.
  if (amounts.some(([field]) => collection !== 'items' || field !== 'quantity')) return 'not_a_counter'
  return amounts.every(([, amount]) => Number.isInteger(amount)) ? null : '22P02'
}

/** A whole row names its scope, and an update does not say what its counters came to on the device. */
export function asRow(op: Op): Op {
  if ((op.kind === 'create' || op.kind === 'replace') && op.collection !== 'trips') return { ...op, patch: { ...op.patch, tripId: op.scope } }
  return { ...op, patch: Object.fromEntries(Object.entries(op.patch).filter(([field]) => !(field in op.add))) }
}

type RowEdit = Pusher & { readonly row: ServerRow }

const editOf = ({ user, time }: Pusher): FieldEdit => ({ by: user, time })
export const rowOfServer = ({ collection, id, scope, version, fields }: ServerRow): Row => ({ collection, id, scope, version, fields })

export function visible(tables: MemoryTables, op: Pick<Op, 'collection' | 'id'>, { user }: Pick<Pusher, 'user'>): ServerRow | undefined {
  const row = tables.row(op)
  return row !== undefined && tables.role(user, row.scope) !== undefined ? row : undefined
}

function create(tables: MemoryTables, op: Op, pusher: Pusher): Answer {
  const existing = visible(tables, op, pusher)
  if (existing !== undefined) {
    const differing = Object.keys(op.patch).filter((field) => !same(existing.fields[field], op.patch[field]))
    return differing.length > 0 ? conflict(op, existing, differing) : { opId: op.opId, status: 'applied', version: existing.version }
  }
  const allowed = op.collection === 'trips' ? op.id === op.scope && tables.mayBegin(pusher.user, op.scope) : tables.isEditor(pusher.user, op.scope)
  if (tables.row(op) !== undefined || !allowed) return refused(op, 'forbidden', '42501')
  if (!hasPerson(tables, op.patch)) return refused(op, 'invalid', '23503')
  if (!isInRange(op.patch)) return refused(op, 'invalid', '23514')
  const { collection, id, scope } = op
  const fields = { ...op.patch, createdAt: String(pusher.time) }
  return { opId: op.opId, status: 'applied', version: tables.insert({ collection, id, scope, fields }, editOf(pusher)).version }
}

function update(tables: MemoryTables, op: Op, { row, ...pusher }: RowEdit): Answer {
  const changed = Object.keys(op.patch).filter((field) => !isSettled(op, row, field))
  const untouched = row.version === op.baseVersion
  if (!untouched && changed.length > 0) return conflict(op, row, changed)
  const target = op.collection === 'trips' ? row.scope : ((op.patch['tripId'] ?? row.scope) as string)
  if (!tables.isEditor(pusher.user, row.scope) || !tables.isEditor(pusher.user, target)) return refused(op, 'forbidden', '42501')
  const patch = { ...op.patch, ...sumsOf(op, row) }
  if (!hasPerson(tables, { ...row.fields, ...patch })) return refused(op, 'invalid', '23503')
  if (!isInRange(patch)) return refused(op, 'invalid', '23514')
  const after = tables.update(row, patch, editOf(pusher))
  return untouched ? { opId: op.opId, status: 'applied', version: after.version } : { opId: op.opId, status: 'merged', row: rowOfServer(after) }
}

function remove(tables: MemoryTables, op: Op, pusher: Pusher): Answer {
  const row = visible(tables, op, pusher)
  const done: Answer = { opId: op.opId, status: 'applied', version: null }
  if (row === undefined) {
    const known = tables.role(pusher.user, op.scope) !== undefined || tables.scopes.get(op.scope)?.deleted === true
    return known ? done : refused(op, 'not_found', 'not_found')
  }
  if (op.baseVersion !== null && op.baseVersion !== row.version) return conflict(op, row, Object.keys(row.edits))
  const allowed = op.collection === 'trips' ? tables.role(pusher.user, row.scope) === 'owner' : tables.isEditor(pusher.user, row.scope)
  if (!allowed) return refused(op, 'forbidden', '42501')
  tables.remove(row, editOf(pusher))
  return done
}

export function missing(tables: MemoryTables, op: Op, { user }: Pick<Pusher, 'user'>): Answer {
  const buried = [...tables.tombstones.values()].some(
    ({ collection, id, scope }) => collection === op.collection && id === op.id && tables.role(user, scope) !== undefined,
  )
  return buried ? { opId: op.opId, status: 'deleted' } : refused(op, 'not_found', 'not_found')
}

function isSettled({ patch, baseValues }: Op, row: ServerRow, field: string): boolean {
  const present = row.fields[field]
  return same(present, patch[field]) || (field in baseValues && same(present, baseValues[field]))
}

/** What the counters come to; null counts as 0. */
function sumsOf({ add }: Op, { fields }: ServerRow): Fields {
  return Object.fromEntries(Object.entries(add).map(([field, amount]) => [field, Number(fields[field] ?? 0) + amount]))
}

/** The check constraint of an item's quantity. */
const isInRange = ({ quantity }: Fields): boolean => typeof quantity !== 'number' || (quantity >= 0 && quantity <= 9_999)

/** An item is for everyone, or for a person of its own trip. */
function hasPerson(tables: MemoryTables, { personId = null, tripId }: Fields): boolean {
  return personId === null || tables.row({ collection: 'people', id: personId as string })?.scope === tripId
}

export function conflict(op: Op, row: ServerRow, fields: readonly string[]): Answer {
  const edits = Object.fromEntries(fields.flatMap((field) => (row.edits[field] ? [[field, row.edits[field]]] : [])))
  return { opId: op.opId, status: 'conflict', row: rowOfServer(row), edits }
}

export const refused = ({ opId }: Op, status: Refusal, code: string): Answer => ({ opId, status, code, message: `Refused: ${code}.` })
const same = (a: Json | undefined, b: Json | undefined): boolean => equal(a ?? null, b ?? null)
