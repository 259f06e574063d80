import { OutdatedRead, OutdatedTerm } from '../core/errors.ts'
import { keys } from '../core/records.ts'
import type { Committed, SealedWrite } from './ports.ts'

/** A write with its numbers: all that is to be put, the counters too. */
export interface CountedWrite {
  readonly committed: Committed
  readonly puts: readonly (readonly [key: string, value: unknown])[]
}

/** The counters, to be read in the transaction that writes what `counted` returns. */
export const countedKeys: readonly string[] = [keys.sequence, keys.commits, keys.term, keys.named]

/**
 * What every storage does inside its transaction: gives the numbers, and compares the term. `stored`: the values of `countedKeys`,
 * in their order; of one that is damaged it begins anew.
 *
 * A term is there from the first write on. Where it is missing, a tab has taken it away on a device so full that it could only
 * delete: to lead from memory, or with rows that make room. No leader of before may write any more, and what had been stored until
 * then may have been sent by its name (core/naming.ts). The next write, whose ever, notes up to where that goes, and leaves a number
 * out: every other tab misses it, and reads what is stored.
 *
 * @throws {OutdatedTerm | OutdatedRead} Nothing may be written then.
 */
export function counted({ puts = [], append = [], sequenceAtLeast, term, after, uncounted = false }: SealedWrite, stored: readonly unknown[]): CountedWrite {
  const [lastSequence = 0, commits = 0, knownTerm = 0, knownNamed = 0] = stored.map((value) => (typeof value === 'number' ? value : 0))
  const isTermGone = commits > 0 && typeof stored[2] !== 'number'
  // Above every term that there can have been: each was begun by a write.
  const lastTerm = isTermGone ? commits + 1 : knownTerm
  const named = isTermGone && knownNamed === 0 ? lastSequence : knownNamed
  if (typeof term === 'number' && term !== lastTerm) throw new OutdatedTerm(term, lastTerm)
  if (after !== undefined && after !== commits) throw new OutdatedRead(after, commits)
  if (uncounted) return { committed: { number: commits, sequences: [], term: lastTerm, named }, puts }
  const from = Math.max(lastSequence, sequenceAtLeast ?? 0)
  const changes = append.map((change, index) => ({ ...change, sequence: from + index + 1 }))
  const sequences = changes.map(({ sequence }) => sequence)
  const committed: Committed = { number: commits + (isTermGone ? 2 : 1), sequences, term: term === 'next' ? lastTerm + 1 : lastTerm, named }
  const counters: [string, number][] = [[keys.commits, committed.number]]
  if (changes.length > 0 || sequenceAtLeast !== undefined) counters.push([keys.sequence, from + changes.length])
  if (committed.term !== stored[2]) counters.push([keys.term, committed.term])
  if (named !== knownNamed) counters.push([keys.named, named])
  return { committed, puts: [...changes.map((change) => [keys.change(change.sequence), change] as const), ...counters, ...puts] }
}
