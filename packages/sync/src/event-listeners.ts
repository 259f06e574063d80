import type { SyncEvent } from './core/events.ts'

/** The part of `console` that is used; any logger with these three will do. */
export type Logger = Pick<Console, 'debug' | 'info' | 'warn'>

type Level = keyof Logger

/** What needs somebody's attention is a warning, what happens once in a while is told, what happens all the time is for debugging. */
const levels: Readonly<Record<SyncEvent['type'], Level>> = {
  opened: 'info',
  closed: 'info',
  changeRecorded: 'debug',
  changeStored: 'debug',
  changeRefused: 'warn',
  runaway: 'warn',
  storageFailed: 'warn',
  keepingTold: 'info',
  scopesEvicted: 'warn',
  setAside: 'warn',
  phaseChanged: 'debug',
  reachChanged: 'info',
  outdated: 'warn',
  healthChanged: 'info',
  collectionsHeld: 'warn',
  outboxChanged: 'debug',
  undoChanged: 'debug',
  pushed: 'debug',
  pulled: 'debug',
  checksumsDiffered: 'warn',
  resolved: 'info',
  presenceChanged: 'debug',
  completed: 'debug',
  failed: 'warn',
}

/**
 * A listener that writes every event to a logger.
 *
 * @example
 * sync.subscribe(logEvents(console))
 */
export const logEvents =
  (logger: Logger): ((event: SyncEvent) => void) =>
  (event) =>
    logger[levels[event.type]](`sync ${event.type}`, event)

/**
 * A listener that puts each request on the timeline of the browser's developer tools, as `sync push` and `sync pull`.
 *
 * @example
 * sync.subscribe(measureRequests)
 */
export function measureRequests(event: SyncEvent): void {
  if (event.type !== 'pushed' && event.type !== 'pulled') return
  const end = performance.now()
  performance.measure(event.type === 'pushed' ? 'sync push' : 'sync pull', { start: Math.max(0, end - event.milliseconds), end, detail: event })
}
