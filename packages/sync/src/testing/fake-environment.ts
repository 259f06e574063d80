import type { Environment } from '../engine/ports.ts'

/** Time that stands still until it is told to pass. */
export interface FakeEnvironment extends Environment {
  /** The delays of the timers that were set, in milliseconds, oldest first, those cancelled since included. */
  readonly delays: readonly number[]
  /** Resolves when everything has happened that can happen without time passing; storage and transport must answer at once. */
  readonly settle: () => Promise<void>
  /** Lets milliseconds pass: timers that fall due ring in their order, and what each sets off has settled before the next. */
  readonly advance: (milliseconds: number) => Promise<void>
}

interface Timer {
  readonly at: number
  readonly ring: () => void
}

/** A macrotask: it begins when no promise has anything left to do. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve))

/** Starts at `start`, milliseconds since 1970; `random` is always 0.5, ids count up: `id-1`, `id-2` … */
export function fakeEnvironment(start: number = 1_000_000): FakeEnvironment {
  const timers = new Set<Timer>()
  const delays: number[] = []
  let time = start
  let ids = 0
  const nextDue = (until: number) => [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  return {
    now: () => time,
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    setTimer: (ring, delay) => {
      const timer = { at: time + delay, ring }
      delays.push(delay)
      timers.add(timer)
      return () => timers.delete(timer)
    },
    delays,
    settle,
    advance: async (milliseconds) => {
      const end = time + milliseconds
      await settle()
      for (let timer = nextDue(end); timer !== undefined; timer = nextDue(end)) {
        timers.delete(timer)
        time = timer.at
        timer.ring()
        await settle()
      }
      time = end
      await settle()
    },
  }
}
