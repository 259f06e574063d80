import type { Collection } from './collection.ts'
import { squash, type Squashable } from './squash.ts'
import type { Op, RecordedChange } from './types.ts'

/** Of a counter that was edited: its value before the first edit, and what all edits together add to it. */
export interface Sum {
  readonly base: number
  readonly add: number
}

const noSums: ReadonlyMap<string, Sum> = new Map()
const noCounters: Op['add'] = {}

/**
 * The counters that the changes of one entity edit: they travel as differences [PU2]. Not the last value less the first: an
 * edit in another tab, which had not heard of the one before, counts as well. Of updates only; a create says all.
 */
export function countersOf(changes: readonly RecordedChange[], collection: Collection | undefined): ReadonlyMap<string, Sum> {
  if (collection === undefined || !mayCount(collection) || changes.some(({ kind }) => kind !== 'update')) return noSums
  const sums = new Map<string, Sum>()
  for (const field of new Set(changes.flatMap(({ patch }) => Object.keys(patch)))) {
    if (!countsTwice(field, collection)) continue
    const edits = changes.filter(({ patch }) => Object.hasOwn(patch, field)).map(({ baseValues, patch }) => [baseValues[field], patch[field]] as const)
    const [base] = edits[0] ?? []
    const add = edits.reduce((sum, [before, after]) => (typeof before === 'number' && typeof after === 'number' ? sum + after - before : NaN), 0)
    if (typeof base === 'number' && Number.isFinite(base + add)) sums.set(field, { base, add })
  }
  return sums
}

/** The changes of one entity as one, its counters by their sums; `null`: together they change nothing [OB5]. */
export function counted(changes: readonly RecordedChange[], sums: ReadonlyMap<string, Sum>): Squashable | null {
  const squashed = squash(changes)
  const [first] = changes
  if (sums.size === 0 || first === undefined) return squashed
  const { baseVersion } = first
  const rest = squashed ?? { kind: 'update', patch: {}, baseValues: {}, baseVersion, time: changes.at(-1)?.time ?? first.time }
  const patch = { ...rest.patch }
  const baseValues = { ...rest.baseValues }
  for (const [field, { base, add }] of sums) {
    delete patch[field]
    delete baseValues[field]
    if (add === 0) continue
    patch[field] = base + add
    baseValues[field] = base
  }
  return Object.keys(patch).length === 0 ? null : { ...rest, kind: 'update', patch, baseValues }
}

export function addOf(sums: ReadonlyMap<string, Sum>): Op['add'] {
  const adding = [...sums].filter(([, { add }]) => add !== 0)
  return adding.length === 0 ? noCounters : Object.fromEntries(adding.map(([field, { add }]) => [field, add]))
}

function mayCount({ merge, mergeDefault }: Collection): boolean {
  return [mergeDefault, ...Object.values(merge)].some(({ sameValue }) => sameValue === 'counts-twice')
}

function countsTwice(field: string, { merge, mergeDefault }: Collection): boolean {
  const policy = Object.hasOwn(merge, field) ? merge[field] : mergeDefault
  return policy?.sameValue === 'counts-twice'
}
