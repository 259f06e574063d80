import type { LoopState, Wanted } from './next-step.ts'
import { endOf, noWait, waitFrom, type Wait } from './wait.ts'

/**
 * What is to be pulled, and when. Both are kept side by side: where a poke took the place of what was to come, a server that
 * is to be asked again soon, or a poke that Realtime dropped, would be forgotten until the poll after it [PL2].
 */
export interface NextPull {
  /** The wait for the next pull of everything. The wait after a failure is the circuit's. */
  readonly everything: Wait
  /** Of pokes that came since the last pull began: due at once. */
  readonly poked: Exclude<Wanted, 'all'>
}

const nothing: NextPull['poked'] = new Map()

/** Everything, at once. */
export const pullAtOnce: NextPull = { everything: noWait, poked: nothing }

export function poked(next: NextPull, scopes: NextPull['poked']): NextPull {
  const most = (scope: string, number: number) => Math.max(number, next.poked.get(scope) ?? 0)
  return { ...next, poked: new Map([...next.poked, ...[...scopes].map(([scope, number]) => [scope, most(scope, number)] as const)]) }
}

/** Everything is pulled in so many milliseconds at the latest. */
export function pullWithin(next: NextPull, { now, within }: { readonly now: number; readonly within: number }): NextPull {
  const everything = waitFrom(now, within)
  return everything.until < endOf(next.everything, now) ? { ...next, everything } : next
}

/** A pull begins: what is poked from here on asks for another one. */
export function begun(next: NextPull, wanted: Wanted, { now, pollEvery }: { readonly now: number; readonly pollEvery: number }): NextPull {
  return { everything: wanted === 'all' ? waitFrom(now, pollEvery) : next.everything, poked: nothing }
}

export function dueOf(next: NextPull, now: number): LoopState['pull'] {
  const dueAt = endOf(next.everything, now)
  return dueAt <= now || next.poked.size === 0 ? { dueAt, wanted: 'all' } : { dueAt: now, wanted: next.poked }
}
