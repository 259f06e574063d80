import { entityKey } from '../core/entity-key.ts'
import { callsPerSecond, countCall, noCalls, type RateLimit } from '../core/rate-limit.ts'
import { retryDelay } from '../core/retry.ts'
import { squash } from '../core/squash.ts'
import type { Change } from '../core/types.ts'
import type { LastEdits } from './last-edits.ts'
import type { LocalData } from './local-data.ts'
import type { Environment } from './ports.ts'
import { sheltered } from './sheltered.ts'

export interface RecorderParts {
  readonly user: string
  readonly data: LocalData
  /** Default: none, and what a page cannot store any more when it goes is lost. */
  readonly lastEdits?: LastEdits | null
  readonly environment: Environment
  readonly onRecorded: () => void
  readonly onFailed: (cause: unknown) => void
  /** Edits come faster than any person makes them; told once until it is over [A5]. */
  readonly onRunaway: (perSecond: number) => void
}

/** Milliseconds between two transactions while edits come too fast. */
const holdBack = 250

/**
 * Makes changes durable: all of one tick in one transaction (group commit).
 * When the storage refuses, they stay in memory and in the view, in their order, and it is tried again.
 * While edits come too fast, as from a loop of dispatches, it writes seldom, and joins what waits of an entity into one
 * change: a loop that toggles a field for ever must not fill the device [A5].
 */
export class Recorder {
  readonly #parts: RecorderParts
  /** By id, in their order. None of them has been recorded, so they may still be joined [OB1]. */
  #waiting = new Map<string, Change>()
  /** In the transaction under way. */
  #writing: ReadonlyMap<string, Change> = new Map()
  /** Ids of those that were kept when the page went. */
  #kept: readonly string[] = []
  readonly #unfollow: () => void
  #running: Promise<void> | null = null
  #rate: RateLimit = noCalls
  /** How often the storage may refuse before it is no longer tried. */
  #refusalsLeft = Infinity
  #endPause: () => void = () => {}

  constructor(parts: RecorderParts) {
    // Whoever is told may fail: what is stored must not be taken for refused then, and be written again.
    const { onRecorded, onFailed, environment } = parts
    this.#parts = { ...parts, onRecorded: sheltered(onRecorded, environment), onFailed: sheltered(onFailed, environment) }
    this.#unfollow = parts.lastEdits?.follow(() => this.#keepLast()) ?? (() => {})
  }

  record(changes: readonly Change[]): void {
    this.#count()
    for (const change of changes) if (!this.#rate.isOver || !this.#join(change)) this.#keep(change)
    if (this.#parts.lastEdits?.isGoing()) this.#keepLast()
    this.#running ??= Promise.resolve().then(() => this.#run())
  }

  /** Resolves when everything recorded so far is durable [OB2]. */
  async flush(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  /** Gives up when the storage has refused so many times more: who signs out must not be held up by it. What could not be made durable is given back, for another storage to take. */
  async end(refusals: number): Promise<readonly Change[]> {
    this.#refusalsLeft = refusals
    this.#unfollow()
    this.#endPause()
    await this.flush()
    return [...this.#waiting.values()]
  }

  /** Calls count, not changes: one action may touch thousands of entities. */
  #count(): void {
    const { environment, onRunaway } = this.#parts
    const wasOver = this.#rate.isOver
    this.#rate = countCall(this.#rate, environment.now())
    if (this.#rate.isOver && !wasOver) onRunaway(callsPerSecond(this.#rate))
  }

  #keep(change: Change): void {
    this.#parts.data.replica.outbox.beginRecording(change)
    this.#waiting.set(change.changeId, change)
  }

  /** Makes one change of this and the entity's last one, if that still waits. False: the two must stay apart. */
  #join(change: Change): boolean {
    const { outbox } = this.#parts.data.replica
    const last = outbox.of(entityKey(change.collection, change.id)).at(-1)
    if (last === undefined || this.#waiting.get(last.changeId) !== last || !isPlain(last) || !isPlain(change)) return false
    const both = squash([last, change])
    // No change is a replace: a delete and a create stay two.
    if (both?.kind === 'replace') return false
    outbox.endRecording(last)
    if (both === null) this.#waiting.delete(last.changeId)
    else this.#keep({ ...last, kind: both.kind, patch: both.patch, baseValues: both.baseValues, time: both.time })
    return true
  }

  async #run(): Promise<void> {
    const { data, environment, onRecorded, onFailed } = this.#parts
    for (let failures = 0; this.#waiting.size > 0 && this.#refusalsLeft > 0; ) {
      if (this.#rate.isOver) await this.#pause(holdBack)
      this.#dropTaken()
      const batch = this.#waiting
      this.#writing = batch
      this.#waiting = new Map()
      if (batch.size === 0) break
      try {
        await data.commit({}, [...batch.values()])
        failures = 0
        this.#writing = new Map()
        this.#forgetLast()
        onRecorded()
      } catch (cause) {
        this.#writing = new Map()
        this.#waiting = new Map([...batch, ...this.#waiting])
        failures += 1
        this.#refusalsLeft -= 1
        onFailed(cause)
        if (this.#refusalsLeft > 0) await this.#pause(retryDelay(failures, environment.random()))
      }
    }
    this.#running = null
  }

  /** The page goes: what is not stored yet may never be. */
  #keepLast(): void {
    const { user, lastEdits } = this.#parts
    const all = [...this.#writing.values(), ...this.#waiting.values()]
    this.#kept = lastEdits?.keep(user, all) ? all.map(({ changeId }) => changeId) : []
  }

  /** It came back, or lives on for a while. */
  #forgetLast(): void {
    const { user, lastEdits } = this.#parts
    if (this.#kept.length === 0) return
    const isOpen = (changeId: string) => this.#waiting.has(changeId)
    lastEdits?.forget(user, this.#kept.filter((changeId) => !isOpen(changeId)))
    this.#kept = this.#kept.filter(isOpen)
  }

  /** It came back, and another tab has stored in the meantime what was kept. */
  #dropTaken(): void {
    const { user, lastEdits, data } = this.#parts
    for (const changeId of this.#kept) {
      const change = this.#waiting.get(changeId)
      if (change === undefined || lastEdits?.isKept(user, changeId)) continue
      this.#waiting.delete(changeId)
      data.replica.outbox.endRecording(change)
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.environment.setTimer(resolve, milliseconds)
      this.#endPause = () => {
        cancel()
        resolve()
      }
    })
  }
}

/** Not part of an atomic group, and not an undo: those must stay what they are. */
const isPlain = ({ group }: Change): boolean => !group.atomic && group.cause === 'edit'
