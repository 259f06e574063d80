import { OutdatedRead, OutdatedTerm } from '../core/errors.ts'
import { keys } from '../core/records.ts'
import type { Committed, SealedWrite } from './ports.ts'

/** A write with its numbers: all that is to be put, the counters too. */
export interface CountedWrite {
  readonly committed: Committed
  readonly puts: readonly (readonly [key: string, value: unknown])[]
}

/** The counters, to be read in the transaction that writes what `counted` returns. */
export const countedKeys: readonly string[] = [keys.sequence, keys.commits, keys.term]

/**
 * What every storage does inside its transaction: gives the numbers, and compares the term. `stored`: the values of `countedKeys`,
 * in their order; of one that is damaged it begins anew.
 *
 * @throws {OutdatedTerm | OutdatedRead} Nothing may be written then.
 */
export function counted({ puts = [], append = [], sequenceAtLeast, term, after, uncounted = false }: SealedWrite, stored: readonly unknown[]): CountedWrite {
  const [lastSequence = 0, commits = 0, lastTerm = 0] = stored.map((value) => (typeof value === 'number' ? value : 0))
  if (typeof term === 'number' && term !== lastTerm) throw new OutdatedTerm(term, lastTerm)
  if (after !== undefined && after !== commits) throw new OutdatedRead(after, commits)
  if (uncounted) return { committed: { number: commits, sequences: [], term: lastTerm }, puts }
  const from = Math.max(lastSequence, sequenceAtLeast ?? 0)
  const changes = append.map((change, index) => ({ ...change, sequence: from + index + 1 }))
  const sequences = changes.map(({ sequence }) => sequence)
  const committed: Committed = { number: commits + 1, sequences, term: term === 'next' ? lastTerm + 1 : lastTerm }
  const counters: [string, number][] = [[keys.commits, committed.number]]
  if (changes.length > 0 || sequenceAtLeast !== undefined) counters.push([keys.sequence, from + changes.length])
  if (term === 'next') counters.push([keys.term, committed.term])
  return { committed, puts: [...changes.map((change) => [keys.change(change.sequence), change] as const), ...counters, ...puts] }
}
