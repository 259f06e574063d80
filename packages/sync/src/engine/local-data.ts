import type { Standing } from '../core/naming.ts'
import { keys, scopeIn } from '../core/records.ts'
import { problemOf, type StorageProblem } from '../core/storage-error.ts'
import type { Change, EntityRef, RecordedChange } from '../core/types.ts'
import { Draft } from './draft.ts'
import { HeardCommits, type NumberedWrite } from './heard-commits.ts'
import { Leadership } from './leadership.ts'
import { MissingCommits } from './missing-commits.ts'
import { sealedWrite, sortOut, sortOutInSlices, type Opened } from './opening.ts'
import type { Candidate, Committed, Environment, SealedWrite, Storage, TabMessage, Tabs, Write } from './ports.ts'
import { Replica } from './replica.ts'
import { readmitAll, readmitted } from './resync.ts'
import { sheltered } from './sheltered.ts'
import { withoutReadmitted } from './room.ts'
import { Storing } from './storing.ts'
import { inSlices } from './time-slices.ts'

/** Told after each committed write, with the entities whose view may have changed. */
export type OnTouched = (touched: Iterable<EntityRef>) => void

export interface LocalDataParts {
  readonly storage: Storage
  readonly tabs: Tabs
  readonly environment: Environment
  /** This tab is to write as the leader, there is no room, and nothing is left that could make some [ST2]. */
  readonly onFull?: (() => void) | undefined
}

/** One user's data on this device: the storage, its mirror in memory, and the other tabs that hold the same. */
export class LocalData {
  readonly replica: Replica = new Replica()
  readonly #parts: LocalDataParts
  readonly #listeners = new Set<OnTouched>()
  readonly #stopListening: () => void
  /** All that is known, as it was stored. */
  readonly #records = new Map<string, unknown>()
  readonly #heard = new HeardCommits()
  /** Some records cannot be used. Only the tab that leads puts the storage right, from what it reads then: another might undo what was written since. */
  #isDamaged = false
  readonly #committing = new Set<Promise<unknown>>()
  #reading: Promise<unknown> | null = null
  readonly #missing: MissingCommits
  readonly #storing: Storing
  #leadership: Leadership | null = null
  /** What other tabs tell while this one reads for the first time; `null`: it has. */
  #early: TabMessage[] | null = []

