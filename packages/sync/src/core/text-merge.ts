import { diff3MergeRegions } from 'node-diff3'
import { manual, type MergePolicy } from './policies.ts'

/**
 * Merges edits of a text, by lines, and by words where both sides changed the same or adjoining lines. An unset text is an empty one.
 *
 * @param overlap decides where both changed the same words, and values that are no texts. Default: a person does.
 */
export const text =
  (overlap: MergePolicy = manual()): MergePolicy =>
  (disagreement) => {
    const base = disagreement.base ?? ''
    const local = disagreement.local ?? ''
    const remote = disagreement.remote ?? ''
    if (typeof base !== 'string' || typeof local !== 'string' || typeof remote !== 'string') return overlap(disagreement)
    const value = mergeText({ base, local, remote })
    return value === null ? overlap(disagreement) : { take: 'value', value }
  }

interface Texts {
  readonly base: string
  readonly local: string
  readonly remote: string
}

/** The most steps that comparing two texts may take, a quarter of a second: 10,000 lines that all differ, or 350 words in one line. */
const limit = 100_000_000

/** The text with the edits of both sides; `null` where they overlap, or where there is too much to compare. */
export function mergeText(texts: Texts): string | null {
  return mergePieces(texts, { cut: lines, ifBoth: (both) => mergePieces(both, { cut: words, ifBoth: ({ local, remote }) => (local === remote ? local : null) }) })
}

interface Grain {
  readonly cut: (part: string) => string[]
  /** Merges a region that both sides changed. */
  readonly ifBoth: (texts: Texts) => string | null
}

function mergePieces({ base, local, remote }: Texts, { cut, ifBoth }: Grain): string | null {
  if (local === remote) return local
  const [ours, old, theirs] = [cut(local), cut(base), cut(remote)]
  if (steps(old, ours) > limit || steps(old, theirs) > limit) return null
  let merged = ''
  // Not the library's `diff3Merge`: it spreads whole regions into arguments, which breaks on long texts.
  for (const region of diff3MergeRegions(ours, old, theirs)) {
    const part = region.stable
      ? region.bufferContent.join('')
      : ifBoth({ base: region.oContent.join(''), local: region.aContent.join(''), remote: region.bContent.join('') })
    if (part === null) return null
    merged += part
  }
  return merged
}

/** The library tries each pair of equal pieces at each place: 5,000 blank lines would take it a minute. */
function steps(some: readonly string[], others: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const piece of some) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  const pairs = others.reduce((sum, piece) => sum + (counts.get(piece) ?? 0), 0)
  return pairs * Math.min(some.length, others.length)
}

const lines = (part: string): string[] => part.match(/[^\n]*\n|[^\n]+/g) ?? []

/** The space between words is a piece of its own, so that edits of neighbouring words do not touch. A word is never cut. */
const words = (part: string): string[] => part.match(/\s+|\S+/g) ?? []
