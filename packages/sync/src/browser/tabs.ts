import type { Campaign, Candidate, OpenTabs, TabListener, TabMessage } from '../engine/ports.ts'

const hasPage = typeof document !== 'undefined'

/** Of the messages. Raised with their form, and with what a tab must understand of the others'. */
const version = 2

/** The tabs of one user on this origin: the one that holds the lock talks to the network [TB1]. */
export function webTabs(prefix: string = 'stowaway'): OpenTabs {
  return (user) => {
    const name = `${prefix}:${user}`
    const channel = new BroadcastChannel(name)
    let open = true
    return {
      campaign: (candidate) => campaign(name, candidate),
      tell: (message) => {
        // A commit may outlive its user's sign-out; the storage has it.
        if (open) channel.postMessage({ ...message, version })
      },
      listen: (listener) => listen(channel, listener),
      // A service worker has no page.
      isHidden: () => !hasPage || document.visibilityState === 'hidden',
      close: () => {
        open = false
        channel.close()
      },
    }
  }
}

const nothing = (): void => {}

/** Where the app's own reporting finds it; `reportError` is missing in Node, and in Safari before 15.4. */
const report = (error: unknown): void =>
  void setTimeout(() => {
    throw error
  }, 0)

/** Milliseconds until a lock that the browser refused is asked for again. */
const refusedFor = 1_000

function campaign(name: string, { lead, onDeposed }: Candidate): Campaign {
  const { locks } = navigator
  const resignation = new AbortController()
  const { signal } = resignation
  let [isLeading, steals] = [false, false]
  let queued = new AbortController()
  let letGo = nothing
  let led: Promise<void> = Promise.resolve()
  let awake: Promise<void> = Promise.resolve()
  const hold = async () => {
    if (signal.aborted) return
    isLeading = true
    led = lead().catch(report).finally(() => (isLeading = false))
    await Promise.race([led, new Promise<void>((resolve) => (letGo = resolve))])
  }
  const stand = async () => {
    for (; !signal.aborted; await Promise.all([led, awake])) {
      queued = new AbortController()
      const request = steals ? locks.request(name, { steal: true }, hold) : locks.request(name, { signal: queued.signal }, hold)
      steals = false
      try {
        await request
      } catch (error) {
        // Out of the queue, or of the lock, which another tab has stolen.
        if (isLeading) onDeposed()
        // A browser may refuse now, as while a page is being put away. Without another try nobody would send what this tab records.
        if (!(error instanceof DOMException && error.name === 'AbortError')) await new Promise((resolve) => setTimeout(resolve, refusedFor))
      }
    }
  }
  // A frozen page that led would go on with what it hears, and stop amidst a transaction, which holds up all other tabs.
  const onFreeze = () => {
    awake = new Promise((resolve) => {
      document.addEventListener('resume', () => resolve(), { once: true, signal })
      window.addEventListener('pageshow', () => resolve(), { once: true, signal })
    })
    queued.abort()
    if (!isLeading) return
    onDeposed()
    letGo()
  }
  if (hasPage) {
    document.addEventListener('freeze', onFreeze, { signal })
    // Into the back/forward cache: not all browsers call that a freeze.
    window.addEventListener('pagehide', ({ persisted }) => persisted && onFreeze(), { signal })
  }
  void stand()
  return {
    takeOver: () => {
      if (isLeading || signal.aborted) return
      steals = true
      queued.abort()
    },
    resign: () => {
      resignation.abort()
      queued.abort()
    },
  }
}

/** A page that is frozen hears nothing until it goes on; one in the back/forward cache never hears what was told meanwhile. */
function listen(channel: BroadcastChannel, { onMessage, onMissed }: TabListener): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const onReturn = () => {
    if (document.visibilityState === 'visible') onMissed('away')
  }
  channel.addEventListener(
    'message',
    ({ data }: MessageEvent<unknown>) => {
      if (isMessage(data)) onMessage(data)
      // What another version of the app tells is in the storage as well [TB3].
      else onMissed(isNewer(data) ? 'newer' : 'unknown')
    },
    { signal },
  )
  if (!hasPage) return () => ending.abort()
  document.addEventListener('resume', () => onMissed('away'), { signal })
  document.addEventListener('visibilitychange', onReturn, { signal })
  window.addEventListener('pageshow', onReturn, { signal })
  return () => ending.abort()
}

const isNewer = (data: unknown): boolean => isRecord(data) && typeof data['version'] === 'number' && data['version'] > version

const isRecord = (data: unknown): data is Readonly<Record<string, unknown>> => typeof data === 'object' && data !== null

function isMessage(data: unknown): data is TabMessage {
  if (!isRecord(data) || data['version'] !== version) return false
  const { is, number, hidden, puts, deletes } = data
  switch (is) {
    case 'commit':
      return isCount(number) && Array.isArray(puts) && puts.every(isPut) && Array.isArray(deletes) && deletes.every((key) => typeof key === 'string')
    case 'question':
      return true
    case 'leader':
      return isCount(number) && typeof hidden === 'boolean'
    default:
      return false
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

const isPut = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && typeof value[0] === 'string'
