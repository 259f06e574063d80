import { keys, kindOf } from '../core/records.ts'
import type { Resolution } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Replica } from './replica.ts'

/** Decisions of the live history. */
export const mostDecisions = 500
/** Beyond it they wait for the archive; where it takes none, as on a device without room, the oldest are forgotten. */
const mostWaiting = 200

/** Writes a decision down together with what it changes [CO5]. */
export function enterHistory(resolution: Resolution, draft: Draft, { history }: Replica): void {
  draft.put(keys.history(resolution), resolution)
  // Of many that are decided at once each sees the history as it was before: what that leaves over the next decision takes away.
  const tooMany = history.size + 1 - mostDecisions - mostWaiting
  if (tooMany <= 0) return
  for (const oldest of [...history.keys()].sort().slice(0, tooMany)) draft.delete(oldest)
}

/** The decisions that a write holds. */
export function resolutionsIn(puts: readonly (readonly [key: string, value: unknown])[]): Resolution[] {
  return puts.filter(([key]) => kindOf(key) === 'history').map(([, value]) => value as Resolution)
}
