import { keys, kindOf, sequenceIn } from '../core/records.ts'
import type { Change, EntityRef } from '../core/types.ts'
import { Draft } from './draft.ts'
import { HeardSequences } from './heard-sequences.ts'
import { sealedWrite, sortOut } from './opening.ts'
import type { Storage, TabMessage, Tabs, Write } from './ports.ts'
import { Replica } from './replica.ts'

/** Told after each committed write, with the entities whose view may have changed. */
export type OnTouched = (touched: Map<string, EntityRef>) => void

/** One user's data on this device: the storage, its mirror in memory, and the other tabs that hold the same. */
export class LocalData {
  readonly replica: Replica = new Replica()
  readonly #storage: Storage
  readonly #tabs: Tabs
  readonly #listeners = new Set<OnTouched>()
  readonly #stopListening: () => void
  /** The keys of all records that are known. */
  readonly #keys = new Set<string>()
  readonly #heard = new HeardSequences()
  /** Some records cannot be used. Only the tab that leads puts the storage right, from what it reads then: another might undo what was written since. */
  #isDamaged = false
  readonly #committing = new Set<Promise<unknown>>()
  /** What was committed, here or in other tabs, while this one was reading. */
  #early: TabMessage[] | null = []

  /** Reads everything. What other tabs commit meanwhile is taken in afterwards: each record is whole, so twice is once. */
  static async open({ storage, tabs, newId }: { storage: Storage; tabs: Tabs; newId: () => string }): Promise<LocalData> {
    const data = new LocalData(storage, tabs)
    // Before the records: what comes in between is not heard of yet.
    const last = await storage.lastSequence()
    const { records, repair, sequenceAtLeast } = sortOut(await storage.readAll())
    data.#isDamaged = repair.puts.length > 0
    // At once: the next change must not get a number that another has.
    if (sequenceAtLeast !== null) await storage.commit({ sequenceAtLeast })
    data.#apply({ puts: records, deletes: [] })
    data.replica.recallSteps()
    data.#heard.startAt(last)
    for (const message of data.#early ?? []) data.#apply(message)
    data.#early = null
    if (data.replica.device === null) {
      // It takes the place of a damaged one, which is set aside here and not by the repair.
      const aside = data.replica.asides.get(keys.aside(keys.device))
      await data.commit({ puts: [[keys.device, newId()], ...(aside === undefined ? [] : [[keys.aside(keys.device), aside] as const])] })
    }
    return data
  }

  private constructor(storage: Storage, tabs: Tabs) {
    this.#storage = storage
    this.#tabs = tabs
    this.#stopListening = tabs.listen((message) => {
      if (this.#early === null) this.#take(message)
      else this.#early.push(message)
    })
  }

  /** Calls `lead` once this tab is the one that may talk to the network; the result resigns. */
  campaign(lead: () => Promise<void>): () => void {
    return this.#tabs.campaign(async (after) => {
      if (after === 'another-tab' || this.#isDamaged) await this.#catchUp()
      return lead()
    })
  }

  /** A tab may have recorded a change and ended before it could tell: nobody else would send that [TB1]. */
  async hearOfLostTabs(): Promise<void> {
    const last = await this.#storage.lastSequence().catch(() => 0)
    if (this.#heard.isComplete(last)) return
    await this.#catchUp()
    this.#heard.startAt(last)
  }

  /**
   * The storage is what holds: takes in what a tab had committed that ended before it could tell, and tells it [TB2]. Where it
   * cannot be read, what is known must do, as it did until now.
   */
  async #catchUp(): Promise<void> {
    const known = [...this.#keys]
    this.#early = []
    const read = await this.#storage.readAll().then(sortOut, () => null)
    if (read !== null && read.repair.puts.length > 0) await this.#storage.commit(read.repair).catch(() => [])
    const since = this.#early
    this.#early = null
    if (read !== null) {
      const { records } = read
      const found = new Set(records.map(([key]) => key))
      // Before what came meanwhile, which may be younger than what was read.
      since.unshift({ puts: records, deletes: known.filter((key) => !found.has(key)) })
      this.#tabs.tell(since[0]!)
    }
    for (const message of since) this.#take(message)
  }

  listen(listener: OnTouched): void {
    this.#listeners.add(listener)
  }

  draft(): Draft {
    return new Draft(this.replica)
  }

  /** Durable first, then in memory and in the other tabs. `recorded`: changes that the view shows already. */
  async commit(write: Write, recorded: readonly Change[] = []): Promise<void> {
    const done = this.#commit(write, recorded)
    this.#committing.add(done)
    await done.finally(() => this.#committing.delete(done))
  }

  async #commit(write: Write, recorded: readonly Change[]): Promise<void> {
    const append = [...(write.append ?? []), ...recorded]
    const sequences = await this.#storage.commit(sealedWrite({ ...write, append }))
    const numbered = append.map((change, index) => {
      const sequence = sequences[index]!
      return [keys.change(sequence), { ...change, sequence }] as const
    })
    const message: TabMessage = { puts: [...(write.puts ?? []), ...numbered], deletes: write.deletes ?? [] }
    for (const change of recorded) this.replica.outbox.endRecording(change)
    this.#tabs.tell(message)
    this.#take(message)
  }

  #take(message: TabMessage): void {
    this.#early?.push(message)
    const touched = this.#apply(message)
    for (const listener of this.#listeners) listener(touched)
  }

  #apply({ puts, deletes }: TabMessage): Map<string, EntityRef> {
    for (const key of deletes) this.#keys.delete(key)
    for (const [key] of puts) {
      this.#keys.add(key)
      if (kindOf(key) === 'change') this.#heard.hear(sequenceIn(key))
    }
    return this.replica.apply(puts, deletes)
  }

  /**
   * Nothing is told here any more, also of a commit that is still under way: the next user may be on screen by then. The other
   * tabs are told of it: else they would not know what the storage holds.
   */
  close(): void {
    this.#listeners.clear()
    this.#stopListening()
    void Promise.allSettled(this.#committing).finally(() => {
      this.#tabs.close()
      this.#storage.close()
    })
  }
}
