import type { EntityRef } from '../core/types.ts'

/** The entities that a write touched. They are told apart when somebody asks: at a start there are very many, and nobody does. */
export class Touched implements Iterable<EntityRef> {
  readonly #refs: EntityRef[] = []

  add(ref: EntityRef): void {
    this.#refs.push(ref)
  }

  /** Each once. */
  *[Symbol.iterator](): Generator<EntityRef> {
    const seen = new Map<string, Set<string>>()
    for (const { collection, id } of this.#refs) {
      const ids = seen.get(collection)
      if (ids === undefined) seen.set(collection, new Set([id]))
      else if (ids.has(id)) continue
      else ids.add(id)
      yield { collection, id }
    }
  }
}
