import { entityKey } from '../core/entity-key.ts'
import { keys, kindOf, sequenceIn, type PastRecord, type RecordKind } from '../core/records.ts'
import { seal, unseal, type Sealed } from '../core/sealed.ts'
import type { Batch, Change } from '../core/types.ts'
import type { Write } from './ports.ts'

/** What lies in a storage, as it lies there, by key. */
export type Records = ReadonlyMap<string, unknown>

/** A storage in memory that went a way of its own. */
export interface Apart {
  /** What was stored on the device when memory last looked. */
  readonly seed: Records
  /** It has looked once, when it began: what it holds of the server's stands on the seed. */
  readonly standsOnSeed: boolean
  readonly memory: Records
  /** What is stored there now. */
  readonly stored: Records
}

/** What brings the device to where memory is. */
export interface Difference extends Required<Pick<Write, 'puts' | 'deletes'>> {
  /** Both have a batch in flight, and there is one place for a batch: ops that lose theirs would be planned anew, and done twice [PU1]. */
  readonly areBothSending: boolean
  /** The keys of changes whose number another tab has given as well, to a change that waits there: one would take the other's place [OB4]. */
  readonly clashing: readonly string[]
  /** What is left to memory of its own batch; `null`: nothing. */
  readonly ownBatch: unknown
}

/** What is not on the server and has no other place. What the server told comes again by a pull, from where the device's storage stands. */
const ownWork: ReadonlySet<RecordKind> = new Set(['change', 'batch', 'conflict', 'rejected', 'past', 'history', 'archive', 'buried', 'held'])
/** Of the storage itself, and what other tabs count on. */
const ofStorage: ReadonlySet<string> = new Set([keys.sequence, keys.commits, keys.term, keys.named, keys.device, keys.claim, keys.adopted])

/**
 * Where nobody has written to the device meanwhile, memory is simply further, and all of it is taken, rows too. Else the work of
 * the user is; but of a change that somebody else has dealt with since, or has on its way, theirs holds, and nothing is taken
 * that says what became of it here: it came to the same op, which has the same answer (core/naming.ts).
 */
export function differenceOf(apart: Apart): Difference {
  const { memory, stored } = apart
  // A new database: what was in the old one is in memory alone.
  const seed: Records = commitsOf(stored) < commitsOf(apart.seed) ? new Map() : apart.seed
  const isAlone = apart.standsOnSeed && seed.size > 0 && commitsOf(seed) === commitsOf(stored)
  const isTaken = (key: string) => key !== keys.batch && (ownWork.has(kindOf(key)) || (isAlone && !ofStorage.has(key)))
  // Rows that have made room since are not as they were in the seed, though nobody wrote.
  const before = (key: string) => (ownWork.has(kindOf(key)) ? seed : stored).get(key)
  const others = dealtWithByOthers({ seed, stored, isShared: (sequence) => apart.seed.has(keys.change(sequence)) })
  const puts: [string, unknown][] = []
  const deletes: string[] = []
  for (const [key, found] of memory) {
    const own = isTaken(key) && !isSame(found, before(key)) ? withoutTheirs(key, found, others) : null
    if (own !== null) puts.push([key, own])
  }
  const isClashing = (key: string, own: unknown) => kindOf(key) === 'change' && stored.has(key) && ![own, apart.seed.get(key)].some((known) => areOfOneStep(known, stored.get(key)))
  const clashing = puts.flatMap(([key, own]) => (isClashing(key, own) ? [key] : []))
  for (const [key, found] of seed) if (isTaken(key) && !memory.has(key) && stored.has(key) && withoutTheirs(key, found, others) !== null) deletes.push(key)

  const batch = batchDifference({ seed, memory, stored }, others)
  return { ...batch, puts: [...puts, ...batch.puts], deletes: [...deletes, ...batch.deletes], clashing }
}

/** The same of the batch. There is one place for it, and its ops must not change: so one that others have in flight stays where it is. */
function batchDifference({ seed, memory, stored }: Pick<Apart, 'seed' | 'memory' | 'stored'>, others: ReadonlySet<number>): Omit<Difference, 'clashing'> {
  const [then, here, there] = [seed, memory, stored].map((records) => records.get(keys.batch))
  const isTheirsInFlight = there !== undefined && !isSame(there, then)
  const gone = there !== undefined && !isTheirsInFlight ? [keys.batch] : []
  if (here === undefined) return { puts: [], deletes: gone, areBothSending: false, ownBatch: null }
  if (isSame(here, there)) return { puts: [], deletes: [], areBothSending: false, ownBatch: here }
  // Memory breaks nothing: it was found so on the device, and is set aside there. Nothing of it is memory's own [OB8].
  if (unseal(here, keys.batch).is === 'broken') return { puts: [], deletes: [], areBothSending: false, ownBatch: null }
  const left = withoutOps(here, others)
  if (left === null) return { puts: [], deletes: gone, areBothSending: false, ownBatch: null }
  return { puts: isTheirsInFlight ? [] : [[keys.batch, left]], deletes: [], areBothSending: isTheirsInFlight, ownBatch: left }
}

