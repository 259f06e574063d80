/** The one time of a simulation. Nothing happens but by its timers, so a run is the same each time. */
export interface SimulatedClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls back once after so many milliseconds; the result cancels it. */
  readonly setTimer: (callback: () => void, delay: number) => () => void
  /** Lets milliseconds pass: timers ring one after the other, and promises settle in between. */
  readonly advance: (milliseconds: number) => Promise<void>
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly ring: () => void
}

/**
 * More than any chain of promises in the engine is long. Counted, because a macrotask of the event loop would cost a
 * thousand times more; a chain that is longer would go on after the next timer, which may happen to any program.
 */
const turns = 80

/** Lets promises settle, as long as what they wait for is other promises. */
export async function settleByTurns(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
}

/** `settle` resolves when everything has happened that can happen without time passing. */
export function simulatedClock(start: number, settle: () => Promise<void> = settleByTurns): SimulatedClock {
  const timers = new Set<Timer>()
  let time = start
  let order = 0
  const nextDue = (until: number) => {
    let due: Timer | undefined
    for (const timer of timers) {
      if (timer.at <= until && (due === undefined || timer.at < due.at || (timer.at === due.at && timer.order < due.order))) due = timer
    }
    return due
  }
  return {
    now: () => time,
    setTimer: (ring, delay) => {
      const timer = { at: time + Math.max(0, delay), order: (order += 1), ring }
      timers.add(timer)
      return () => timers.delete(timer)
    },
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
    },
  }
}
