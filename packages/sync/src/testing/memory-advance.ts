import { equal } from '../core/equal.ts'
import type { Answer, Op } from '../core/types.ts'
import type { PushResult } from '../engine/ports.ts'
import { asRow } from './memory-push.ts'
import type { MemoryTables, ServerRow } from './memory-tables.ts'

/** Scopes in which the last commit holds nothing but rows that the device knows exactly, as sync_advance.sql finds them. */
export function advanceOf(tables: MemoryTables, ops: readonly Op[], answers: readonly Answer[]): NonNullable<PushResult['advance']> {
  if (!answers.every(({ status }) => status === 'applied' || status === 'merged')) return {}
  const known = ops.flatMap((op, place) => knownRow(tables, op, answers[place]!) ?? [])
  const whole = [...tables.lastCommit].filter(([scope, seq]) => {
    const isOfCommit = (one: { readonly scope: string; readonly seq: number }) => one.scope === scope && one.seq === seq
    const changes = [...tables.rows.values(), ...tables.tombstones.values()].filter(isOfCommit).length
    return changes > 0 && known.filter(isOfCommit).length === changes
  })
  return Object.fromEntries(whole.map(([scope, seq]) => [scope, [String(seq - 1), String(seq)] as const]))
}

function knownRow(tables: MemoryTables, op: Op, answer: Answer): ServerRow | null {
  const row = tables.row(op)
  if (row === undefined || row.seq !== tables.lastCommit.get(row.scope)) return null
  if (answer.status === 'merged') return answer.row.version === row.version ? row : null
  if (answer.status !== 'applied' || answer.version !== row.version || op.kind !== 'update' || Object.keys(op.add).length > 0) return null
  return Object.entries(asRow(op).patch).every(([field, value]) => equal(row.fields[field] ?? null, value)) ? row : null
}
