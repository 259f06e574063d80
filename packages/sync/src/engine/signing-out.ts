import { UnsyncedWork } from '../core/errors.ts'
import type { PauseReason, SyncEvent } from '../core/events.ts'
import { counters, keys } from '../core/records.ts'
import { unsyncedOf, type SyncState } from '../core/status.ts'
import { problemOf } from '../core/storage-error.ts'
import type { Environment, Storage } from './ports.ts'

/**
 * What becomes of work that the server does not have when its user signs out. `wait`: it is sent first. `keep`: it stays on the
 * device, out of sight, and goes out when they sign in here again. `wipe`: it is gone, with everything else of theirs on the device.
 */
export type Unsynced = 'wait' | 'keep' | 'wipe'

/** Milliseconds without any progress after which nobody waits any longer: another tab sends, and its failures are not told here. */
const patience = 10_000

export interface Sending {
  readonly environment: Environment
  readonly state: () => SyncState
  readonly watch: (listener: (event: SyncEvent) => void) => () => void
  /** Asks for a sync now. */
  readonly syncNow: () => void
}

/** Resolves when the server has everything. @throws {UnsyncedWork} as soon as it is known that this cannot be now. */
export async function allSent({ environment, state, watch, syncNow }: Sending): Promise<void> {
  if (state().pending > 0 && !isPaused(state().paused)) {
    await new Promise<void>((resolve) => {
      let least = state().pending
      let giveUp = environment.setTimer(end, patience)
      const stop = watch((event) => {
        const { pending } = state()
        if (pending === 0 || isVain(event)) return end()
        if (pending >= least) return
        least = pending
        giveUp()
        giveUp = environment.setTimer(end, patience)
      })
      function end() {
        giveUp()
        stop()
        resolve()
      }
      syncNow()
    })
  }
  const count = unsyncedOf(state())
  if (count > 0) throw new UnsyncedWork(count)
}

const isPaused = (reasons: readonly PauseReason[]): boolean => reasons.some((reason) => reason !== 'follower')

/** Nothing will be sent soon. A token that has expired is renewed first; when that fails, the queue is paused. */
function isVain(event: SyncEvent): boolean {
  if (event.type === 'failed') return event.error.kind !== 'auth'
  return event.type === 'closed' || (event.type === 'phaseChanged' && isPaused(event.paused))
}

/** Deletes everything that a storage holds, but the counters. A tab that leads still can write nothing any more [TB2]. */
export async function wipe(storage: Storage): Promise<void> {
  await storage.stored?.(wipe)
  const held = await storage.readAll()
  const deletes = held.map(([key]) => key).filter((key) => !counters.has(key))
  await storage.commit({ deletes, term: 'next' }).catch(async (error: unknown) => {
    if (problemOf(error) !== 'full') throw error
    // Not even a counter can be written: without a term nobody leads either.
    await storage.commit({ deletes: [...deletes, keys.term], uncounted: true })
  })
}
