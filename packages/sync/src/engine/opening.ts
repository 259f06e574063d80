import { counters, firstCursor, kindOf, keys, scopeIn, type AsideRecord, type PastRecord, type ScopeRecord } from '../core/records.ts'
import { seal, unseal, type Unsealed } from '../core/sealed.ts'
import type { Environment, SealedWrite, Write } from './ports.ts'
import { remadeChanges } from './remade.ts'
import { inSlices } from './time-slices.ts'

type Put = readonly [key: string, value: unknown]

/** What the storage held: what can be used of it, and what must be written to put the rest right. */
export interface Opened {
  readonly records: readonly Put[]
  readonly repair: Required<Pick<SealedWrite, 'puts' | 'deletes'>>
  /** What the counter of sequence numbers must be at least; `null`: it is. */
  readonly sequenceAtLeast: number | null
  /** Of the last write of all that there is. */
  readonly number: number
}

/** The form in which a write reaches the storage [OB8]. */
export function sealedWrite({ puts = [], deletes = [], append = [] }: Write): Required<Pick<SealedWrite, 'puts' | 'deletes' | 'append'>> {
  return { puts: puts.map(([key, value]) => [key, seal(value)]), deletes, append: append.map(seal) }
}

/**
 * Parts what is whole from what is broken [OB8]. A broken record is set aside as it was found. What the server told is fetched
 * again: its scope from the start. A batch that is lost is planned anew from its changes, which lie by themselves; a change that is
 * lost on its way is made again from its op.
 */
export function sortOut(stored: readonly Put[], unsealed: readonly Unsealed[] = stored.map(([key, found]) => unseal(found, key))): Opened {
  const whole = new Map<string, unknown>()
  const broken = new Map<string, AsideRecord>()
  for (const [index, [key, found]] of stored.entries()) {
    if (counters.has(key)) continue
    const record = unsealed[index]!
    if (record.is === 'whole') whole.set(key, record.value)
    else broken.set(key, { key, reason: record.reason, found })
  }
  // What cannot even be read cannot be copied either: it stays where it is, and is told of each time.
  const moved = [...broken.values()].filter(({ found }) => found !== undefined)
  const anew = [...new Set([...broken.keys()].flatMap(scopeIn))].map((scope): ScopeRecord => ({ scope, cursor: firstCursor }))
  const asides = [...broken.values()].map((aside) => [keys.aside(aside.key), aside] as const)
  const remade = remadeChanges(whole)
  const again = new Map<string, unknown>([...anew.map((record) => [keys.scope(record.scope), record] as const), ...remade.puts])
  const puts = [...asides.filter(([, aside]) => moved.includes(aside)), ...again]
  const deletes = [...moved.map(({ key }) => key), ...remade.deletes].filter((key) => !again.has(key))
  return {
    records: [...[...whole].filter(([key]) => !again.has(key) && !deletes.includes(key)), ...asides, ...again],
    repair: { puts: sealedWrite({ puts }).puts, deletes },
    sequenceAtLeast: sequenceAtLeast(stored, whole),
    number: counterIn(stored, keys.commits),
  }
}

/** Does the same in parts: between two of them the page draws and hears its user. */
export async function sortOutInSlices(stored: readonly Put[], environment: Pick<Environment, 'now' | 'pause'>): Promise<Opened> {
  const unsealed: Unsealed[] = []
  await inSlices(stored, ([key, found]) => unsealed.push(unseal(found, key)), environment)
  await environment.pause?.()
  return sortOut(stored, unsealed)
}

function counterIn(stored: readonly Put[], name: string): number {
  const counter = stored.find(([key]) => key === name)?.[1]
  return typeof counter === 'number' ? counter : 0
}

/** Where changes lie that have left the outbox, with the numbers that they had there. */
const holders: ReadonlySet<string> = new Set(['past', 'conflict', 'rejected'])

/** A number must never be given twice: where the counter is lost or lags, it goes on above the highest that is known. */
function sequenceAtLeast(stored: readonly Put[], whole: ReadonlyMap<string, unknown>): number | null {
  const counter = stored.find(([key]) => key === keys.sequence)?.[1]
  const waiting = stored.flatMap(([key]) => (kindOf(key) === 'change' ? Number(key.slice('change/'.length)) : []))
  const left = [...whole].flatMap(([key, value]) => (holders.has(kindOf(key)) ? (value as PastRecord).changes.map(({ sequence }) => sequence) : []))
  const highest = [...waiting, ...left].reduce((most, sequence) => Math.max(most, sequence), 0)
  const counted = typeof counter === 'number' ? counter : counter === undefined ? 0 : -1
  return counted >= highest ? null : highest
}
