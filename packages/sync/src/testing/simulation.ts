import { seededRandom, type SeededRandom } from './seeded-random.ts'
import type { ConflictCount } from './simulated-accounts.ts'
import { act, type Act } from './simulated-acts.ts'
import { simulatedClock, type SimulatedClock } from './simulated-clock.ts'
import { SimulatedDevice } from './simulated-device.ts'
import { nextDiskState, wellDisk } from './simulated-disk.ts'
import { happenTo } from './simulated-happenings.ts'
import { fairWeather, weatherOf, type Weather } from './simulated-network.ts'
import { SimulatedPokes } from './simulated-pokes.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { SimulatedTab } from './simulated-tab.ts'
import type { Graveyard } from './simulated-user.ts'
import { inMemory, type SimulatedWorld } from './simulated-world.ts'
import { checkEnd } from './simulation-checks.ts'
import { lifeOf, type Hardship, type Life } from './simulation-life.ts'
import { stepsOf, type SimulationStep } from './simulation-steps.ts'

export interface SimulationResult {
  readonly seed: number
  /** What did not hold; empty: all is well. */
  readonly wrong: readonly string[]
  /** What happened, in words. */
  readonly story: readonly string[]
  /** Changes that reached a disk. */
  readonly recorded: number
  /** Conflicts, where nothing but defaults and policies that keep both sides decides; else none are counted. */
  readonly conflicts: ConflictCount
}

export interface SimulationSettings {
  /** Default: all of the seed's. */
  readonly steps?: readonly SimulationStep[]
  /** Default: all in memory. */
  readonly world?: SimulatedWorld
  /** Default: what is not held yet. */
  readonly spared?: ReadonlySet<Hardship>
}

/** Not held yet, and left out until it is. */
export const notYet: ReadonlySet<Hardship> = new Set<Hardship>()

const start = Date.UTC(2024, 0, 1)
const years = 365 * 86_400_000

/** Runs one life of several devices, heals everything, and checks that nothing was lost. The same arguments give the same run. */
export async function simulate(seed: number, { steps = stepsOf(seed), world = inMemory, spared = notYet }: SimulationSettings = {}): Promise<SimulationResult> {
  const random = seededRandom(seed ^ 0x5eed)
  const clock = simulatedClock(start, world.settle)
  const life = lifeOf(random.fork())
  const events: Events = { onCommit: () => {}, weather: () => fairWeather }
  const server = await world.openServer({
    users: world.users,
    now: clock.now,
    onCommit: (scope, number) => events.onCommit(scope, number),
    ...life,
    undecided: () => (events.weather() === fairWeather ? 0 : 0.05),
    lagging: () => (events.weather() === fairWeather ? 0 : 0.3),
    random: random.fork(),
  })
  return new Simulation({ seed, random, clock, life, events, server, world, spared }).run(steps)
}

/** What the server asks of the life that goes on around it. */
interface Events {
  onCommit: (scope: string, number: number) => void
  weather: () => Weather
}

interface SimulationParts {
  readonly seed: number
  readonly random: SeededRandom
  readonly clock: SimulatedClock
  readonly life: Life
  readonly events: Events
  readonly server: SimulatedServer
  readonly world: SimulatedWorld
  readonly spared: ReadonlySet<Hardship>
}

class Simulation {
  readonly #parts: SimulationParts
  readonly #pokes: SimulatedPokes
  readonly #devices: readonly SimulatedDevice[]
  readonly #graveyard: Graveyard = { deleted: [], broughtBack: new Set(), moved: new Set() }
  readonly #wrong: string[] = []
  readonly #story: string[] = []
  #weather: Weather = fairWeather
  #isHealing = false
  #mayComeAgain = false
  #restored = false

  constructor(parts: SimulationParts) {
    const { random, events, life } = parts
    this.#parts = parts
    this.#pokes = new SimulatedPokes({ clock: parts.clock, random: random.fork() })
    events.onCommit = (scope, number) => this.#pokes.poke(this.#devices, { scope, number })
    events.weather = () => this.#weather
    this.#devices = Array.from({ length: life.devices }, (_, index) => this.#device(index))
    this.#tell(life.inWords)
  }

