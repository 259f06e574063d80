import type { LineHints } from '../core/pace.ts'
import type { Network } from '../engine/ports.ts'

/** Chromium's only. */
interface Connection extends LineHints, EventTarget {}

/** Missing in Firefox and Safari. */
interface Battery extends EventTarget {
  /** 0 to 1. */
  readonly level: number
  readonly charging: boolean
}

interface WithHints {
  readonly connection?: Connection
  readonly getBattery?: () => Promise<Battery>
}

/** From here down a battery is nearly empty. */
const low = 0.2

/** What the page knows of the network and of its battery, and when the user comes back to it. */
export function webNetwork(): Network {
  const { connection, getBattery } = navigator as WithHints
  let battery: Battery | null = null
  // It may be forbidden to the page.
  const asked = getBattery?.call(navigator).then((told) => (battery = told), () => null)
  return {
    online: () => navigator.onLine,
    hints: () => {
      const { effectiveType, saveData } = connection ?? {}
      const lowBattery = battery !== null && battery.level <= low && !battery.charging
      return { ...(effectiveType !== undefined && { effectiveType }), ...(saveData !== undefined && { saveData }), ...(lowBattery && { lowBattery }) }
    },
    isHidden: () => document.visibilityState === 'hidden',
    subscribe: (listener) => {
      const ending = new AbortController()
      const { signal } = ending
      const onLine = () => listener('line')
      const onVisible = () => listener(document.visibilityState === 'visible' ? 'focus' : 'hidden')
      window.addEventListener('online', () => listener('online'), { signal })
      window.addEventListener('offline', () => listener('offline'), { signal })
      document.addEventListener('visibilitychange', onVisible, { signal })
      connection?.addEventListener('change', onLine, { signal })
      for (const type of ['levelchange', 'chargingchange']) void asked?.then((told) => told?.addEventListener(type, onLine, { signal }))
      return () => ending.abort()
    },
  }
}
