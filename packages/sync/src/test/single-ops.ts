import type { Json } from '../core/json.ts'
import type { WireOp } from '../supabase/wire.ts'
import type { WireGroup } from '../supabase/wire-groups.ts'

/** The ops of a push one by one, as a server finds them that reads SPEC.md. */
export const singleOps = (elements: readonly (WireOp | WireGroup)[]): readonly WireOp[] => elements.flatMap((element) => ('ops' in element ? opsOf(element) : [element]))

function opsOf({ collection, kind, scope, time, columns, ops }: WireGroup): readonly WireOp[] {
  const named = (values: readonly Json[]) => Object.fromEntries(columns.map((column, place) => [column, values[place] ?? null]))
  return ops.map(([opId, id, version, later, ...values]) => ({
    op_id: whole(opId),
    collection,
    kind,
    id: whole(id),
    scope,
    base_version: version as number | null,
    ...(kind !== 'delete' && { patch: named(values) }),
    ...(kind === 'update' && { base: named(values.slice(columns.length)) }),
    time: new Date(Date.parse(time) + Number(later)).toISOString(),
  }))
}

const whole = (id: Json | undefined): string => (id as string).replace(/^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/, '$1-$2-$3-$4-$5')
