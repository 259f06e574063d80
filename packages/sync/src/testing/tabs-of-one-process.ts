import type { Candidate, OpenTabs, TabListener, TabMessage, Tabs } from '../engine/ports.ts'

/** What a test does to one tab, from outside. */
export interface TabControl {
  /** Nobody sees it. */
  hidden: boolean
  /** It hears nothing until it thaws; then it hears all of it, and that it was away. Its timers and what it waits for go on: whoever needs them to stop must see to that. */
  readonly freeze: () => void
  readonly thaw: () => void
  /** It is told that it may have missed something. */
  readonly miss: (why: 'away' | 'unknown' | 'newer') => void
}

export interface TabsOfOneProcess {
  readonly open: OpenTabs
  /** In the order in which they were opened. */
  readonly controls: readonly TabControl[]
  /** Each message that was told, in order. */
  readonly told: readonly TabMessage[]
  /** Messages that are lost on their way, as if who sent them had ended before. Default: none. */
  isLost: (message: TabMessage) => boolean
}

interface Inside {
  readonly control: TabControl
  readonly listeners: Set<TabListener>
  readonly happen: (work: () => void) => void
}

/** Tabs of one process: the first to campaign leads until it resigns or loses the lock; messages come to all others at once, as copies. */
export function tabsOfOneProcess(): TabsOfOneProcess {
  const insides = new Map<Tabs, Inside>()
  const controls: TabControl[] = []
  const told: TabMessage[] = []
  const lock = oneLock()
  const process: TabsOfOneProcess = {
    controls,
    told,
    isLost: () => false,
    open: () => {
      const inside = newInside()
      controls.push(inside.control)
      const tabs: Tabs = {
        campaign: ({ lead, onDeposed }) => lock.queue({ lead, onDeposed: () => inside.happen(onDeposed) }),
        tell: (message) => {
          told.push(message)
          if (process.isLost(message)) return
          for (const [other, { listeners, happen }] of insides) {
            if (other !== tabs) happen(() => listeners.forEach(({ onMessage }) => onMessage(structuredClone(message))))
          }
        },
        listen: (listener) => {
          inside.listeners.add(listener)
          return () => inside.listeners.delete(listener)
        },
        isHidden: () => inside.control.hidden,
        close: () => void insides.delete(tabs),
      }
      insides.set(tabs, inside)
      return tabs
    },
  }
  return process
}

function newInside(): Inside {
  const listeners = new Set<TabListener>()
  let held: (() => void)[] | null = null
  const miss: TabControl['miss'] = (why) => listeners.forEach(({ onMissed }) => onMissed(why))
  const control: TabControl = {
    hidden: false,
    miss,
    freeze: () => (held ??= []),
    thaw: () => {
      const works = held ?? []
      held = null
      for (const work of works) work()
      miss('away')
    },
  }
  return { control, listeners, happen: (work) => (held === null ? work() : held.push(work)) }
}

/** Of all tabs, as of Web Locks. */
function oneLock(): { readonly queue: Tabs['campaign'] } {
  const waiting: Candidate[] = []
  const resigned = new Set<Candidate>()
  let leader: Candidate | null = null
  const leave = (candidate: Candidate) => {
    const place = waiting.indexOf(candidate)
    if (place >= 0) waiting.splice(place, 1)
  }
  const give = (next: Candidate) => {
    leader = next
    void next.lead().finally(() => {
      if (leader === next) leader = null
      if (!resigned.has(next)) waiting.push(next)
      elect()
    })
  }
  const elect = () => {
    const next = leader === null ? waiting.shift() : undefined
    if (next !== undefined) give(next)
  }
  return {
    queue: (candidate) => {
      waiting.push(candidate)
      elect()
      return {
        takeOver: () => {
          if (!waiting.includes(candidate)) return
          const deposed = leader
          leave(candidate)
          give(candidate)
          deposed?.onDeposed()
        },
        resign: () => {
          resigned.add(candidate)
          leave(candidate)
        },
      }
    },
  }
}
