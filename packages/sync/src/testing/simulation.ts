import type { Collections } from '../core/collection.ts'
import { lastWriteWins, localWins, manual, remoteWins, type DeletePolicy } from '../core/policies.ts'
import { collectionsOf } from './builders.ts'
import { MemoryServer } from './memory-server.ts'
import { seededRandom, type SeededRandom } from './seeded-random.ts'
import { simulatedClock } from './simulated-clock.ts'
import { SimulatedDevice } from './simulated-device.ts'
import { fairWeather, type Weather } from './simulated-network.ts'
import { checkEnd } from './simulation-checks.ts'
import { changeMembers, users, writeSql } from './simulated-admin.ts'
import { decideSomething, editSomething, type Graveyard } from './simulated-user.ts'

/** One thing that happens. What it is in detail comes from its seed, so that leaving out other steps does not change it much. */
export interface SimulationStep {
  readonly kind: StepKind
  readonly device: number
  readonly seed: number
  /** Milliseconds until the next step. */
  readonly pause: number
}

export interface SimulationResult {
  readonly seed: number
  /** What did not hold; empty: all is well. */
  readonly wrong: readonly string[]
  /** What happened, in words. */
  readonly story: readonly string[]
  /** Changes that reached a disk. */
  readonly recorded: number
}

type StepKind = 'edit' | 'crash' | 'offline' | 'online' | 'clock' | 'token' | 'sign-in' | 'disk' | 'weather' | 'members' | 'sql' | 'decide' | 'line' | 'focus'

/** How often each kind comes, of the sum of all. */
const shares: Record<StepKind, number> = {
  edit: 60, crash: 5, offline: 4, online: 6, clock: 2, token: 2, 'sign-in': 2, disk: 3, weather: 3, members: 4, sql: 3, decide: 6, line: 3, focus: 3,
}
const kinds = Object.entries(shares).flatMap(([kind, share]) => Array.from({ length: share }, () => kind as StepKind))
const start = 1_000_000_000

/** The steps of a seed, 20 to 80 of them. */
export function stepsOf(seed: number): SimulationStep[] {
  const random = seededRandom(seed)
  return Array.from({ length: 20 + random.below(60) }, () => ({
    kind: random.pick(kinds)!,
    device: random.below(12),
    seed: random.below(2 ** 31),
    pause: random.chance(0.5) ? random.below(100) : random.chance(0.8) ? random.below(3_000) : random.below(60_000),
  }))
}

/** Runs one life of several devices, heals everything, and checks that nothing was lost. The same arguments give the same run. */
export async function simulate(seed: number, steps: readonly SimulationStep[] = stepsOf(seed)): Promise<SimulationResult> {
  return new Simulation(seed).run(steps)
}

class Simulation {
  readonly #seed: number
  readonly #random: SeededRandom
  readonly #pokes: SeededRandom
  readonly #clock = simulatedClock(start)
  readonly #server: MemoryServer
  readonly #devices: readonly SimulatedDevice[]
  readonly #collections: Collections
  readonly #graveyard: Graveyard = { deleted: [], broughtBack: new Set() }
  readonly #wrong: string[] = []
  readonly #story: string[] = []
  #weather: Weather = fairWeather

