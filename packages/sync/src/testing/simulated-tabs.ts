import type { Lead, TabMessage, Tabs } from '../engine/ports.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedClock } from './simulated-clock.ts'

interface Candidate {
  readonly tab: object
  readonly lead: Lead
  readonly after: Parameters<Lead>[0]
}

/**
 * What the tabs of one device share: one lock, as of Web Locks, and a channel that loses nothing, as a BroadcastChannel.
 * The messages of one tab keep their order; those of two may cross.
 */
export class SimulatedTabs {
  readonly #clock: SimulatedClock
  readonly #random: SeededRandom
  readonly #listeners = new Map<object, Set<(message: TabMessage) => void>>()
  /** When the last message from one tab to another arrives. */
  readonly #arrivals = new Map<object, Map<object, number>>()
  #waiting: Candidate[] = []
  #leader: object | null = null

  constructor(clock: SimulatedClock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  /** `tab` stands for one run of a program. */
  open(tab: object): Tabs {
    const own = new Set<(message: TabMessage) => void>()
    this.#listeners.set(tab, own)
    this.#arrivals.set(tab, new Map())
    return {
      campaign: (lead) => {
        const candidate: Candidate = { tab, lead, after: this.#leader === null ? 'nobody' : 'another-tab' }
        this.#waiting.push(candidate)
        this.#elect()
        return () => (this.#waiting = this.#waiting.filter((other) => other !== candidate))
      },
      tell: (message) => this.#send(tab, JSON.stringify(message)),
      listen: (listener) => {
        own.add(listener)
        return () => own.delete(listener)
      },
      close: () => void this.#listeners.delete(tab),
    }
  }

  /** The tab is no more: its lock is free, and it hears nothing. What it had sent still arrives. */
  end(tab: object): void {
    this.#listeners.delete(tab)
    this.#arrivals.delete(tab)
    this.#waiting = this.#waiting.filter((candidate) => candidate.tab !== tab)
    this.#release(tab)
  }

  #send(from: object, message: string): void {
    for (const [to, listeners] of this.#listeners) {
      if (to === from) continue
      const arrivals = this.#arrivals.get(from)
      const at = Math.max(this.#clock.now() + this.#random.below(40), arrivals?.get(to) ?? 0)
      arrivals?.set(to, at)
      this.#clock.setTimer(() => {
        for (const listener of listeners) if (this.#listeners.get(to) === listeners) listener(JSON.parse(message) as TabMessage)
      }, at - this.#clock.now())
    }
  }

  #elect(): void {
    const [next] = this.#waiting
    if (this.#leader !== null || next === undefined) return
    this.#waiting = this.#waiting.slice(1)
    this.#leader = next.tab
    this.#clock.setTimer(() => {
      if (this.#leader === next.tab) void next.lead(next.after).finally(() => this.#release(next.tab))
    }, this.#random.below(40))
  }

  #release(tab: object): void {
    if (this.#leader !== tab) return
    this.#leader = null
    this.#elect()
  }
}
