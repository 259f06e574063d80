import type { LastError, SetAside } from '../core/events.ts'
import type { SyncState } from '../core/status.ts'
import type { Collections } from '../core/collection.ts'
import type { LoggedEvent } from './event-log.ts'
import type { Replica } from './replica.ts'

/** What somebody who helps needs to see; ids and figures, no value that a user has written. JSON can carry it. */
export interface Diagnostics {
  readonly time: number
  readonly user: string
  readonly device: string | null
  readonly epoch: string | null
  /** The `sync` slice without the contents of conflicts and refusals, without who else is there, and without texts that may quote a value: the server's, and a schema's. */
  readonly state: Omit<SyncState, 'conflicts' | 'rejected' | 'present' | 'lastError' | 'setAside'> & {
    readonly lastError: Omit<LastError, 'message'> | null
    readonly setAside: readonly (Pick<SetAside, 'what' | 'name'> & { readonly reason?: string })[]
  }
  readonly scopes: readonly { readonly scope: string; readonly cursor: string; readonly rows: number; readonly unseen: number }[]
  readonly collections: readonly { readonly name: string; readonly priority: string; readonly rows: number; readonly pending: number; readonly held: boolean }[]
  readonly batch: readonly { readonly opId: string; readonly kind: string; readonly collection: string; readonly id: string }[]
  readonly conflicts: readonly { readonly conflictId: string; readonly kind: string; readonly collection: string; readonly id: string; readonly fields: readonly string[] }[]
  readonly rejected: readonly { readonly rejectedId: string; readonly status: string; readonly code: string; readonly collection: string; readonly id: string }[]
  readonly events: readonly LoggedEvent[]
}

export interface DiagnosticsParts {
  readonly replica: Replica
  readonly collections: Collections
  readonly user: string
  readonly time: number
  readonly state: SyncState
  readonly events: readonly LoggedEvent[]
}

export function diagnose({ replica, collections, user, time, state, events }: DiagnosticsParts): Diagnostics {
  const { conflicts: _, rejected: __, present: ___, lastError, setAside, ...rest } = state
  const rows = [...replica.rows()]
  const pending = [...replica.outbox.byEntity()].flat()
  return {
    time,
    user,
    device: replica.device,
    epoch: replica.epoch,
    state: {
      ...rest,
      lastError: lastError && { kind: lastError.kind, code: lastError.code, time: lastError.time },
      setAside: setAside.map(({ what, name, reason }) => (what === 'record' ? { what, name, reason } : { what, name })),
    },
    scopes: [...replica.scopes.values()].map(({ scope, cursor, unseen = [] }) => {
      return { scope, cursor, rows: rows.filter((row) => row.scope === scope).length, unseen: unseen.length }
    }),
    collections: [...collections.values()].map(({ name, priority }) => {
      const of = (entities: readonly { readonly collection: string }[]) => entities.filter(({ collection }) => collection === name).length
      return { name, priority, rows: of(rows), pending: of(pending), held: replica.held.has(name) }
    }),
    batch: (replica.batch?.ops ?? []).map(({ opId, kind, collection, id }) => ({ opId, kind, collection, id })),
    conflicts: [...replica.conflicts.values()].map(({ conflictId, kind, collection, id, fields }) => {
      return { conflictId, kind, collection, id, fields: fields.map(({ field }) => field) }
    }),
    rejected: [...replica.rejected.values()].map(({ rejectedId, status, code, collection, id }) => ({ rejectedId, status, code, collection, id })),
    events,
  }
}
