import type { LineHints } from '../core/pace.ts'
import type { Network } from '../engine/ports.ts'

/** What the page knows of the network, and when the user comes back to it. */
export const webNetwork: Network = {
  online: () => navigator.onLine,
  hints: () => {
    // Chromium's only.
    const { effectiveType, saveData } = (navigator as { connection?: LineHints }).connection ?? {}
    return { ...(effectiveType !== undefined && { effectiveType }), ...(saveData !== undefined && { saveData }) }
  },
  isHidden: () => document.visibilityState === 'hidden',
  subscribe: (listener) => {
    const onOnline = () => listener('online')
    const onOffline = () => listener('offline')
    const onVisible = () => listener(document.visibilityState === 'visible' ? 'focus' : 'hidden')
    window.addEventListener('online', onOnline)
    window.addEventListener('offline', onOffline)
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      window.removeEventListener('online', onOnline)
      window.removeEventListener('offline', onOffline)
      document.removeEventListener('visibilitychange', onVisible)
    }
  },
}