  /** Reads everything. What other tabs commit meanwhile is told by them, and known by its number. */
  static async open(parts: LocalDataParts): Promise<LocalData> {
    const data = new LocalData(parts)
    // One that cannot be used must not go on listening, with nobody who knows of it.
    await data.#start().catch((error: unknown) => {
      data.close()
      throw error
    })
    return data
  }

  async #start(): Promise<void> {
    const { sequenceAtLeast } = await this.#takeStored()
    const early = this.#early ?? []
    this.#early = null
    for (const message of early) this.#hear(message)
    // At once: the next change must not get a number that another has.
    if (sequenceAtLeast !== null) await this.#count({ sequenceAtLeast })
    this.replica.recallSteps()
    if (this.replica.device !== null) return
    // It takes the place of a damaged one, which is set aside here and not by the repair.
    const aside = this.replica.asides.get(keys.aside(keys.device))
    await this.commit({ puts: [[keys.device, this.#parts.environment.newId()], ...(aside === undefined ? [] : [[keys.aside(keys.device), aside] as const])] })
  }

  private constructor(parts: LocalDataParts) {
    this.#parts = parts
    this.#storing = new Storing({
      storage: parts.storage,
      replica: this.replica,
      records: this.#records,
      highest: () => this.#heard.highest,
      onWritten: (write) => this.#tellAndTake(write),
      onDeposed: () => this.#leadership?.depose(),
    })
    this.#missing = new MissingCommits({ heard: this.#heard, environment: parts.environment, read: () => this.#read() })
    this.#stopListening = parts.tabs.listen({
      onMessage: (message) => this.#hear(message),
      onMissed: (why) => void (why === 'away' ? this.#lookUp() : this.#read()).catch(() => {}),
    })
  }

  /** Calls `lead` once this tab is the one that may talk to the network, and `onDeposed` when another one may; the result resigns. */
  campaign({ lead, onDeposed }: Candidate): () => void {
    const { tabs, environment } = this.#parts
    const leadership = new Leadership({
      tabs, environment, lead,
      begin: () => this.#underWay(this.#begin()),
      onDeposed: () => {
        this.#storing.term = 0
        onDeposed()
      },
      lastKnown: () => this.#heard.highest,
    })
    this.#leadership = leadership
    return () => leadership.resign()
  }

  /** A tab may have recorded a change and ended before it could tell: nobody else would send that [TB1]. */
  async hearOfLostTabs(): Promise<void> {
    if (await this.#lookUp().catch(() => false)) this.#leadership?.tell()
  }

  /** Why the storage is only in memory; `null`: it is not [ST2]. */
  get problem(): StorageProblem | null {
    return this.#parts.storage.problem ?? null
  }

  listen(listener: OnTouched): void {
    this.#listeners.add(listener)
  }

  /** All that is known, by key: what is stored, and what there was no room for. */
  get records(): ReadonlyMap<string, unknown> {
    return this.#records
  }

  /** Changes up to this sequence number go by their names, as of the last term that this tab has begun; 0: none does (core/naming.ts). */
  get named(): number {
    return this.#storing.named
  }

  /** Of a change that waits, while this tab leads. */
  standing(change: RecordedChange): Standing {
    return this.#parts.storage.standing?.(change) ?? (change.sequence <= this.named ? 'named' : 'free')
  }

  draft(): Draft {
    return new Draft(this.replica)
  }

  /**
   * Durable first, then in memory and in the other tabs. `recorded`: changes that the view shows already. `after`: it stands on
   * what was `known` then, and on no later write.
   *
   * @throws {OutdatedTerm} This tab led, and does no longer: nothing was written. To record changes no term is needed.
   * @throws {OutdatedRead} Something was written after that: nothing of this was.
   */
  async commit(write: Write, recorded: readonly Change[] = [], after?: number): Promise<void> {
    await this.#underWay(this.#commit(write, recorded, after)).catch((error: unknown) => this.#onRefused(error))
  }

  /** The storage stays open until it is done. */
  #underWay(work: Promise<void>): Promise<void> {
    this.#committing.add(work)
    return work.finally(() => this.#committing.delete(work))
  }

  /** Only who leads can make room, so whoever finds none takes the lead. */
  #onRefused(error: unknown): never {
    if (problemOf(error) === 'full' && this.#storing.term !== 0) this.#parts.onFull?.()
    else if (problemOf(error) === 'full') this.#leadership?.takeOver()
    throw error
  }

  /** The number of the last write up to which this tab knows all. */
  get known(): number {
    return this.#heard.complete
  }

  async #commit(write: Write, recorded: readonly Change[], after?: number): Promise<void> {
    const append = [...(write.append ?? []), ...recorded]
    const { puts = [], deletes = [] } = write
    const asLeader = this.#storing.term !== 0 && puts.length + deletes.length > 0
    const { number, sequences } = await this.#storing.commit({ ...sealedWrite({ ...write, append }), ...(asLeader && { term: this.#storing.term }), ...(after !== undefined && { after }) })
    const numbered = append.map((change, index) => {
      const sequence = sequences[index]!
      return [keys.change(sequence), { ...change, sequence }] as const
    })
    // Numbers only rise: it is another database than the one that this tab knows.
    const isOther = number <= this.#heard.complete && numbered.some(([key, { changeId }]) => (this.#records.get(key) as RecordedChange | undefined)?.changeId !== changeId)
    if (isOther) await this.#read().catch(() => {})
    for (const change of recorded) this.replica.outbox.endRecording(change)
    if (deletes.includes(keys.named)) this.#storing.endNames()
    this.#tellAndTake({ number, puts: [...puts, ...numbered], deletes })
  }

  /** From now on no other tab may write what a leader writes; what they had written before is read. */
  async #begin(): Promise<void> {
    const begun = await this.#firstOfTerm()
    while (this.#heard.complete < begun.number) await this.#read()
    this.#storing.begun(begun)
    await readmitAll(this.replica, (scope) => this.#commit(readmitted(scope, this.draft(), this.replica), []))
    if (!this.#isDamaged) return
    const { repair } = await this.#takeStored()
    if (repair.puts.length > 0) await this.#count({ ...repair, term: begun.term })
    this.#isDamaged = false
  }

  async #firstOfTerm(): Promise<Committed> {
    try {
      return await this.#count({ term: 'next' })
    } catch (error) {
      if (problemOf(error) !== 'full') throw error
      // What others have written since decides what may be given up.
      await this.#read()
      if (await this.#storing.makeRoom()) return this.#firstOfTerm()
      this.#parts.onFull?.()
      throw error
    }
  }

  /** Commits what changes nothing of what tabs know: counters, and repairs, which each tab has made in memory by itself. */
  async #count(write: SealedWrite): Promise<Committed> {
    const committed = await this.#storing.commit(write)
    this.#tellAndTake({ number: committed.number, puts: [], deletes: [] })
    return committed
  }

  #tellAndTake(write: NumberedWrite): void {
    const { tabs, environment } = this.#parts
    // It is stored: a failure to tell of it must not make it look refused, or it would be written again.
    sheltered(tabs.tell, environment)({ is: 'commit', ...write })
    this.#take(write)
  }

  #hear(message: TabMessage): void {
    if (this.#early !== null) return void this.#early.push(message)
    if (message.is === 'commit') return this.#take(withoutReadmitted(message, this.#records.keys()))
    if (message.is === 'leader') this.#heard.knowOf(message.number)
    this.#missing.wait()
  }

  #take(write: NumberedWrite): void {
    const news = this.#heard.take(write)
    if (news !== null) this.#apply(news)
    this.#missing.wait()
  }

  /** Did other tabs write what this one has not heard of? Then it knows it now. */
  async #lookUp(): Promise<boolean> {
    this.#heard.knowOf(await this.#storing.whole(this.#parts.storage.lastCommit))
    if (!this.#heard.isMissingSome) return false
    await this.#read()
    return true
  }

  /** What the storage holds is what holds. One reading at a time. */
  async #read(): Promise<void> {
    this.#reading ??= this.#takeStored().finally(() => (this.#reading = null))
    await this.#reading
  }

  async #takeStored(): Promise<Opened> {
    const { highest } = this.#heard
    const { environment } = this.#parts
    const hasPage = environment.pause !== undefined
    const stored = await this.#storing.whole(this.#parts.storage.readAll)
    const opened = hasPage ? await sortOutInSlices(stored, environment) : sortOut(stored)
    // Numbers only rise, and are told when they are stored: the browser has deleted the database, and this is a new one.
    if (opened.number < highest) this.#heard.startAnew()
    // More has come meanwhile than was read.
    if (opened.number < this.#heard.complete) return this.#takeStored()
    this.#isDamaged = opened.repair.puts.length > 0
    const found = new Set(opened.records.map(([key]) => key))
    const news = this.#heard.takeAll({ number: opened.number, puts: opened.records, deletes: [...this.#records.keys()].filter((key) => !found.has(key) && !scopeIn(key).some((scope) => found.has(keys.evicted(scope)))) })
    if (this.#early === null || !hasPage) this.#apply(news)
    else await this.#applyInSlices(news)
    return opened
  }

  /** Only before anything else is taken in: what came in between two parts would be older than what the next one holds. */
  async #applyInSlices(news: NumberedWrite): Promise<void> {
    this.#apply({ ...news, puts: [] })
    await inSlices(news.puts, (put) => this.#apply({ ...news, puts: [put], deletes: [] }), this.#parts.environment)
  }

  #apply({ puts, deletes }: NumberedWrite): void {
    for (const key of deletes) this.#records.delete(key)
    for (const [key, value] of puts) this.#records.set(key, value)
    const touched = this.replica.apply(puts, deletes)
    for (const listener of this.#listeners) sheltered(listener, this.#parts.environment)(touched)
  }

  /**
   * Nothing is told here any more, also of a commit that is still under way: the next user may be on screen by then. The other
   * tabs are told of it: else they would not know what the storage holds.
   */
  close(): void {
    this.#listeners.clear()
    this.#stopListening()
    this.#missing.stop()
    void Promise.allSettled(this.#committing).finally(() => {
      this.#parts.tabs.close()
      this.#parts.storage.close()
    })
  }
}
