import { causesOf, isNeeded, type Caused } from './causality.ts'
import { inCircles } from './circles.ts'
import type { Collections } from './collection.ts'

/** Ops that go together, in their order: a unit [A7], or one op by itself. */
export interface Block<Some> {
  readonly isUnit: boolean
  readonly ops: readonly Some[]
}

export interface BlockSettings<Some> {
  readonly collections: Collections
  /** It may not be sent now. */
  readonly isHeld: (op: Some) => boolean
  /** The ops of each atomic group. Groups that have an op in common become one unit. */
  readonly groups: Iterable<readonly Some[]>
}

/**
 * The ops in blocks, each after all that must be applied before it [OB6]; otherwise the given order stays.
 * What lies on a causal way from a unit and back into it belongs to that unit: in no other place could it be applied. Ops
 * that are held are left out, and so is all that cannot do without them: what refers to them, and the rest of their units [E6].
 */
export function blocksOf<Some extends Caused>(ops: readonly Some[], { collections, isHeld, groups }: BlockSettings<Some>): Block<Some>[] {
  const causes = causesOf(ops, collections)
  const links = linksWithin(groups)
  const blocks: Block<Some>[] = []
  const leftOut = new Set<Some>()
  for (const circle of inCircles(ops, (op) => (links.size === 0 ? causes(op) : [...causes(op), ...(links.get(op) ?? [])]))) {
    if (circle.some((op) => isHeld(op) || causes(op).some((cause) => leftOut.has(cause) && isNeeded(op, cause)))) {
      for (const op of circle) leftOut.add(op)
    } else {
      const isUnit = circle.some((op) => links.has(op))
      const ordered = inOrder(circle, causes)
      blocks.push(...(isUnit ? [{ isUnit, ops: ordered }] : ordered.map((op) => ({ isUnit, ops: [op] }))))
    }
  }
  return blocks
}

/** Each op of a group leads to the next, and the last to the first: then none can be placed without the others. */
function linksWithin<Some>(groups: Iterable<readonly Some[]>): ReadonlyMap<Some, readonly Some[]> {
  const links = new Map<Some, Some[]>()
  for (const group of groups) {
    for (const [index, op] of group.entries()) {
      const next = group[(index + 1) % group.length] ?? op
      links.set(op, [...(links.get(op) ?? []), next])
    }
  }
  return links
}

function inOrder<Some>(circle: readonly Some[], causes: (op: Some) => readonly Some[]): readonly Some[] {
  if (circle.length === 1) return circle
  const within = new Set(circle)
  return inCircles(circle, (op) => causes(op).filter((cause) => within.has(cause))).flat()
}
