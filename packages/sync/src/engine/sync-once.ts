import type { SyncEvent } from '../core/events.ts'
import type { SyncState } from '../core/status.ts'
import { Engine, type EngineParts } from './engine.ts'

/** What came of it. `later`: the network, the server, the storage or another tab stood in the way; what waits is kept. */
export type Outcome = 'done' | 'later' | 'sign-in'

export interface SyncedOnce {
  readonly outcome: Outcome
  /** Conflicts and refused changes that came up and wait for a person. */
  readonly needsPerson: number
}

/** Milliseconds that it may take. Browsers give a service worker a few minutes at best. */
const patience = 60_000

const waitingFor = ({ conflicts, rejected }: SyncState): number => conflicts.length + rejected.length

/** Sends what waits of a user, fetches what is new, and ends: the same engine as in a tab, and never beside one that leads [TB1]. */
export async function syncOnce(given: EngineParts, user: string): Promise<SyncedOnce> {
  const { promise: decided, resolve: decide } = promised<Outcome>()
  let [hasLed, isFetched] = [false, false]
  const onEvent = (event: SyncEvent): void => {
    given.emit(event)
    hasLed ||= event.type === 'phaseChanged'
    isFetched ||= event.type === 'completed'
    const outcome = outcomeOf(event, engine.state, { hasLed, isFetched })
    if (outcome !== null) decide(outcome)
  }
  const engine = await Engine.open({ ...given, emit: onEvent, show: () => {} }, user)
  const cancel = given.environment.setTimer(() => decide(engine.state.pending === 0 ? 'done' : 'later'), patience)
  await engine.begin([])
  const before = waitingFor(engine.state)
  const outcome = await decided
  cancel()
  const needsPerson = Math.max(0, waitingFor(engine.state) - before)
  await engine.close()
  return { outcome, needsPerson }
}

/** `null`: it goes on. */
function outcomeOf(event: SyncEvent, { paused, phase, pending }: SyncState, { hasLed, isFetched }: { readonly hasLed: boolean; readonly isFetched: boolean }): Outcome | null {
  if (paused.includes('signed-out')) return 'sign-in'
  // A token that expired is renewed first.
  if (event.type === 'storageFailed' || (event.type === 'failed' && event.error.kind !== 'auth')) return 'later'
  // Another tab leads: it sends, and tells when it has.
  if (!hasLed || paused.includes('follower')) return event.type === 'outboxChanged' && pending === 0 ? 'done' : null
  return isFetched && phase === 'idle' ? 'done' : null
}

function promised<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve!: (value: Value) => void
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
