import type { SyncEvent } from '../core/events.ts'
import type { SyncState } from '../core/status.ts'
import type { Replica } from './replica.ts'

/** What the slice does not say yet of the lists that the replica holds: told only when it is new, so that they keep their identity. */
export function listNews({ outbox, conflicts, rejected, held, evicted, undo }: Replica, state: SyncState, decisionsChanged: boolean): SyncEvent[] {
  const news: SyncEvent[] = []
  if (decisionsChanged) news.push({ type: 'outboxChanged', pending: outbox.size, conflicts: [...conflicts.values()], rejected: [...rejected.values()] })
  if (held.size !== state.held.length) news.push({ type: 'collectionsHeld', held: [...held.keys()].sort() })
  if (evicted.size !== state.evicted.length) news.push({ type: 'scopesEvicted', evicted: [...evicted.values()].map(({ scope }) => scope).sort() })
  const [undoable, redoable] = [undo.undo.length, undo.redo.length]
  if (undoable !== state.undoable || redoable !== state.redoable) news.push({ type: 'undoChanged', undoable, redoable })
  return news
}
