import type { Json } from '../core/json.ts'
import type { WireOp } from './wire.ts'

/** Many ops of one kind as one element of a push, a third of the size: see SPEC.md, "The wire". */
export interface WireGroup {
  readonly collection: string
  readonly kind: WireOp['kind']
  readonly scope: string
  readonly time: string
  readonly columns: readonly string[]
  /** op_id, id, base_version, milliseconds after `time`, the values of the columns, and of an update those that they replaced. */
  readonly ops: readonly (readonly Json[])[]
}

/** The same ops in the same order, neighbours that are alike as groups. */
export function grouped(ops: readonly WireOp[]): readonly (WireOp | WireGroup)[] {
  const runs: WireOp[][] = []
  for (const op of ops) {
    const run = runs.at(-1)
    if (run !== undefined && areAlike(run[0]!, op)) run.push(op)
    else runs.push([op])
  }
  return runs.map((run) => (run.length === 1 ? run[0]! : toGroup(run)))
}

function areAlike(one: WireOp, other: WireOp): boolean {
  const isSame = one.collection === other.collection && one.kind === other.kind && one.scope === other.scope
  return isSame && fitsGroup(one) && fitsGroup(other) && namesSame(one.patch, other.patch)
}

/**
 * What names other columns in its base than in its patch, adds to counters or belongs to a unit, stands for itself; and so
 * does an op with an odd id, which may be what spoils a whole group.
 */
function fitsGroup({ kind, id, scope, patch, base, add, unit }: WireOp): boolean {
  if (!uuid.test(id) || !uuid.test(scope)) return false
  const isPlain = kind !== 'replace' && add === undefined && unit === undefined && (kind !== 'update' || namesSame(patch, base))
  return isPlain && !unholdable.test(JSON.stringify([patch, base]))
}

/** Half a pair of surrogates, and the character 0: Postgres cannot hold them in json, and a group with one would be refused whole. */
const unholdable = /\\u(?:0000|d[89a-f])/

function namesSame(one: WireOp['patch'] = {}, other: WireOp['patch'] = {}): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name))
}

function toGroup(run: readonly WireOp[]): WireGroup {
  const { collection, kind, scope, time, patch = {} } = run[0]!
  const start = Date.parse(time)
  const columns = Object.keys(patch)
  const ops = run.map((op) => [
    short(op.op_id),
    short(op.id),
    op.base_version,
    Date.parse(op.time) - start,
    ...columns.map((column) => op.patch?.[column] ?? null),
    ...(kind === 'update' ? columns.map((column) => op.base?.[column] ?? null) : []),
  ])
  return { collection, kind, scope, time, columns, ops }
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

const short = (id: string): string => id.replaceAll('-', '')
