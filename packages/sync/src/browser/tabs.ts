import type { OpenTabs, TabMessage } from '../engine/ports.ts'

/** Messages of another version are left alone: what they tell is in the storage as well [TB3]. */
const version = 1

interface Envelope extends TabMessage {
  readonly version: typeof version
}

/** The tabs of one user on this origin: the one that holds the lock talks to the network [TB1]. */
export function webTabs(prefix: string = 'stowaway'): OpenTabs {
  return (user) => {
    const name = `${prefix}:${user}`
    const channel = new BroadcastChannel(name)
    let open = true
    return {
      campaign: (lead) => {
        const resignation = new AbortController()
        const { signal } = resignation
        // The lock is free: nobody led. Else it comes when whoever leads has ended, perhaps before they could tell all.
        const atOnce = async (lock: Lock | null) => {
          if (lock === null || signal.aborted) return false
          await lead('nobody')
          return true
        }
        void navigator.locks
          .request(name, { ifAvailable: true }, atOnce)
          .then((led) => (led || signal.aborted ? undefined : navigator.locks.request(name, { signal }, () => lead('another-tab'))))
          .catch((error: unknown) => {
            if (!signal.aborted) throw error
          })
        return () => resignation.abort()
      },
      tell: (message) => {
        // A commit may outlive its user's sign-out; the storage has it.
        if (open) channel.postMessage({ ...message, version } satisfies Envelope)
      },
      listen: (listener) => {
        const onMessage = ({ data }: MessageEvent<unknown>) => {
          if (isEnvelope(data)) listener(data)
        }
        channel.addEventListener('message', onMessage)
        return () => channel.removeEventListener('message', onMessage)
      },
      close: () => {
        open = false
        channel.close()
      },
    }
  }
}

function isEnvelope(data: unknown): data is Envelope {
  if (typeof data !== 'object' || data === null || !('version' in data) || data.version !== version) return false
  return 'puts' in data && Array.isArray(data.puts) && 'deletes' in data && Array.isArray(data.deletes)
}
