import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { SyncEvent } from '../core/events.ts'
import type { Change, EntityRef } from '../core/types.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import { CurrentUser, type CurrentUserParts } from '../engine/current-user.ts'
import type { Engine } from '../engine/engine.ts'
import type { ListenForPokes, Network } from '../engine/ports.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { diskFails } from './simulated-disk.ts'

export interface SimulatedTabParts {
  readonly user: string
  readonly clock: SimulatedClock
  /** What a run of the program is given. It must do nothing more once `lives` is false. */
  readonly engineParts: (run: ProgramRun) => ProgramParts
  /** `lost`: what it held in memory alone, of which some may have been sent. */
  readonly onEnd: (run: ProgramRun, lost: readonly Change[]) => void
  readonly onThaw: (run: ProgramRun) => void
  readonly complain: (sentence: string) => void
}

/** One run of a program; what waits in it never comes once it has ended. */
export interface ProgramRun {
  readonly lives: () => boolean
  /** At once, or when a frozen program goes on, or never. */
  readonly happen: (work: () => void) => void
  /** To be told what it holds in memory alone. */
  readonly onRemembered: (changes: readonly Change[]) => void
}

type Own = 'listenForPokes' | 'network' | 'emit' | 'show' | 'clear' | 'followSession' | 'endSession' | 'lastUser'
type ProgramParts = Omit<CurrentUserParts, Own> & { readonly online: () => boolean }

export interface Shown extends EntityRef {
  readonly fields: Fields
}

/** A tab of the app: a program that can end between any two instructions, and start again. */
export class SimulatedTab {
  /** What is on screen. The program's: gone with it. */
  readonly screen: Map<string, Shown> = new Map()
  #current: CurrentUser | null = null
  #remembered: readonly Change[] = []
  readonly #parts: SimulatedTabParts
  readonly #networkListeners = new Set<Parameters<Network['subscribe']>[0]>()
  /** The edits of the unit that is being made; `null`: none is. */
  #unit: EntityEdit[] | null = null
  #line: Parameters<ListenForPokes>[1] | null = null
  #isJoined = false
  #run: ProgramRun | null = null
  /** What is to happen when the program goes on; `null`: it is not frozen. */
  #frozen: (() => void)[] | null = null

  constructor(parts: SimulatedTabParts) {
    this.#parts = parts
  }

  get engine(): Engine | null {
    return this.#current?.engine ?? null
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
      onRemembered: (changes) => {
        if (run.lives()) this.#remembered = [...this.#remembered, ...changes]
      },
    }
    this.#run = run
    try {
      const current = new CurrentUser(this.#userParts(run), [])
      this.#current = current
      await current.start()
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
    this.#current = null
    this.#line = null
    this.#isJoined = false
    this.#networkListeners.clear()
    this.screen.clear()
    if (run !== null) this.#parts.onEnd(run, this.#remembered)
    this.#remembered = []
  }

  /** The user closes the tab; what the program still has to do on that it does. */
  async close(): Promise<void> {
    const run = this.#run
    await this.#current?.stop()
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
    this.#run?.happen(() => {
      this.#isJoined = state === 'joined' && this.#line !== null
      if (state === 'joined') this.#line?.onJoined()
      else this.#line?.onLost()
    })
  }

  get isJoined(): boolean {
    return this.#isJoined
  }

  /** What a reducer does: the screen changes at once, then the engine is told. */
  edit({ collection, id }: EntityRef, after: Fields | null): void {
    const key = entityKey(collection, id)
    const before = this.screen.get(key)
    if (after === null) this.screen.delete(key)
    else this.screen.set(key, { collection, id, fields: after })
    const edit = { collection, id, before: before && { id, ...before.fields }, after: after === null ? undefined : { id, ...after } }
    if (this.#unit === null) this.#current?.record({ edits: [edit], atomic: false })
    else this.#unit.push(edit)
  }

  /** All edits that are made meanwhile go together [A7]. */
  atomically(work: () => void): void {
    const edits: EntityEdit[] = []
    this.#unit = edits
    work()
    this.#unit = null
    if (edits.length > 0) this.#current?.record({ edits, atomic: true })
  }

  #userParts(run: ProgramRun): CurrentUserParts {
    const { online, ...parts } = this.#parts.engineParts(run)
    const { user } = this.#parts
    return {
      ...parts,
      followSession: (listener) => {
        listener({ is: 'signed-in', user })
        return () => {}
      },
      endSession: () => Promise.resolve(),
      lastUser: { read: () => user, write: () => {} },
      clear: () => {
        if (run.lives()) this.screen.clear()
      },
      listenForPokes: (_, listener) => {
        this.#line = listener
        this.#isJoined = false
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
    const isUnexpected = event.type === 'failed' && event.error.kind === 'unknown' && !told.some((words) => event.error.message.includes(words))
    if (isUnexpected) this.#parts.complain(`[RX3] the loop failed: ${event.error.message}`)
  }
}

/** What a disk says of itself. */
const told: readonly string[] = [diskFails, 'There is no room left.']
