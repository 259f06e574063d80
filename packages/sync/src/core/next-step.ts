import type { PauseReason } from './events.ts'

/** What a pull is to fetch: all that is new, or what is new in these scopes, each up to the number that its commit has; Infinity: nobody told. */
export type Wanted = 'all' | ReadonlyMap<string, number>

/** What the loop knows when it asks what to do. Times are milliseconds since 1970. */
export interface LoopState {
  readonly paused: ReadonlySet<PauseReason>
  /** A batch has been written down and not been answered in full. */
  readonly inFlight: boolean
  /** When the oldest change that no batch holds was recorded; `null`: there is none. */
  readonly unsentSince: number | null
  /** When the next pull is due, and of what. */
  readonly pull: { readonly dueAt: number; readonly wanted: Wanted }
  /** After a failure: not before this time; 0: at once. */
  readonly retryAt: number
  /** Too much failed in a row: nothing but a probe goes out until one gets through [C7]. */
  readonly probing: boolean
  /** Pushes fail as a whole. A pull that is due goes first, or a batch that cannot be pushed would keep the news out. */
  readonly pushFailed: boolean
}

export type Step =
  | { readonly do: 'push' }
  | { readonly do: 'plan' }
  | { readonly do: 'probe' }
  | { readonly do: 'pull'; readonly wanted: Wanted }
  | { readonly do: 'rest'; readonly until: number | 'woken' }

/**
 * Milliseconds that a change waits for company before it is sent: what one act of the user dispatches in several ticks goes as one
 * request. No longer, as others watch live; of what comes faster than a request takes the next one holds all.
 */
export const debounce = 5

/** The loop's one decision. A batch under way goes first, then what the user did, then what others did. */
export function nextStep(state: LoopState, now: number): Step {
  if (state.paused.size > 0) return { do: 'rest', until: 'woken' }
  if (state.retryAt > now) return { do: 'rest', until: state.retryAt }
  if (state.probing) return { do: 'probe' }
  if (state.inFlight && !(state.pushFailed && state.pull.dueAt <= now)) return { do: 'push' }
  // A clock that was set back must not make a change wait for the old time to come again.
  const planAt = state.unsentSince === null ? Infinity : state.unsentSince > now ? now : state.unsentSince + debounce
  if (planAt <= now) return { do: 'plan' }
  if (state.pull.dueAt <= now) return { do: 'pull', wanted: state.pull.wanted }
  const until = Math.min(planAt, state.pull.dueAt)
  return { do: 'rest', until: until === Infinity ? 'woken' : until }
}
