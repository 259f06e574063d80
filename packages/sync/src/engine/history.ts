import { keys, kindOf } from '../core/records.ts'
import type { Resolution } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Replica } from './replica.ts'

/** Decisions that are kept; the oldest go first. */
const mostDecisions = 500

/** Writes a decision down together with what it changes [CO5]. */
export function enterHistory(resolution: Resolution, draft: Draft, { history }: Replica): void {
  draft.put(keys.history(resolution), resolution)
  if (history.size < mostDecisions) return
  const [oldest] = [...history.keys()].sort()
  if (oldest !== undefined) draft.delete(oldest)
}

/** The decisions that a write holds. */
export function resolutionsIn(puts: readonly (readonly [key: string, value: unknown])[]): Resolution[] {
  return puts.filter(([key]) => kindOf(key) === 'history').map(([, value]) => value as Resolution)
}
