import type { Candidate, OpenTabs, TabListener, TabMessage, Tabs } from '../engine/ports.ts'

/** What the tabs of one process share, and what can be done to them from outside. */
export interface TabsOfOneProcess {
  readonly open: OpenTabs
  /** Each message that was told, in order. */
  readonly told: readonly TabMessage[]
  /** What the next tabs to open do: nobody sees them. */
  hidden: boolean
  /** Nothing is heard, and nobody is told, while this is true. */
  deaf: boolean
  /** All tabs but the one whose `Tabs` is given are told that they may have missed something. */
  readonly miss: (why: 'away' | 'unknown') => void
}

/** Tabs of one process: the first to campaign leads until it resigns or loses the lock; messages come to all others at once, as copies. */
export function tabsOfOneProcess(): TabsOfOneProcess {
  const listeners = new Map<Tabs, Set<TabListener>>()
  const told: TabMessage[] = []
  const waiting: Candidate[] = []
  let leader: Candidate | null = null
  const shared = { told, hidden: false, deaf: false }
  const elect = () => {
    const next = waiting[0]
    if (leader !== null || next === undefined) return
    waiting.shift()
    give(next)
  }
  const give = (next: Candidate) => {
    leader = next
    void next.lead().finally(() => {
      if (leader === next) leader = null
      if (!resigned.has(next)) waiting.push(next)
      elect()
    })
  }
  const resigned = new Set<Candidate>()
  const open: OpenTabs = () => {
    const { hidden } = shared
    const own = new Set<TabListener>()
    const tabs: Tabs = {
      campaign: (candidate) => {
        waiting.push(candidate)
        elect()
        return {
          takeOver: () => {
            const deposed = leader
            if (deposed === candidate || resigned.has(candidate)) return
            waiting.splice(waiting.indexOf(candidate), 1)
            give(candidate)
            deposed?.onDeposed()
          },
          resign: () => {
            resigned.add(candidate)
            if (waiting.includes(candidate)) waiting.splice(waiting.indexOf(candidate), 1)
          },
        }
      },
      tell: (message) => {
        told.push(message)
        if (shared.deaf) return
        for (const [other, theirs] of listeners) if (other !== tabs) for (const { onMessage } of theirs) onMessage(structuredClone(message))
      },
      listen: (listener) => {
        own.add(listener)
        return () => own.delete(listener)
      },
      isHidden: () => hidden,
      close: () => void listeners.delete(tabs),
    }
    listeners.set(tabs, own)
    return tabs
  }
  return Object.assign(shared, {
    open,
    miss: (why: 'away' | 'unknown') => {
      for (const theirs of listeners.values()) for (const { onMissed } of theirs) onMissed(why)
    },
  })
}
