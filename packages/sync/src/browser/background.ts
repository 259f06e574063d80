/** The name under which a page asks for background sync, and the service worker hears of it. */
export const syncTag = 'stowaway'

/** Chromium's; missing elsewhere, where what waits is sent at the next start. */
interface WithSync {
  readonly sync?: { readonly register: (tag: string) => Promise<void> }
  readonly periodicSync?: { readonly register: (tag: string, options: { readonly minInterval: number }) => Promise<void> }
}

/** Milliseconds; the browser makes more of it for an app that is seldom used. */
const every = 12 * 3_600_000

const mayGo = (): boolean => document.visibilityState === 'hidden' || !navigator.onLine

/**
 * While something waits and the page goes out of sight or offline, asks the browser to wake the service worker as soon as there is
 * a network. `isWaiting` is asked at those moments; `changed` is to be called when more waits. The result of `follow` ends it.
 */
export function backgroundSync(isWaiting: () => boolean): { readonly changed: () => void; readonly follow: () => () => void } {
  const ask = () => {
    if (isWaiting() && mayGo()) void register(({ sync }) => sync?.register(syncTag))
  }
  return {
    changed: ask,
    follow: () => {
      const ending = new AbortController()
      const { signal } = ending
      document.addEventListener('visibilitychange', ask, { signal })
      window.addEventListener('pagehide', ask, { signal })
      window.addEventListener('offline', ask, { signal })
      void register(({ periodicSync }) => periodicSync?.register(syncTag, { minInterval: every }))
      return () => ending.abort()
    },
  }
}

/** A browser that does not allow it, or has no service worker of this app, refuses: that is no failure. */
async function register(ask: (registration: WithSync) => Promise<void> | undefined): Promise<void> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration()
    if (registration !== undefined) await ask(registration as WithSync)
  } catch {
    // What waits is sent at the next start.
  }
}