/** Memory goes on beside a device that others have written to: what it lacks of their work, and what they have done. */
export function caughtUp(apart: Apart): Difference {
  const { memory, stored } = apart
  const { puts, deletes, areBothSending, clashing, ownBatch } = differenceOf(apart)
  const now = new Map([...stored].filter(([key]) => ownWork.has(kindOf(key))))
  for (const key of deletes) now.delete(key)
  for (const [key, found] of puts) if (ownWork.has(kindOf(key))) now.set(key, found)
  if (areBothSending) now.set(keys.batch, ownBatch)
  return {
    puts: [...now].filter(([key, found]) => !isSame(found, memory.get(key))),
    deletes: [...memory.keys()].filter((key) => ownWork.has(kindOf(key)) && !now.has(key)),
    areBothSending,
    clashing,
    ownBatch,
  }
}

/** What is appended gets its number from the storage. */
export interface Renumbered {
  readonly puts: Difference['puts']
  readonly append: readonly Sealed[]
}

/**
 * Where memory and another tab have given the same number, what memory has from there on gets new ones, in its order [OB4]. `null`:
 * not now, as one of those is on its way by its number.
 */
export function renumbered({ puts, clashing, ownBatch }: Difference, stored: Records): Renumbered | null {
  const first = clashing.toSorted()[0]
  if (first === undefined) return { puts, append: [] }
  const isMoved = (key: string) => clashing.includes(key) || (kindOf(key) === 'change' && key > first && !stored.has(key))
  const moved = puts.filter(([key]) => isMoved(key)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const inFlight = new Set(ownBatch === null ? [] : sequencesOf(ownBatch).map(keys.change))
  if (moved.some(([key]) => inFlight.has(key))) return null
  return { puts: puts.filter(([key]) => !isMoved(key)), append: moved.map(([, found]) => found as Sealed) }
}

/** A change that stays may get another name; after a conflict it may be less, and of a later step. */
function areOfOneStep(known: unknown, there: unknown): boolean {
  if (known === undefined) return false
  const [one, other] = [unseal(known), unseal(there)]
  return one.is === 'whole' && other.is === 'whole' && (one.value as Change).group.groupId === (other.value as Change).group.groupId
}

/**
 * Changes that the device had and that it has no more as they were, those that are in a batch there, and all that goes with them:
 * the others of their entities, and of their units. `isShared`: memory has seen it there; else it is another one, which was given
 * the number of a change of memory's own.
 */
function dealtWithByOthers({ seed, stored, isShared }: Pick<Apart, 'seed' | 'stored'> & { readonly isShared: (sequence: number) => boolean }): ReadonlySet<number> {
  const gone = [...seed].flatMap(([key, found]) => (kindOf(key) === 'change' && !isSame(found, stored.get(key)) ? [sequenceIn(key)] : []))
  const theirs = stored.get(keys.batch)
  const others = new Set([...gone, ...(theirs === undefined || isSame(theirs, seed.get(keys.batch)) ? [] : sequencesOf(theirs).filter(isShared))])
  if (others.size === 0) return others
  const ties = [...seed].flatMap(([key, found]) => (kindOf(key) === 'change' ? [{ sequence: sequenceIn(key), to: tiesOf(found) }] : []))
  for (let size = 0; size < others.size; ) {
    size = others.size
    const tied = new Set(ties.flatMap(({ sequence, to }) => (others.has(sequence) ? to : [])))
    for (const { sequence, to } of ties) if (to.some((tie) => tied.has(tie))) others.add(sequence)
  }
  return others
}

function tiesOf(found: unknown): readonly string[] {
  const record = unseal(found)
  if (record.is === 'broken') return []
  const { collection, id, group } = record.value as Change
  return [entityKey(collection, id), ...(group.atomic ? [`unit ${group.groupId}`] : [])]
}

/** What of a record is not about changes with which others have dealt; `null`: nothing. */
function withoutTheirs(key: string, found: unknown, others: ReadonlySet<number>): unknown {
  if (others.size === 0) return found
  if (kindOf(key) === 'change') return others.has(sequenceIn(key)) ? null : found
  const record = holders.has(kindOf(key)) ? unseal(found, key) : null
  if (record === null || record.is === 'broken') return found
  const value = record.value as PastRecord
  const changes = value.changes.filter(({ sequence }) => !others.has(sequence))
  if (changes.length === value.changes.length) return found
  return changes.length === 0 ? null : seal({ ...value, changes })
}

const holders: ReadonlySet<RecordKind> = new Set(['conflict', 'rejected', 'past'])

/** The changes that a batch carries. */
export function sequencesOf(batch: unknown): readonly number[] {
  const record = unseal(batch, keys.batch)
  return record.is === 'broken' ? [] : (record.value as Batch).ops.flatMap(({ sequences }) => sequences)
}

function withoutOps(found: unknown, others: ReadonlySet<number>): unknown {
  const record = unseal(found, keys.batch)
  if (others.size === 0 || record.is === 'broken') return found
  const batch = record.value as Batch
  const ops = batch.ops.filter(({ sequences }) => !sequences.some((sequence) => others.has(sequence)))
  if (ops.length === batch.ops.length) return found
  return ops.length === 0 ? null : seal({ ...batch, ops })
}

export const commitsOf = (records: Records): number => Number(records.get(keys.commits) ?? 0)

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (one !== undefined && other !== undefined && textOf(one) === textOf(other))
}

const textOf = (found: unknown): string => (typeof found === 'object' && found !== null && 'text' in found ? String(found.text) : JSON.stringify(found))
