import type { KeepData } from '../engine/ports.ts'

/**
 * Asks the browser to keep this origin's data when room gets scarce. Some browsers ask the user: so it is asked once for good,
 * whatever the answer was.
 */
export function webKeepData(prefix: string = 'stowaway'): KeepData {
  const asked = `${prefix}:asked-to-keep`
  return {
    isKept: () => navigator.storage.persisted(),
    ask: async () => {
      if ((await navigator.storage.persisted()) || localStorage.getItem(asked) !== null) return navigator.storage.persisted()
      // Before the question: a user who closes the page at it has been asked.
      localStorage.setItem(asked, new Date().toISOString())
      return navigator.storage.persist()
    },
  }
}
