import type { Candidate, TabListener, TabMessage, Tabs } from '../engine/ports.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import type { ProgramRun } from './simulated-tab.ts'

interface Standing {
  readonly tab: ProgramRun
  readonly candidate: Candidate
  isResigned: boolean
}

/**
 * What the tabs of one device share: one lock, as of Web Locks, which can be stolen, and a channel that loses nothing, as a
 * BroadcastChannel. The messages of one tab keep their order; those of two may cross, and outlive who sent them.
 */
export class SimulatedTabs {
  readonly #clock: SimulatedClock
  readonly #random: SeededRandom
  readonly #listeners = new Map<ProgramRun, Set<TabListener>>()
  /** When the last message from one tab to another arrives. */
  readonly #arrivals = new Map<ProgramRun, Map<ProgramRun, number>>()
  #waiting: Standing[] = []
  #leader: Standing | null = null

  constructor(clock: SimulatedClock, random: SeededRandom) {
    this.#clock = clock
    this.#random = random
  }

  open(tab: ProgramRun): Tabs {
    const own = new Set<TabListener>()
    this.#listeners.set(tab, own)
    this.#arrivals.set(tab, new Map())
    return {
      campaign: ({ lead, onDeposed }) => {
        const candidate: Candidate = { lead: () => new Promise((resolve, reject) => tab.happen(() => void lead().then(resolve, reject))), onDeposed: () => tab.happen(onDeposed) }
        const standing: Standing = { tab, candidate, isResigned: false }
        this.#waiting.push(standing)
        this.#elect()
        return {
          takeOver: () => this.#steal(standing),
          resign: () => {
            standing.isResigned = true
            this.#waiting = this.#waiting.filter((other) => other !== standing)
          },
        }
      },
      tell: (message) => this.#send(tab, JSON.stringify(message)),
      listen: (listener) => {
        own.add(listener)
        return () => own.delete(listener)
      },
      isHidden: () => false,
      // Each opening has a channel of its own: one that is closed late is not that of the engine that came after it.
      close: () => {
        if (this.#listeners.get(tab) === own) this.#listeners.delete(tab)
      },
    }
  }

  /** A tab goes on that was frozen: it may have missed something. */
  thaw(tab: ProgramRun): void {
    for (const { onMissed } of this.#listeners.get(tab) ?? []) onMissed('away')
  }

  /** The tab is no more: its lock is free, and it hears nothing. What it had sent still arrives. */
  end(tab: ProgramRun): void {
    this.#listeners.delete(tab)
    this.#arrivals.delete(tab)
    this.#waiting = this.#waiting.filter((standing) => standing.tab !== tab)
    if (this.#leader?.tab === tab) this.#release(this.#leader)
  }

  #send(from: ProgramRun, message: string): void {
    for (const [to, listeners] of this.#listeners) {
      if (to === from) continue
      const arrivals = this.#arrivals.get(from)
      const at = Math.max(this.#clock.now() + this.#random.below(40), arrivals?.get(to) ?? 0)
      arrivals?.set(to, at)
      this.#clock.setTimer(() => {
        to.happen(() => {
          for (const { onMessage } of listeners) if (this.#listeners.get(to) === listeners) onMessage(JSON.parse(message) as TabMessage)
        })
      }, at - this.#clock.now())
    }
  }

  #elect(): void {
    const [next] = this.#waiting
    if (this.#leader === null && next !== undefined) this.#give(next)
  }

  #give(next: Standing): void {
    this.#waiting = this.#waiting.filter((other) => other !== next)
    this.#leader = next
    this.#clock.setTimer(() => {
      if (this.#leader !== next || next.isResigned) return this.#standAgain(next)
      void next.candidate.lead().finally(() => this.#standAgain(next))
    }, this.#random.below(40))
  }

  /** Also one that has lost the lock, before it began or since. */
  #standAgain(standing: Standing): void {
    if (!standing.isResigned && this.#listeners.has(standing.tab)) this.#waiting.push(standing)
    if (this.#leader === standing) this.#release(standing)
    else this.#elect()
  }

  #steal(standing: Standing): void {
    const deposed = this.#leader
    if (!this.#waiting.includes(standing)) return
    this.#give(standing)
    deposed?.candidate.onDeposed()
  }

  #release(standing: Standing): void {
    if (this.#leader !== standing) return
    this.#leader = null
    this.#elect()
  }
}
