import { entityKey } from '../core/entity-key.ts'
import { keys, kindOf, scopeIn } from '../core/records.ts'
import type { NumberedWrite } from './heard-commits.ts'
import { sealedWrite } from './opening.ts'
import type { SealedWrite, Storage } from './ports.ts'
import type { Replica } from './replica.ts'

export interface MakeRoomParts {
  readonly storage: Storage
  readonly term: number
  /** Nothing was ever sent by its name, as far as this tab knows: 0 (core/naming.ts). */
  readonly named: number
  /** The keys of all that is known. */
  readonly held: readonly string[]
}

export interface Made {
  readonly term: number
  readonly mark: NumberedWrite
}

/**
 * On a full device, what can be fetched again makes room for what cannot: base rows of scopes in which nothing of the user's
 * waits, the one that they have not worked in for longest first [ST2]. Such a scope stays in memory, and on screen; of what comes
 * in it nothing is stored until a leader begins anew and fetches it whole, as a part of a scope would pass for all of it.
 */
export class Room {
  readonly #replica: Replica
  /** Given up here; where even the mark of that found no room, nobody else knows. */
  readonly #givenUp = new Set<string>()
  /** Once at a time: each begins a term. */
  #making: Promise<Made | null> | null = null

  constructor(replica: Replica) {
    this.#replica = replica
  }

  /** As much of a write as is to be stored. */
  kept(write: SealedWrite): SealedWrite {
    if (this.#givenUp.size + this.#replica.evicted.size === 0) return write
    // What readmits a scope is stored, and all that comes after it.
    const isOut = (scope: string) => this.#isOut(scope) && !(write.deletes ?? []).includes(keys.evicted(scope))
    return { ...write, puts: (write.puts ?? []).filter(([key]) => !scopeIn(key).some(isOut)) }
  }

  /** A write was stored: of a scope that it readmits all that comes after it is stored too, also where it was given up here. */
  stored({ deletes = [] }: SealedWrite): void {
    for (const scope of this.#givenUp) if (deletes.includes(keys.evicted(scope))) this.#givenUp.delete(scope)
  }

  /**
   * Gives one more scope up, and marks it; more than one where there is no room even for the mark. With them goes the term: a tab
   * that has not heard of it must not go on as if they were there, so who leads begins anew, with the mark (engine/counted.ts).
   * `null`: nothing is left that could be given up. `term`: 0 while one begins.
   */
  make(parts: MakeRoomParts): Promise<Made | null> {
    this.#making ??= this.#make(parts).finally(() => (this.#making = null))
    return this.#making
  }

  /** When no room is being made any more, or it failed. */
  get made(): Promise<unknown> {
    return (this.#making ?? Promise.resolve()).catch(() => {})
  }

  async #make({ storage, term, named, held }: MakeRoomParts): Promise<Made | null> {
    const puts: [string, unknown][] = []
    for (let scope = this.#giveUp(); scope !== null; scope = this.#giveUp()) {
      const gone = scope
      const isFirst = puts.length === 0
      puts.push([keys.evicted(gone), { scope: gone }])
      await storage.commit({ deletes: [...[...held].filter((key) => scopeIn(key)[0] === gone), keys.term], ...(isFirst && term !== 0 && { term }), uncounted: true })
      const deletes = named === 0 ? [keys.named] : []
      const marked = await storage.commit({ ...sealedWrite({ puts, deletes }), term: 'next' }).catch(() => null)
      if (marked !== null) return { term: marked.term, mark: { number: marked.number, puts, deletes: [] } }
    }
    return null
  }

  #giveUp(): string | null {
    const { outbox, batch, conflicts, rejected, past, scopes } = this.#replica
    // Those too that are not stored yet: it may be for them that room is made.
    const waiting = [...outbox.entities()].flatMap(({ collection, id }) => outbox.of(entityKey(collection, id)))
    const needed = new Set([...waiting, ...(batch?.ops ?? []), ...conflicts.values(), ...[...rejected.values()].flatMap(({ changes }) => changes)].map(({ scope }) => scope))
    const lastUsed = new Map<string, number>()
    for (const { scope, time } of [...past.values()].flatMap(({ changes }) => changes)) lastUsed.set(scope, Math.max(time, lastUsed.get(scope) ?? 0))
    const clean = [...scopes.keys()].filter((scope) => !needed.has(scope) && !this.#isOut(scope))
    const [scope] = clean.toSorted((a, b) => (lastUsed.get(a) ?? 0) - (lastUsed.get(b) ?? 0))
    if (scope === undefined) return null
    this.#givenUp.add(scope)
    return scope
  }

  /** A leader begins, and has read what is stored: what was given up is what the marks say. */
  begin(): void {
    this.#givenUp.clear()
  }

  #isOut(scope: string): boolean {
    return this.#givenUp.has(scope) || this.#replica.evicted.has(keys.evicted(scope))
  }
}

/**
 * Another tab stores a scope again that had made room, and may know none of its rows. What this one still shows of it goes, and
 * comes again with what is fetched: else rows that are gone by then would stay on screen, as nobody would tell of them [TB2].
 */
export function withoutReadmitted(write: NumberedWrite, known: Iterable<string>): NumberedWrite {
  const evicted = new Set(write.deletes.filter((key) => kindOf(key) === 'evicted'))
  if (evicted.size === 0) return write
  const kept = new Set(write.puts.map(([key]) => key))
  const gone = [...known].filter((key) => kindOf(key) === 'page' && !kept.has(key) && scopeIn(key).some((scope) => evicted.has(keys.evicted(scope))))
  return { ...write, deletes: [...write.deletes, ...gone] }
}
