import { randomUUID } from 'node:crypto'

/** What a user does to an item. */
export type Step =
  | { readonly kind: 'update'; readonly id: string; readonly quantity: number }
  | { readonly kind: 'create'; readonly id: string; readonly name: string; readonly quantity: number; readonly position: number }
  | { readonly kind: 'delete'; readonly id: string }

/** A piece of work that is done anew in each round, and changes something each time. */
export interface Work {
  readonly steps: (round: number) => readonly Step[]
  /** What the trip holds when all rounds are done: how many items, and how many with the last round's quantity. */
  readonly left: { readonly items: number; readonly edited: number }
}

/** The quantity that a round sets: the items start with 1. */
export const quantityOf = (round: number): number => round + 1

/** `edits`: on as many items as there are, by turns; the quantity of the last of each is the round's. */
export function edits(ids: readonly string[], count: number): Work {
  const turns = count / ids.length
  return {
    steps: (round) =>
      Array.from({ length: count }, (_, index): Step => {
        const isLast = index >= count - ids.length
        return { kind: 'update', id: ids[index % ids.length]!, quantity: isLast ? quantityOf(round) : 1_000 + Math.floor(index / turns) }
      }),
    left: { items: ids.length, edited: ids.length },
  }
}

/** Of `count` changes four tenths are edits, three tenths new items, and three tenths remove those of the round before. */
export function mixed(ids: readonly string[], count: number): Work {
  const [edited, made] = [count * 0.4, count * 0.3]
  let last = ids.slice(edited, edited + made)
  return {
    steps: (round) => {
      const removed = last
      last = Array.from({ length: made }, () => randomUUID())
      return [
        ...ids.slice(0, edited).map((id): Step => ({ kind: 'update', id, quantity: quantityOf(round) })),
        ...last.map((id, index): Step => ({ kind: 'create', id, name: `Item number ${index + 1}`, quantity: quantityOf(round), position: index + 1 })),
        ...removed.map((id): Step => ({ kind: 'delete', id })),
      ]
    },
    left: { items: ids.length, edited: edited + made },
  }
}

/** The last step of each item: what is left to be sent by one who need not tell how it came about. */
export const lastSteps = (steps: readonly Step[]): readonly Step[] => [...new Map(steps.map((step) => [step.id, step])).values()]
