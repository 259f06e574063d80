import type { Answer, Op } from '../core/types.ts'
import type { WirePull, WirePush } from './wire.ts'

// What lies between device and server answers too: portals, proxies, servers of another version. Nothing that they say may
// pass for a confirmation or move a cursor.

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)

/** Whether this came from `sync_push`. */
export function isPushResult(data: unknown): data is WirePush {
  return isObject(data) && typeof data['user'] === 'string' && isTime(data['now']) && Array.isArray(data['answers']) && data['answers'].every(isObject)
}

/** The cursors of a push's result that may be moved; what is no pair of cursors moves none. */
export function advanceIn({ advance }: WirePush): NonNullable<WirePush['advance']> {
  const pairs = Object.entries(isObject(advance) ? advance : {})
  return Object.fromEntries(pairs.filter(([, pair]) => Array.isArray(pair) && pair.length === 2 && pair.every((cursor) => typeof cursor === 'string')))
}

/** Whether this came from `sync_pull`. A page with a row that is none is refused whole: without it the cursor must not move [PL1]. */
export function isPullResult(data: unknown): data is WirePull | { readonly unchanged: true } {
  if (!isObject(data)) return false
  if (data['unchanged'] === true) return true
  const { now, more, scopes, rows, checksums } = data
  const lists = ['partial', 'reset', 'behind', 'gone', 'deleted'].every((name) => Array.isArray(data[name]))
  const texts = ['user', 'epoch', 'schema'].every((name) => typeof data[name] === 'string')
  if (!lists || !texts || !isTime(now) || !isNumber(data['as_of']) || typeof more !== 'boolean') return false
  return isObject(scopes) && isObject(rows) && Object.values(rows).every(areRows) && (checksums === null || isObject(checksums))
}

const areRows = (rows: unknown): boolean =>
  Array.isArray(rows) && rows.every((row: unknown) => isObject(row) && typeof row['id'] === 'string' && isNumber(row['sync_version']))

/** An answer confirms an op with the version or the row that it led to; one without that decides nothing, and the op goes out again, which does no harm [PU1]. */
export function sound(answer: Answer, op: Op): Answer {
  if (isSound(answer, op)) return answer
  return { opId: op.opId, status: 'retry', code: 'bad-answer', message: `The server answered "${answer.status}", but not with the version or the row of this change.` }
}

function isSound(answer: Answer, op: Op): boolean {
  if (answer.status === 'applied') return op.kind === 'delete' || isNumber(answer.version)
  if (!('row' in answer) || answer.row === null) return true
  return answer.row.id === op.id && isNumber(answer.row.version)
}
