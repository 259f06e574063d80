import type { Environment } from '../engine/ports.ts'
import { simulatedClock } from './simulated-clock.ts'

/** Time that stands still until it is told to pass. */
export interface FakeEnvironment extends Environment {
  /** The delays of the timers that were set, in milliseconds, oldest first, those cancelled since included. */
  readonly delays: readonly number[]
  /** Resolves when everything has happened that can happen without time passing; storage and transport must answer at once. */
  readonly settle: () => Promise<void>
  /** Lets milliseconds pass: timers that fall due ring in their order, and what each sets off has settled before the next. */
  readonly advance: (milliseconds: number) => Promise<void>
}

/** A macrotask: it begins when no promise has anything left to do. */
const settleByMacrotask = () => new Promise<void>((resolve) => setTimeout(resolve))

/** Starts at `start`, milliseconds since 1970; `random` is always 0.5, ids count up: `id-1`, `id-2` … `settle`: as in `FakeEnvironment`. */
export function fakeEnvironment(start: number = 1_000_000, settle: () => Promise<void> = settleByMacrotask): FakeEnvironment {
  const clock = simulatedClock(start, settle)
  const delays: number[] = []
  let ids = 0
  return {
    now: clock.now,
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    setTimer: (ring, delay) => {
      delays.push(delay)
      return clock.setTimer(ring, delay)
    },
    delays,
    settle,
    advance: async (milliseconds) => {
      await clock.advance(milliseconds)
      await settle()
    },
  }
}
