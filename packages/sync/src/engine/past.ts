import { keys, type PastRecord } from '../core/records.ts'
import type { RecordedChange } from '../core/types.ts'
import { mostSteps } from '../core/undo-stacks.ts'

/** Steps that wait for the archive, beyond those that can be undone; where it takes none, the oldest are forgotten. */
const mostWaiting = 100

type Put = readonly [key: string, value: PastRecord]

/**
 * What to write when changes are done and leave the outbox: they are kept by step of work, so that each step can still be
 * undone as a whole [A6]; the oldest steps are forgotten.
 */
export function rememberPast(done: readonly RecordedChange[], past: ReadonlyMap<string, PastRecord>): { readonly puts: readonly Put[]; readonly deletes: readonly string[] } {
  const steps = new Map<string, readonly RecordedChange[]>()
  for (const change of done) {
    if (change.group.cause === 'decision') continue
    const { groupId } = change.group
    // After a conflict the rest of a change has its number: it tells what the server had, and takes its place.
    const others = (steps.get(groupId) ?? past.get(groupId)?.changes ?? []).filter(({ sequence }) => sequence !== change.sequence)
    steps.set(groupId, [...others, change])
  }
  const all = new Map([...[...past].map(([groupId, { changes }]) => [groupId, changes] as const), ...steps])
  const newestFirst = [...all].sort(([, a], [, b]) => firstSequence(b) - firstSequence(a)).map(([groupId]) => groupId)
  const kept = new Set(newestFirst.slice(0, mostSteps + mostWaiting))
  const puts = [...steps].filter(([groupId]) => kept.has(groupId)).map(([groupId, changes]): Put => [keys.past(groupId), { changes }])
  return { puts, deletes: [...past.keys()].filter((groupId) => !kept.has(groupId)).map(keys.past) }
}

/** Steps are told apart by it in the order in which they were made. */
export const firstSequence = (changes: readonly RecordedChange[]): number => Math.min(...changes.map(({ sequence }) => sequence))
