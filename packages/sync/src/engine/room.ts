import { entityKey } from '../core/entity-key.ts'
import { keys } from '../core/records.ts'
import type { NumberedWrite } from './heard-commits.ts'
import { scopeIn, sealedWrite } from './opening.ts'
import type { SealedWrite, Storage } from './ports.ts'
import type { Replica } from './replica.ts'

/**
 * On a full device, what can be fetched again makes room for what cannot: base rows of scopes in which nothing of the user's
 * waits, the one that they have not worked in for longest first [ST2]. Such a scope stays in memory, and on screen; of what comes
 * in it nothing is stored until a leader begins anew and fetches it whole, as a part of a scope would pass for all of it.
 */
export class Room {
  readonly #replica: Replica
  /** Given up here; where even the mark of that found no room, nobody else knows. */
  readonly #givenUp = new Set<string>()

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

  /** Gives one more scope up, and marks it, for other tabs to be told of; `null`: nothing is left that could be. `term`: 0 while one begins. */
  async make({ storage, term, held }: { readonly storage: Storage; readonly term: number; readonly held: Iterable<string> }): Promise<{ readonly mark: NumberedWrite | null } | null> {
    const scope = this.#giveUp()
    if (scope === null) return null
    const asLeader = term !== 0 && { term }
    await storage.commit({ deletes: [...held].filter((key) => scopeIn(key)[0] === scope), ...asLeader, uncounted: true })
    const puts = [[keys.evicted(scope), { scope }]] as const
    const marked = await storage.commit({ ...sealedWrite({ puts }), ...asLeader }).catch(() => null)
    return { mark: marked && { number: marked.number, puts, deletes: [] } }
  }

  #giveUp(): string | null {
    const { outbox, batch, conflicts, rejected, buried, past, scopes } = this.#replica
    // Those too that are not stored yet: it may be for them that room is made.
    const waiting = [...outbox.entities()].flatMap(({ collection, id }) => outbox.of(entityKey(collection, id)))
    const needed = new Set([...waiting, ...(batch?.ops ?? []), ...conflicts.values(), ...[...rejected.values()].flatMap(({ changes }) => changes), ...buried.values()].map(({ scope }) => scope))
    const lastUsed = new Map<string, number>()
    for (const { scope, time } of [...past.values()].flatMap(({ changes }) => changes)) lastUsed.set(scope, Math.max(time, lastUsed.get(scope) ?? 0))
    const clean = [...scopes.keys()].filter((scope) => !needed.has(scope) && !this.#isOut(scope))
    const [scope] = clean.toSorted((a, b) => (lastUsed.get(a) ?? 0) - (lastUsed.get(b) ?? 0))
    if (scope === undefined) return null
    this.#givenUp.add(scope)
    return scope
  }

  /** From now on it is stored again. */
  readmit(scope: string): void {
    this.#givenUp.delete(scope)
  }

  #isOut(scope: string): boolean {
    return this.#givenUp.has(scope) || this.#replica.evicted.has(keys.evicted(scope))
  }
}
