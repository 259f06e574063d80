import { useSelector } from 'react-redux'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { LogEntry, LogPage, LogSubject } from '../core/change-log.ts'
import { selectPending } from '../redux/selectors.ts'
import { useSyncParts } from './sync-context.ts'

export interface History {
  /** Newest first; what waits on this device comes first. */
  readonly entries: readonly LogEntry[]
  /** `device`: the server could not be asked, so this is only what this device remembers. */
  readonly from: 'server' | 'device' | 'asking'
  /** There is more to be fetched. */
  readonly hasMore: boolean
  readonly more: () => void
}

const nothing: LogPage = { entries: [], before: null }

/**
 * Who did what to one entity or in a whole scope, newest first: from the server's log, and from the device's own while the
 * server cannot be reached. It is asked for when the component appears.
 *
 * @example
 * const { entries, hasMore, more } = useHistory({ scope: trip.id })
 * return entries.map(({ entryId, user, kind, patch }) => <p key={entryId}>{`${user}: ${kind} ${JSON.stringify(patch)}`}</p>)
 */
export function useHistory(subject: LogSubject): History {
  const sync = useSyncParts()
  const pending = useSelector(selectPending)
  const key = JSON.stringify(subject)
  const [page, setPage] = useState(nothing)
  const [from, setFrom] = useState<History['from']>('asking')

  const ask = useCallback(
    async (before: number | null) => {
      try {
        const next = await sync.changeLog(JSON.parse(key) as LogSubject, before)
        setPage((last) => ({ entries: before === null ? next.entries : [...last.entries, ...next.entries], before: next.before }))
        setFrom('server')
      } catch {
        // Without a network there is what the device knows; it is told that it is no more than that.
        setFrom('device')
      }
    },
    [sync, key],
  )
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- not before the server has answered
    void ask(null)
  }, [ask])

  const own = useMemo(() => (pending >= 0 ? sync.deviceLog(JSON.parse(key) as LogSubject) : []), [sync, key, pending])
  const entries = from === 'server' ? [...own.filter(({ status }) => status === 'waiting'), ...page.entries] : own
  const more = () => {
    if (page.before !== null) void ask(page.before)
  }
  return { entries, from, hasMore: page.before !== null, more }
}
