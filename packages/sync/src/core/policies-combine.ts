import { equal } from './equal.ts'
import type { Json } from './json.ts'
import { lastWriteWins, type MergePolicy } from './policies.ts'

/**
 * Adds up what both sides added to the base: two edits by +1 make +2. The last write wins where one of the three values is
 * no number, an unset base included; so a counter begins at 0.
 */
export const counter = (): MergePolicy =>
  Object.assign<MergePolicy, Pick<MergePolicy, 'sameValue'>>(
    (disagreement) => {
      const { base, local, remote } = disagreement
      if (typeof base !== 'number' || typeof local !== 'number' || typeof remote !== 'number') return lastWriteWins()(disagreement)
      const value = remote + (local - base)
      return Number.isFinite(value) ? { take: 'value', value } : lastWriteWins()(disagreement)
    },
    { sameValue: 'counts-twice' },
  )

/**
 * Arrays as sets, by value: what one side added is in, what one side removed is out. The order is the server's, then what was
 * added here. An unset array is an empty one; the last write wins where a value is something else.
 */
export const set = (): MergePolicy => (disagreement) => {
  const base = elements(disagreement.base)
  const local = elements(disagreement.local)
  const remote = elements(disagreement.remote)
  if (base === null || local === null || remote === null) return lastWriteWins()(disagreement)
  const wasThere = membership(base)
  const isHere = membership(local)
  const stayed = remote.filter((value) => !wasThere(value) || isHere(value))
  return { take: 'value', value: distinct([...stayed, ...local.filter((value) => !wasThere(value))]) }
}

/** The larger of the two edits: numbers, or strings by their code units, as ISO dates are. For others the last write wins. */
export const max = (): MergePolicy => larger('local', 'remote')

/** The smaller of the two edits; else as `max`. */
export const min = (): MergePolicy => larger('remote', 'local')

function larger(ifLocal: 'local' | 'remote', ifRemote: 'local' | 'remote'): MergePolicy {
  return (disagreement) => {
    const { local, remote } = disagreement
    const comparable = (typeof local === 'number' && typeof remote === 'number') || (typeof local === 'string' && typeof remote === 'string')
    if (!comparable) return lastWriteWins()(disagreement)
    return { take: 'value', value: disagreement[local > remote ? ifLocal : ifRemote] }
  }
}

function elements(value: Json): readonly Json[] | null {
  if (value === null) return []
  return Array.isArray(value) ? (value as readonly Json[]) : null
}

/** Is a value among these? Only objects and arrays need a walk: long lists are mostly of strings. */
function membership(values: readonly Json[]): (value: Json) => boolean {
  const simple = new Set(values)
  const nested = values.filter(isNested)
  return (value) => simple.has(value) || (isNested(value) && nested.some((other) => equal(other, value)))
}

function distinct(values: readonly Json[]): Json[] {
  const nested: Json[] = []
  return [...new Set(values)].filter((value) => {
    if (!isNested(value)) return true
    if (nested.some((other) => equal(other, value))) return false
    nested.push(value)
    return true
  })
}

const isNested = (value: Json): boolean => typeof value === 'object' && value !== null
