import type { Environment } from './engine/ports.ts'

/** The time and the chance of the system. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  newId: () => crypto.randomUUID(),
  ...(typeof document !== 'undefined' && { pause: nextTask }),
  setTimer: (callback, delay) => {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
}

/** A macrotask, which no timer's least delay of 4 ms holds up. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
}
