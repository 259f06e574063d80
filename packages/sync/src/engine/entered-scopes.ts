/** A component, say, that shows a scope. */
export interface Stay {
  /** Tells what of the scope is looked at from now on; `null`: nothing in particular. */
  readonly move: (where: string | null) => void
  readonly leave: () => void
}

interface Told {
  where: string | null
  readonly since: number
}

/** The scopes that the app shows in this tab, whoever is signed in: several parts of it may show the same one. */
export class EnteredScopes {
  readonly #stays = new Map<string, Set<Told>>()
  readonly #listeners = new Set<() => void>()

  enter(scope: string, { where, since }: { readonly where: string | null; readonly since: number }): Stay {
    const stay: Told = { where, since }
    const stays = this.#stays.get(scope) ?? new Set()
    this.#stays.set(scope, stays.add(stay))
    this.#tell()
    return {
      move: (next) => {
        if (stay.where === next || !stays.delete(stay)) return
        stay.where = next
        // Last, as it is the newest.
        stays.add(stay)
        this.#tell()
      },
      leave: () => {
        if (!stays.delete(stay)) return
        if (stays.size === 0 && this.#stays.get(scope) === stays) this.#stays.delete(scope)
        this.#tell()
      },
    }
  }

  get size(): number {
    return this.#stays.size
  }

  scopes(): Iterable<string> {
    return this.#stays.keys()
  }

  /** What the tab tells of a scope: it is there since the first part of the app is, and looks at what the last that moved tells. */
  told(scope: string): Readonly<Told> | null {
    const stays = [...(this.#stays.get(scope) ?? [])]
    if (stays.length === 0) return null
    const where = stays.findLast((stay) => stay.where !== null)?.where ?? null
    return { where, since: Math.min(...stays.map(({ since }) => since)) }
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
