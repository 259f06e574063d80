import type { Collections } from '../core/collection.ts'
import { kindOf } from '../core/records.ts'
import { defaultRetry } from '../core/retry.ts'
import type { Sealed } from '../core/sealed.ts'
import { StorageError } from '../core/storage-error.ts'
import type { Advice, Change, Conflict } from '../core/types.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { Storage } from '../engine/ports.ts'
import { standIn } from '../engine/stand-in.ts'
import { choiceFor, decided } from './simulated-decisions.ts'
import { Ledger } from './ledger.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { simulatedTransport, type Weather } from './simulated-network.ts'
import type { SimulatedServer } from './simulated-server.ts'
import { checkRoom, wellDisk, type DiskState } from './simulated-disk.ts'
import { simulatedStorage, valueOf } from './simulated-storage.ts'
import { SimulatedTab, type ProgramRun, type SimulatedTabParts } from './simulated-tab.ts'
import { SimulatedTabs } from './simulated-tabs.ts'
import { Told } from './simulated-told.ts'
import type { Hardship } from './simulation-life.ts'

export interface SimulatedDeviceParts {
  readonly name: string
  readonly user: string
  readonly clock: SimulatedClock
  readonly server: SimulatedServer
  readonly random: SeededRandom
  readonly collections: Collections
  /** A fresh id for a thing of this device. */
  readonly newId: (prefix: string) => string
  readonly weather: () => Weather
  /** Somebody advises about conflicts. */
  readonly advises: boolean
  readonly spared: ReadonlySet<Hardship>
  readonly mayComeAgain: () => boolean
  readonly complain: (sentence: string) => void
}

/** A device with a disk of its own, which outlives the crashes of its programs, and one to three tabs. */
export class SimulatedDevice {
  readonly name: string
  readonly user: string
  readonly disk: Storage = memoryStorage()
  readonly ledger: Ledger
  readonly newId: (prefix: string) => string
  /** The device's clock minus the true time, in milliseconds. */
  skew = 0
  online = true
  diskState: DiskState = wellDisk
  token: 'valid' | 'expired' | 'unrenewable' = 'valid'
  readonly #parts: SimulatedDeviceParts
  readonly told: Told = new Told()
  readonly #shared: SimulatedTabs
  #tabs: readonly SimulatedTab[]

  constructor(parts: SimulatedDeviceParts) {
    this.#parts = parts
    this.name = parts.name
    this.user = parts.user
    this.newId = parts.newId
    const complain = (sentence: string) => parts.complain(`${parts.name}: ${sentence}`)
    this.ledger = new Ledger({ told: this.told, now: parts.clock.now, spared: parts.spared, mayComeAgain: parts.mayComeAgain, complain })
    this.#shared = new SimulatedTabs(parts.clock, parts.random.fork())
    this.#tabs = Array.from({ length: 1 + parts.random.below(3) }, () => this.#tab())
  }

  get tabs(): readonly SimulatedTab[] {
    return this.#tabs
  }