  async run(steps: readonly SimulationStep[]): Promise<SimulationResult> {
    const { seed, random, clock, life, server } = this.#parts
    for (const device of this.#devices) device.start()
    if (random.chance(0.6)) this.#turnWeather(random.fork())
    await clock.advance(1_000)
    for (const step of steps) {
      await this.#perform(step)
      await clock.advance(step.pause)
    }
    await this.#heal()
    const end = { server, spared: this.#parts.spared, devices: this.#devices, life, graveyard: this.#graveyard, wasRestored: this.#restored }
    this.#wrong.push(...(await checkEnd(end)))
    const recorded = this.#devices.reduce((sum, { ledger }) => sum + ledger.recorded, 0)
    const counts = life.isDefault ? this.#devices.map(({ ledger }) => ledger.conflicts) : []
    const conflicts = { byPolicy: counts.reduce((sum, { byPolicy }) => sum + byPolicy, 0), all: counts.reduce((sum, { all }) => sum + all, 0) }
    return { seed, wrong: this.#wrong, story: this.#story, recorded, conflicts }
  }

  #device(index: number): SimulatedDevice {
    const { clock, server, random, life, world } = this.#parts
    let count = 0
    return new SimulatedDevice({
      name: `d${index}`,
      user: world.users[index % 3]!,
      clock, server, random: random.fork(),
      collections: life.collections,
      newId: (prefix) => world.newId({ prefix, device: index, count: (count += 1) }),
      weather: () => this.#weather,
      spared: this.#parts.spared,
      advises: life.advises,
      mayComeAgain: () => this.#mayComeAgain,
      complain: (sentence) => this.#wrong.push(sentence),
    })
  }

  async #perform({ kind, device: place, seed }: SimulationStep): Promise<void> {
    const device = this.#devices[place % this.#devices.length]!
    const random = seededRandom(seed)
    const tab = random.fork().pick(device.tabs)
    const { spared } = this.#parts
    const say = (what: string | null) => this.#tell(what, device)
    switch (kind) {
      case 'members':
      case 'sql':
      case 'backup':
      case 'restore':
      case 'replica': {
        if ((kind === 'replica' && spared.has('lag')) || (kind === 'restore' && spared.has('restore'))) return
        if (kind === 'replica' || kind === 'restore') this.#mayComeAgain = true
        if (kind === 'restore') this.#restored = true
        return this.#tell(await this.#parts.server.happen(kind, random))
      }
      case 'weather':
        return this.#turnWeather(random)
      case 'edit':
      case 'unit':
      case 'decide':
      case 'undo':
      case 'hold':
      case 'resync':
        return tab && this.#act(kind, { device, tab, random })
      case 'damage': {
        const key = spared.has('damagedTabs') && device.tabs.length > 1 ? null : await device.damage(random)
        return say(key && `has its ${key} damaged`)
      }
      case 'tab':
        return this.#changeTabs(device, tab, random)
      case 'freeze':
        return tab && this.#freeze(device, tab, random)
      case 'line': {
        const state = random.chance(0.6) ? 'joined' : 'lost'
        tab?.line(state)
        return say(`a line is ${state}`)
      }
      case 'token':
        return this.#spoilToken(device, random)
      case 'clock': {
        const skew = random.pick([0, random.below(7_200_000) - 3_600_000, random.below(10 * years) - 5 * years])!
        device.skew = spared.has('clockSetBack') ? Math.max(device.skew, skew) : skew
        return say(`its clock is now ${device.skew} ms off`)
      }
      case 'crash':
      case 'offline':
      case 'online':
      case 'focus':
      case 'sign-in':
        return say(happenTo(device, kind))
      case 'disk':
        return say(await this.#turnDisk(device, random))
    }
  }

  #act(kind: Act, { device, tab, random }: { device: SimulatedDevice; tab: SimulatedTab; random: SeededRandom }): void {
    tab.thaw()
    const user = { device, tab, random, graveyard: this.#graveyard, mayMove: !this.#parts.spared.has('moves') }
    for (const words of act(kind, user)) this.#tell(words, device)
  }

  /** One more tab, up to three; or one less, down to one, which starts again. */
  #changeTabs(device: SimulatedDevice, tab: SimulatedTab | undefined, random: SeededRandom): void {
    const { clock, spared } = this.#parts
    if (device.tabs.length < 3 && random.chance(0.5)) {
      device.openTab()
      return this.#tell(`opens a tab, and has ${device.tabs.length}`, device)
    }
    if (tab === undefined || spared.has('lostTabs')) return
    // Just after an edit, which may be on its way to the disk, or be there and not be told yet.
    const how = random.chance(0.6) ? 'killed' : 'closed'
    this.#act('edit', { device, tab, random })
    clock.setTimer(() => {
      device.loseTab(tab, how)
      if (device.tabs.length === 0) device.openTab()
      this.#tell(`has a tab ${how}, and ${device.tabs.length} left`, device)
    }, random.below(60))
  }

  /** Not at once, as above; it goes on later, or when somebody uses it. */
  #freeze(device: SimulatedDevice, tab: SimulatedTab, random: SeededRandom): void {
    const { clock, spared } = this.#parts
    if (spared.has('frozenTabs')) return
    const thawsAfter = random.below(60_000)
    clock.setTimer(() => {
      if (this.#isHealing) return
      tab.freeze()
      this.#tell('has a tab frozen', device)
      clock.setTimer(() => tab.thaw(), thawsAfter)
    }, random.below(3_000))
  }

  /** Not at once: it may happen while a request is on its way. */
  #spoilToken(device: SimulatedDevice, random: SeededRandom): void {
    const token = random.chance(0.7) ? 'expired' : 'unrenewable'
    this.#parts.clock.setTimer(() => {
      if (this.#isHealing) return
      device.token = token
      this.#tell(`its token is ${token}`, device)
    }, random.below(3_000))
  }

  /** One that cannot be opened is noticed at a start. */
  async #turnDisk(device: SimulatedDevice, random: SeededRandom): Promise<string> {
    device.diskState = await nextDiskState(device.diskState, { disk: device.disk, random })
    if (device.diskState.is === 'absent') device.crash()
    return `its disk is ${JSON.stringify(device.diskState)}`
  }

  #turnWeather(random: SeededRandom): void {
    this.#weather = weatherOf(random)
    this.#tell(`the weather turns: ${JSON.stringify(this.#weather)}`)
  }

  /** Everything works again; it is synced until nothing moves any more. */
  async #heal(): Promise<void> {
    const { clock, server, life } = this.#parts
    this.#tell('everything heals')
    this.#isHealing = true
    this.#weather = fairWeather
    for (const device of this.#devices) {
      device.diskState = wellDisk
      device.signIn()
      for (const tab of device.tabs) tab.thaw()
      if (!device.online || !life.isPatient) device.turn('online')
    }
    let still = 0
    // Where one is left to its polls it stays quiet for longer than the longest wait between two: ten minutes, on a poor line [C8].
    const enough = () => (life.isPatient && this.#devices.some((device) => this.#pokes.isLeftToPolls(device)) ? 6 : 3)
    for (let rounds = 0; still < enough(); rounds += 1) {
      if (rounds === 60) return void this.#wrong.push('it does not become quiet')
      const before = server.writes()
      const tabs = this.#devices.flatMap((device) => device.tabs)
      for (const { engine } of tabs) {
        if (!life.isPatient) engine?.syncNow()
        // Too much of it was refused: a person looks into it, and lets it go on [E6].
        for (const name of life.collections.keys()) engine?.release(name).catch(() => {})
      }
      await clock.advance(life.isPatient ? 110_000 : 12_000)
      const isQuiet = this.#devices.every(({ ledger }) => ledger.pending === 0) && tabs.every(({ engine }) => engine !== null && engine.problem === null)
      still = isQuiet && server.writes() === before ? still + 1 : 0
      // What got not all asks again by itself, and soon: that must not be left to a poll.
      if (still === 3) this.#wrong.push(...this.#devices.flatMap(({ name, told }) => (told.hasAll ? [] : [`${name}: [PL4] its last pull of everything did not get all, and it has not asked again`])))
    }
  }

  #tell(what: string | null, device?: SimulatedDevice): void {
    if (what !== null) this.#story.push(`${this.#parts.clock.now() - start} ms: ${device ? `${device.name} (${device.user}) ` : ''}${what}`)
  }
}
