import type { Collections } from '../core/collection.ts'
import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { EntityRef } from '../core/types.ts'
import { alone } from '../engine/alone.ts'
import { Engine, type EngineParts } from '../engine/engine.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { ListenForPokes, Network, Storage } from '../engine/ports.ts'
import { Ledger } from './ledger.ts'
import type { MemoryServer } from './memory-server.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { simulatedTransport, type Weather } from './simulated-network.ts'
import { simulatedStorage } from './simulated-storage.ts'

export interface SimulatedDeviceParts {
  readonly name: string
  readonly user: string
  readonly clock: SimulatedClock
  readonly server: MemoryServer
  readonly random: SeededRandom
  readonly collections: Collections
  readonly weather: () => Weather
  readonly complain: (sentence: string) => void
}

export interface Shown extends EntityRef {
  readonly fields: Fields
}

/** A device with a disk of its own, which outlives the crashes of its program. */
export class SimulatedDevice {
  readonly name: string
  readonly user: string
  readonly disk: Storage = memoryStorage()
  readonly ledger: Ledger
  /** What is on screen. The program's: gone with it. */
  readonly screen: Map<string, Shown> = new Map()
  /** The device's clock minus the true time, in milliseconds. */
  skew = 0
  online = true
  diskIsFull = false
  token: 'valid' | 'expired' | 'unrenewable' = 'valid'
  engine: Engine | null = null
  readonly #parts: SimulatedDeviceParts
  /** Counts the starts of the program: what an earlier one still waits for never comes. */
  #run = 0
  readonly #networkListeners = new Set<Parameters<Network['subscribe']>[0]>()
  #line: Parameters<ListenForPokes>[1] | null = null
  #ids = 0

  constructor(parts: SimulatedDeviceParts) {
    this.#parts = parts
    this.name = parts.name
    this.user = parts.user
    this.ledger = new Ledger({ answered: parts.server.answered, complain: (sentence) => this.#complain(sentence) })
  }

  newId(prefix: string): string {
    return `${prefix}-${this.name}-${(this.#ids += 1)}`
  }

  /** Opens the program; it tries again where the disk does not let it. */
  async start(): Promise<void> {
    const run = (this.#run += 1)
    try {
      const engine = await Engine.open(this.#engineParts(run), this.user)
      if (run !== this.#run) return
      this.engine = engine
      engine.begin([])
    } catch {
      if (run === this.#run) this.#parts.clock.setTimer(() => run === this.#run && void this.start(), 1_000)
    }
  }

  /** The program ends between two instructions. What had reached the disk stays. */
  crash(): void {
    this.#run += 1
    this.engine = null
    this.#line = null
    this.#networkListeners.clear()
    this.screen.clear()
    void this.start()
  }

  turn(event: 'online' | 'offline' | 'focus'): void {
    if (event !== 'focus') this.online = event === 'online'
    for (const listener of this.#networkListeners) listener(event)
  }

  /** The user signs in again. */
  signIn(): void {
    this.token = 'valid'
    this.engine?.resume('signed-out')
  }

  poke(scope: string): void {
    if (this.online) this.#line?.onPoke(scope)
  }

  /** The line for pokes joins, or is lost. */
  line(state: 'joined' | 'lost'): void {
    if (state === 'joined') this.#line?.onJoined()
    else this.#line?.onLost()
  }

  /** What a reducer does: the screen changes at once, then the engine is told. */
  edit({ collection, id }: EntityRef, after: Fields | null): void {
    const key = entityKey(collection, id)
    const before = this.screen.get(key)
    if (after === null) this.screen.delete(key)
    else this.screen.set(key, { collection, id, fields: after })
    this.engine?.record([{ collection, id, before: before && { id, ...before.fields }, after: after === null ? undefined : { id, ...after } }])
  }

  #engineParts(run: number): EngineParts {
    const { clock, random, server, collections, weather } = this.#parts
    const lives = () => run === this.#run
    const setTimer = (ring: () => void, delay: number) => clock.setTimer(() => lives() && ring(), delay)
    const wait = (delay: number) => new Promise<void>((resolve) => void setTimer(resolve, delay))
    const disk = simulatedStorage({
      disk: this.disk,
      wait: async () => {
        if (random.chance(0.5)) await wait(random.below(30))
        if (!lives()) await new Promise(() => {})
      },
      refuses: () => this.diskIsFull && random.chance(0.7),
      onCommitted: (write, sequences) => this.ledger.enter(write, sequences),
    })
    const transport = simulatedTransport({
      server, random, weather, wait,
      online: () => this.online,
      tokenIsValid: () => this.token === 'valid',
      later: clock.setTimer,
    })
    return {
      collections,
      environment: { now: () => clock.now() + this.skew, random: random.next, newId: () => this.newId('id'), setTimer },
      openStorage: () => Promise.resolve(disk),
      openTabs: alone,
      transport,
      listenForPokes: (_, listener) => {
        this.#line = listener
        return { reconnect: () => {}, stop: () => {} }
      },
      network: {
        online: () => this.online,
        subscribe: (listener) => {
          this.#networkListeners.add(listener)
          return () => this.#networkListeners.delete(listener)
        },
      },
      refreshSession: async () => {
        await wait(random.below(500))
        if (!this.online) return 'unreachable'
        if (this.token === 'expired') this.token = 'valid'
        return this.token === 'valid' ? 'refreshed' : 'sign-in'
      },
      emit: (event) => {
        if (lives() && event.type === 'changeRefused') this.#complain(`[RX3] an edit was refused: ${event.error.message}`)
      },
      show: (views) => {
        if (!lives()) return
        for (const { collection, id, fields } of views) {
          if (fields === null) this.screen.delete(entityKey(collection, id))
          else this.screen.set(entityKey(collection, id), { collection, id, fields })
        }
      },
    }
  }

  #complain(sentence: string): void {
    this.#parts.complain(`${this.name}: ${sentence}`)
  }
}