  start(): void {
    for (const tab of this.#tabs) void tab.start()
  }

  /** All programs end between two instructions, and start again. */
  crash(): void {
    for (const tab of this.#tabs) tab.end()
    this.start()
  }

  /** All programs end, a record is damaged, and they start again [OB8]. Returns its key; `null`: there was none. */
  async damage(random: SeededRandom): Promise<string | null> {
    for (const tab of this.#tabs) tab.end()
    const records = (await this.disk.readAll()).filter(([key]) => this.ledger.mayBeDamaged(key) && damageable.has(kindOf(key)))
    const [key, found] = random.pick(records) ?? []
    if (key !== undefined) {
      await this.disk.commit({ puts: [[key, damaged(found as Sealed, random)]] })
      this.ledger.damage(key)
    }
    this.start()
    return key ?? null
  }

  openTab(): void {
    const tab = this.#tab()
    this.#tabs = [...this.#tabs, tab]
    void tab.start()
  }

  /** One tab goes for good: killed, or closed by the user. */
  loseTab(tab: SimulatedTab, how: 'killed' | 'closed'): void {
    this.#tabs = this.#tabs.filter((other) => other !== tab)
    if (how === 'killed') tab.end()
    else void tab.close()
  }

  turn(event: 'online' | 'offline' | 'focus'): void {
    if (event !== 'focus') this.online = event === 'online'
    for (const tab of this.#tabs) tab.turn(event)
  }

  /** The user signs in again. */
  signIn(): void {
    this.token = 'valid'
    for (const { engine } of this.#tabs) engine?.resume('signed-out')
  }

  poke(scope: string, number: number): void {
    if (this.online) for (const tab of this.#tabs) tab.poke(scope, number)
  }

  #tab(): SimulatedTab {
    const { user, clock, name, complain } = this.#parts
    return new SimulatedTab({
      user,
      clock,
      engineParts: (run) => this.#engineParts(run),
      onEnd: (run, lost) => {
        this.#shared.end(run)
        this.ledger.forget(lost)
      },
      onThaw: (run) => this.#shared.thaw(run),
      complain: (sentence) => complain(`${name}: ${sentence}`),
    })
  }

  /** Late, more or less sure, and sometimes not at all [D6]. What is taken at once counts as decided. */
  async #advise(conflict: Conflict, wait: (delay: number) => Promise<void>): Promise<Advice | null> {
    const { random } = this.#parts
    const [choice, confidence] = [choiceFor(conflict, random), random.next()]
    await wait(random.below(20_000))
    if (random.chance(0.2)) throw new Error('The adviser has failed.')
    if (confidence >= 0.6) decided(conflict, { choice, ledger: this.ledger })
    return { choice, confidence, reason: 'It was told so.' }
  }

  /** What a tab holds in memory alone goes with it; a closed one may come to hold something after its end. */
  #remember(run: ProgramRun, changes: readonly Change[]): void {
    run.onRemembered(changes)
    this.ledger.remember(changes)
    if (!run.lives()) this.ledger.forget(changes)
  }

  #engineParts(run: ProgramRun): ReturnType<SimulatedTabParts['engineParts']> {
    const { clock, random, server, collections, weather, name, complain } = this.#parts
    const setTimer = (ring: () => void, delay: number) => clock.setTimer(() => run.happen(ring), delay)
    const wait = (delay: number) => new Promise<void>((resolve) => void setTimer(resolve, delay))
    const environment = { now: () => clock.now() + this.skew, random: random.next, newId: () => this.newId('id'), setTimer }
    const disk = simulatedStorage({
      disk: this.disk,
      wait: async () => {
        if (random.chance(0.5)) await wait(random.below(30))
        if (!run.lives()) await new Promise(() => {})
      },
      check: (write) => checkRoom(write, { disk: this.disk, state: this.diskState, random }),
      onCommitted: (write, how) => this.ledger.enter(write, how),
    })
    const stored = standIn({
      openStorage: (user) => {
        // There never was a guest here.
        if (user !== this.user) return Promise.resolve(memoryStorage())
        return this.diskState.is === 'absent' ? Promise.reject(new StorageError('absent', 'It cannot be opened.')) : Promise.resolve(disk)
      },
      openTabs: () => this.#shared.open(run),
      environment,
    })
    const transport = simulatedTransport({
      server, random, weather, wait,
      online: () => this.online,
      tokenIsValid: () => this.token === 'valid',
      later: clock.setTimer,
      told: this.told,
      complain: (sentence) => complain(`${name}: ${sentence}`),
    })
    return {
      collections,
      environment,
      openStorage: async (user) => watched(await stored.openStorage(user), (append) => this.#remember(run, append)),
      openTabs: stored.openTabs,
      storageIsBack: stored.isBack,
      refuseStorage: async (user, problem, unstored) => {
        this.#remember(run, unstored?.changes ?? [])
        await stored.refuse(user, problem, unstored)
      },
      transport,
      retry: defaultRetry,
      adviser: this.#parts.advises ? { advise: (conflict) => this.#advise(conflict, wait), takeFrom: 0.6 } : null,
      online: () => this.online,
      refreshSession: async () => {
        await wait(random.below(500))
        if (!this.online) return 'unreachable'
        if (this.token === 'expired') this.token = 'valid'
        return this.token === 'valid' ? 'refreshed' : 'sign-in'
      },
    }
  }
}

/** Where it is in memory alone, what is recorded there is told. */
function watched(storage: Storage, onRemembered: (append: readonly Change[]) => void): Storage {
  if (storage.problem === undefined) return storage
  return {
    ...storage,
    commit: async (write) => {
      const committed = await storage.commit(write)
      onRemembered((write.append ?? []).map((sealed) => valueOf(sealed) as Change))
      return committed
    },
  }
}

/** What is told of the server's, or lies there twice; and a change by itself, which is a loss by definition. */
const damageable: ReadonlySet<string> = new Set(['page', 'scope', 'batch', 'past', 'change'])

/** One character of the text is another one. */
function damaged(sealed: Sealed, random: SeededRandom): Sealed {
  const place = random.below(sealed.text.length)
  return { ...sealed, text: `${sealed.text.slice(0, place)}${sealed.text[place] === '~' ? '-' : '~'}${sealed.text.slice(place + 1)}` }
}
