import { entryOf, isAbout, type LogEntry, type LogSubject } from '../core/change-log.ts'
import type { Replica } from './replica.ts'

/** What the user did on this device, newest first: what waits, and the last steps that are done. All that is known without a network. */
export function deviceLog({ outbox, past }: Replica, subject: LogSubject): LogEntry[] {
  const waiting = [...outbox.byEntity()].flat().filter((change) => isAbout(change, subject))
  const done = [...past.values()].flatMap(({ changes }) => changes).filter((change) => isAbout(change, subject))
  const entries = [...waiting.map((change) => entryOf(change, 'waiting')), ...done.map((change) => entryOf(change, 'done'))]
  return entries.sort((a, b) => b.time - a.time)
}
