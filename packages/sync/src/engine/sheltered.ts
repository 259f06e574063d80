import type { Environment } from './ports.ts'

/**
 * Calls into the app, or the browser: a reducer or a subscriber of the store that throws must break neither a commit nor the loop.
 * The error is thrown from a timer, where the app's own reporting finds it [RX3].
 */
export function sheltered<Told extends readonly unknown[]>(call: (...told: Told) => void, { setTimer }: Environment): (...told: Told) => void {
  return (...told) => {
    try {
      call(...told)
    } catch (error) {
      setTimer(() => {
        throw error
      }, 0)
    }
  }
}
