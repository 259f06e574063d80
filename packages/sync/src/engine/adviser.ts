import { keys } from '../core/records.ts'
import type { Advice, Choice, Conflict } from '../core/types.ts'
import { commitOnAll } from './commit-on-all.ts'
import type { LocalData } from './local-data.ts'

/** Looks at a conflict that waits for a person: a rule, a model, anything. `null`: no idea [D6]. */
export type Advise = (conflict: Conflict) => Advice | null | Promise<Advice | null>

export interface AdviserParts {
  readonly data: LocalData
  readonly advise: Advise
  /** 0 to 1: advice at least this sure is taken at once; above 1: none is. */
  readonly takeFrom: number
  readonly take: (conflictId: string, choice: Choice) => Promise<void>
}

/** Asks about each new conflict once, and keeps the advice beside it. An adviser that fails has given none. */
export class Adviser {
  readonly #parts: AdviserParts
  readonly #asked = new Set<string>()

  constructor(parts: AdviserParts) {
    this.#parts = parts
  }

  look(): void {
    for (const conflict of this.#parts.data.replica.conflicts.values()) {
      if (conflict.advice !== null || this.#asked.has(conflict.conflictId)) continue
      this.#asked.add(conflict.conflictId)
      // A decision may come first, or the storage refuse: then there is nothing to advise, or it is asked at the next start.
      this.#ask(conflict).catch(() => {})
    }
  }

  async #ask(conflict: Conflict): Promise<void> {
    const { data, advise, takeFrom, take } = this.#parts
    const advice = await advise(conflict)
    const key = keys.conflict(conflict.conflictId)
    const waits = () => data.replica.conflicts.get(key)?.advice === null
    if (advice === null || !waits()) return
    // What its schema refuses cannot be taken; the person may see it all the same.
    const isTaken = advice.confidence >= takeFrom && (await take(conflict.conflictId, advice.choice).then(() => true, () => false))
    if (isTaken) return
    // Another tab may have decided it, and not told yet: it must not come back.
    await commitOnAll(data, (draft) => {
      const now = data.replica.conflicts.get(key)
      if (now !== undefined) draft.put(key, { ...now, advice } satisfies Conflict)
    })
  }
}
