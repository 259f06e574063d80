import { useSelector } from 'react-redux'
import type { Reach } from '../core/pace.ts'
import { describeStatus, statusOf, type SyncState, type SyncStatus } from '../core/status.ts'
import { selectSync } from '../redux/selectors.ts'

export type { SyncStatus } from '../core/status.ts'

/** The state of sync, in one word, in a sentence, and in figures. */
export type SyncSummary = SyncStatus & {
  /** In English; an app with texts of its own goes by `kind`. */
  readonly text: string
  readonly online: boolean
  /** `poor`: requests get through, and take long. */
  readonly reach: Reach
  readonly syncing: boolean
  /** Changes that the server has not confirmed. */
  readonly waiting: number
  /** Milliseconds since 1970 of the last time that device and server agreed; `null`: not since the start. */
  readonly lastSuccess: number | null
  /** About how long it takes to send what waits, by what the last requests took; `null`: unknown, or nothing is sent now. */
  readonly secondsLeft: number | null
}

/**
 * The state of sync in one word and in a sentence.
 *
 * @example
 * const { kind, text } = useSyncStatus()      // 'offline', '3 waiting, offline'
 */
export function useSyncStatus(): SyncSummary {
  return summaryOf(useSelector(selectSync))
}

export function summaryOf(state: SyncState): SyncSummary {
  const status = statusOf(state)
  const syncing = state.phase === 'pushing' || state.phase === 'pulling'
  const { pending, paused, lastSuccess, reach } = state
  return { ...status, text: describeStatus(status, reach), online: !paused.includes('offline'), reach, syncing, waiting: pending, lastSuccess, secondsLeft: syncing ? secondsLeft(state) : null }
}

function secondsLeft({ pending, metrics: { pushes, changes, latency } }: SyncState): number | null {
  if (latency === null || pushes === 0 || changes === 0) return null
  const requests = Math.ceil(pending / (changes / pushes))
  return Math.ceil((requests * latency.mean) / 1_000)
}
