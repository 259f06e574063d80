import type { RecordedChange } from './types.ts'

/**
 * Whether a change may be sent, and as what. `free`: under whatever id the plan gives. `named`: it lies on a device that could not
 * write down what was sent of it, so it goes out together with all such changes of its entity, under an id that follows from them:
 * whoever sends it again, after a crash too, sends the same op [PU1]. `waits`: not now.
 */
export type Standing = 'free' | 'named' | 'waits'

/** What may be sent of an entity at once, and what comes after that. */
export interface Parted {
  readonly going: readonly RecordedChange[]
  /** The id of the op; `null`: any. */
  readonly name: string | null
  readonly waiting: readonly RecordedChange[]
}

/** Parts the changes of one entity, oldest first: only those in front that stand alike go together. */
export function parted(changes: readonly RecordedChange[], standing: (change: RecordedChange) => Standing): Parted {
  const [oldest] = changes
  const first = oldest === undefined ? 'waits' : standing(oldest)
  if (first === 'waits') return { going: [], name: null, waiting: changes }
  const end = changes.findIndex((change) => standing(change) !== first)
  const going = end === -1 ? changes : changes.slice(0, end)
  return { going, name: first === 'named' ? going.at(-1)!.changeId : null, waiting: changes.slice(going.length) }
}
