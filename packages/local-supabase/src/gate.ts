/** Lets at most `width` pieces of work run at a time; the others wait in the order in which they came. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

export function createGate(width: number): Gate {
  const waiting: Array<() => void> = []
  let running = 0

  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // The place is handed on, not given back: otherwise a newcomer could slip in before the one who waited.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