  constructor(seed: number) {
    this.#seed = seed
    this.#random = seededRandom(seed ^ 0x5eed)
    const random = this.#random.fork()
    this.#pokes = random.fork()
    const pageLimit = 1 + random.below(12)
    const serverRandom = random.fork()
    this.#server = new MemoryServer({
      now: this.#clock.now,
      onCommit: (scope) => this.#poke(scope),
      pageLimit: () => pageLimit,
      undecidedFrom: (ops) => (this.#weather !== fairWeather && serverRandom.chance(0.05) ? serverRandom.below(ops.length) : null),
    })
    const policy = random.pick([lastWriteWins, lastWriteWins, localWins, remoteWins, manual])!
    const deletePolicy = random.pick<DeletePolicy>(['deleteWins', 'deleteWins', 'editWins', 'manual'])!
    this.#collections = collectionsOf({ mergeDefault: policy(), deletePolicy })
    this.#devices = Array.from({ length: 2 + random.below(3) }, (_, index) => this.#device(`d${index}`, index === 3 ? 'ann' : users[index % 3]!))
    this.#tell(`${this.#devices.length} devices; items: ${policy.name}, ${deletePolicy}; ${pageLimit} rows a page`)
  }

  async run(steps: readonly SimulationStep[]): Promise<SimulationResult> {
    for (const device of this.#devices) void device.start()
    if (this.#random.chance(0.6)) this.#turnWeather(this.#random.fork())
    await this.#clock.advance(1_000)
    for (const step of steps) {
      const device = this.#devices[step.device % this.#devices.length]!
      this.#perform(step.kind, device, seededRandom(step.seed))
      await this.#clock.advance(step.pause)
    }
    await this.#heal()
    const end = { server: this.#server, devices: this.#devices, collections: this.#collections, broughtBack: this.#graveyard.broughtBack }
    this.#wrong.push(...(await checkEnd(end)))
    const recorded = this.#devices.reduce((sum, { ledger }) => sum + ledger.recorded, 0)
    return { seed: this.#seed, wrong: this.#wrong, story: this.#story, recorded }
  }

  #device(name: string, user: string): SimulatedDevice {
    return new SimulatedDevice({
      name, user, clock: this.#clock, server: this.#server, random: this.#random.fork(), collections: this.#collections,
      weather: () => this.#weather, complain: (sentence) => this.#wrong.push(sentence),
    })
  }

  #perform(kind: StepKind, device: SimulatedDevice, random: SeededRandom): void {
    switch (kind) {
      case 'edit':
        for (let edits = 1 + random.below(3); edits > 0; edits -= 1) this.#tell(editSomething(device, random, this.#graveyard), device)
        return
      case 'crash':
        device.crash()
        return this.#tell('crashes and starts again', device)
      case 'offline':
      case 'online':
      case 'focus':
        device.turn(kind)
        return this.#tell(kind, device)
      case 'clock':
        device.skew += random.below(7_200_000) - 3_600_000
        return this.#tell(`its clock is now ${device.skew} ms off`, device)
      case 'token':
        device.token = random.chance(0.7) ? 'expired' : 'unrenewable'
        return this.#tell(`its token is ${device.token}`, device)
      case 'sign-in':
        device.signIn()
        return this.#tell('signs in', device)
      case 'disk':
        device.diskIsFull = !device.diskIsFull
        return this.#tell(`its disk is ${device.diskIsFull ? 'full' : 'well'}`, device)
      case 'weather':
        return this.#turnWeather(random)
      case 'members':
        return this.#tell(changeMembers(this.#server.tables, random))
      case 'sql':
        return this.#tell(writeSql(this.#server.tables, random, this.#clock.now()))
      case 'decide':
        return this.#tell(decideSomething(device, random), device)
      case 'line': {
        const state = random.chance(0.6) ? 'joined' : 'lost'
        device.line(state)
        return this.#tell(`its line is ${state}`, device)
      }
    }
  }

  #turnWeather(random: SeededRandom): void {
    const chance = () => random.pick([0, 0.05, 0.2, 0.4])!
    this.#weather = { requestLost: chance(), answerLost: chance(), doubled: chance(), refused: chance(), slowest: random.pick([20, 300, 5_000])! }
    this.#tell(`the weather turns: ${JSON.stringify(this.#weather)}`)
  }

  /** Everything works again; it is synced until nothing moves any more. */
  async #heal(): Promise<void> {
    this.#tell('everything heals')
    this.#weather = fairWeather
    for (const device of this.#devices) {
      device.diskIsFull = false
      device.signIn()
      device.turn('online')
    }
    let still = 0
    for (let rounds = 0; still < 3; rounds += 1) {
      if (rounds === 60) return void this.#wrong.push('it does not become quiet')
      const before = this.#server.tables.commits
      for (const { engine } of this.#devices) engine?.syncNow()
      await this.#clock.advance(12_000)
      const isQuiet = this.#devices.every(({ engine, ledger }) => engine !== null && ledger.pending === 0)
      still = isQuiet && this.#server.tables.commits === before ? still + 1 : 0
    }
  }

  /** A hint, which may be late or never come. */
  #poke(scope: string): void {
    for (const device of this.#devices) {
      if (this.#pokes.chance(0.6)) this.#clock.setTimer(() => device.poke(scope), this.#pokes.below(2_000))
    }
  }

  #tell(what: string | null, device?: SimulatedDevice): void {
    if (what !== null) this.#story.push(`${this.#clock.now() - start} ms: ${device ? `${device.name} (${device.user}) ` : ''}${what}`)
  }
}
