import { keys } from '../core/records.ts'
import type { Change, EntityRef } from '../core/types.ts'
import { Draft } from './draft.ts'
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
  /** What other tabs committed while this one was still reading. */
  #early: TabMessage[] | null = []

  /** Reads everything. What other tabs commit meanwhile is taken in afterwards: each record is whole, so twice is once. */
  static async open({ storage, tabs, newId }: { storage: Storage; tabs: Tabs; newId: () => string }): Promise<LocalData> {
    const data = new LocalData(storage, tabs)
    const { records, repair } = sortOut(await storage.readAll())
    if (repair.puts?.length) await storage.commit(repair)
    data.replica.apply(records)
    data.replica.recallSteps()
    for (const { puts, deletes } of data.#early ?? []) data.replica.apply(puts, deletes)
    data.#early = null
    if (data.replica.device === null) await data.commit({ puts: [[keys.device, newId()]] })
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
    return this.#tabs.campaign(lead)
  }

  listen(listener: OnTouched): void {
    this.#listeners.add(listener)
  }

  draft(): Draft {
    return new Draft(this.replica)
  }

  /** Durable first, then in memory and in the other tabs. `recorded`: changes that the view shows already. */
  async commit(write: Write, recorded: readonly Change[] = []): Promise<void> {
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

  #take({ puts, deletes }: TabMessage): void {
    const touched = this.replica.apply(puts, deletes)
    for (const listener of this.#listeners) listener(touched)
  }

  /** Nothing is told any more, also of a commit that is still under way: the next user may be on screen by then. */
  close(): void {
    this.#listeners.clear()
    this.#stopListening()
    this.#tabs.close()
    this.#storage.close()
  }
}
