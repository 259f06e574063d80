import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { SyncEvent } from '../core/events.ts'
import type { EntityRef } from '../core/types.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import { Engine, type EngineParts } from '../engine/engine.ts'
import type { ListenForPokes, Network } from '../engine/ports.ts'
import type { SimulatedClock } from './simulated-clock.ts'

export interface SimulatedTabParts {
  readonly user: string
  readonly clock: SimulatedClock
  /** What a run of the program is given. It must do nothing more once `lives` is false. */
  readonly engineParts: (run: ProgramRun) => ProgramParts
  readonly onEnd: (run: ProgramRun) => void
  readonly onThaw: (run: ProgramRun) => void
  readonly complain: (sentence: string) => void
}

/** One run of a program; what waits in it never comes once it has ended. */
export interface ProgramRun {
  readonly lives: () => boolean
  /** At once, or when a frozen program goes on, or never. */
  readonly happen: (work: () => void) => void
}

type Own = 'listenForPokes' | 'network' | 'emit' | 'show'
type ProgramParts = Omit<EngineParts, Own> & { readonly online: () => boolean }

export interface Shown extends EntityRef {
  readonly fields: Fields
}

/** A tab of the app: a program that can end between any two instructions, and start again. */
export class SimulatedTab {
  /** What is on screen. The program's: gone with it. */
  readonly screen: Map<string, Shown> = new Map()
  engine: Engine | null = null
  readonly #parts: SimulatedTabParts
  readonly #networkListeners = new Set<Parameters<Network['subscribe']>[0]>()
  /** The edits of the unit that is being made; `null`: none is. */
  #unit: EntityEdit[] | null = null
  #line: Parameters<ListenForPokes>[1] | null = null
  #run: ProgramRun | null = null
  /** What is to happen when the program goes on; `null`: it is not frozen. */
  #frozen: (() => void)[] | null = null

  constructor(parts: SimulatedTabParts) {
    this.#parts = parts
  }

  /** Opens the program; it tries again where the disk does not let it. */
  async start(): Promise<void> {
    const run: ProgramRun = {
      lives: () => this.#run === run,
      happen: (work) => {
        if (!run.lives()) return
        if (this.#frozen === null) work()
        else this.#frozen.push(work)
      },
    }
    this.#run = run
    try {
      const engine = await Engine.open(this.#engineParts(run), this.#parts.user)
      if (!run.lives()) return
      this.engine = engine
      void engine.begin([])
    } catch {
      if (!run.lives()) return
      this.end()
      this.#parts.clock.setTimer(() => this.#run === null && void this.start(), 1_000)
    }
  }

  /** The browser lets it do nothing until it thaws. */
  freeze(): void {
    if (this.#run !== null) this.#frozen ??= []
  }

  thaw(): void {
    const held = this.#frozen
    const run = this.#run
    this.#frozen = null
    if (held === null || run === null) return
    for (const work of held) run.happen(work)
    this.#parts.onThaw(run)
  }

  get isFrozen(): boolean {
    return this.#frozen !== null
  }

  /** The program ends between two instructions. What had reached the disk stays. */
  end(): void {
    const run = this.#run
    this.#run = null
    this.#frozen = null
    this.engine = null
    this.#line = null
    this.#networkListeners.clear()
    this.screen.clear()
    if (run !== null) this.#parts.onEnd(run)
  }

  /** The user closes the tab; what the program still has to do on that it does. */
  async close(): Promise<void> {
    const run = this.#run
    await this.engine?.close()
    if (run?.lives()) this.end()
  }

  turn(event: 'online' | 'offline' | 'focus'): void {
    this.#run?.happen(() => {
      for (const listener of this.#networkListeners) listener(event)
    })
  }

  poke(scope: string, number: number): void {
    this.#run?.happen(() => this.#line?.onPoke(scope, number))
  }

  /** The line for pokes joins, or is lost. */
  line(state: 'joined' | 'lost'): void {
    this.#run?.happen(() => (state === 'joined' ? this.#line?.onJoined() : this.#line?.onLost()))
  }

  /** What a reducer does: the screen changes at once, then the engine is told. */
  edit({ collection, id }: EntityRef, after: Fields | null): void {
    const key = entityKey(collection, id)
    const before = this.screen.get(key)
    if (after === null) this.screen.delete(key)
    else this.screen.set(key, { collection, id, fields: after })
    const edit = { collection, id, before: before && { id, ...before.fields }, after: after === null ? undefined : { id, ...after } }
    if (this.#unit === null) this.engine?.record({ edits: [edit], atomic: false })
    else this.#unit.push(edit)
  }

  /** All edits that are made meanwhile go together [A7]. */
  atomically(work: () => void): void {
    const edits: EntityEdit[] = []
    this.#unit = edits
    work()
    this.#unit = null
    if (edits.length > 0) this.engine?.record({ edits, atomic: true })
  }

  #engineParts(run: ProgramRun): EngineParts {
    const { online, ...parts } = this.#parts.engineParts(run)
    return {
      ...parts,
      listenForPokes: (_, listener) => {
        this.#line = listener
        return { reconnect: () => {}, stop: () => {} }
      },
      network: {
        online,
        subscribe: (listener) => {
          this.#networkListeners.add(listener)
          return () => this.#networkListeners.delete(listener)
        },
      },
      emit: (event) => {
        if (run.lives()) this.#check(event)
      },
      show: (views) => {
        if (!run.lives()) return
        for (const { collection, id, fields } of views) {
          if (fields === null) this.screen.delete(entityKey(collection, id))
          else this.screen.set(entityKey(collection, id), { collection, id, fields })
        }
      },
    }
  }

  #check(event: SyncEvent): void {
    if (event.type === 'changeRefused') this.#parts.complain(`[RX3] an edit was refused: ${event.error.message}`)
    if (event.type === 'checksumsDiffered') this.#parts.complain(`[PL7] what the device holds of ${event.scopes.join()} is not what the server has; it is ${event.outcome}`)
    const isUnexpected = event.type === 'failed' && event.error.kind === 'unknown' && !event.error.message.includes(diskIsFull)
    if (isUnexpected) this.#parts.complain(`[RX3] the loop failed: ${event.error.message}`)
  }
}

/** What a disk says that takes nothing more. */
export const diskIsFull = 'The disk is full.'
