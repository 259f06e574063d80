import { entityKey } from '../core/plan.ts'
import type { Batch, EntityRef, Row } from '../core/types.ts'
import { TransportError, type PullPage, type PullRequest, type PushResult, type Sender } from '../engine/ports.ts'
import { pullPage } from './memory-pull.ts'
import { rowOfServer } from './memory-push.ts'
import { MemoryServer } from './memory-server.ts'
import { MemoryTables, type TablesSnapshot } from './memory-tables.ts'
import type { SeededRandom } from './seeded-random.ts'
import { changeMembers, writeSql } from './simulated-admin.ts'

/** What happens at the server by itself. */
export type ServerEvent = 'members' | 'sql' | 'backup' | 'restore' | 'replica'

type Soon<T> = T | Promise<T>

/** The server as a simulation needs it: the engine's port, what happens there, and what it holds in the end. */
export interface SimulatedServer {
  readonly push: (batch: Batch, sender: Sender) => Soon<PushResult>
  readonly pull: (request: PullRequest) => Soon<PullPage | 'unchanged'>
  /** Returns in words what happened; `null`: nothing did. */
  readonly happen: (event: ServerEvent, random: SeededRandom) => Soon<string | null>
  readonly rowsFor: (user: string) => Soon<readonly Row[]>
  /** Entities that are there although they were deleted, or left a scope, at some time. */
  readonly returned: () => Soon<readonly EntityRef[]>
  /** Grows with each write. */
  readonly writes: () => number
  readonly complaints: () => readonly string[]
}

export interface SimulatedServerParts {
  readonly users: readonly string[]
  readonly now: () => number
  /** Infinity: its number is not known. */
  readonly onCommit: (scope: string, number: number) => void
  /** The most rows in a page of a pull. */
  readonly pageLimit: number
  /** The most ops in a push: more is a 413. */
  readonly opsAtOnce: number
  /** How likely a push is undecided from some op on, and a pull is answered by a replica that lags. */
  readonly undecided: () => number
  readonly lagging: () => number
  readonly random: SeededRandom
}

/** In memory, with backups to restore and a replica that lags. */
export function simulatedServer(parts: SimulatedServerParts): SimulatedServer {
  const { users, now, onCommit, pageLimit, opsAtOnce, random } = parts
  const server = new MemoryServer({
    now,
    onCommit,
    pageLimit: () => pageLimit,
    undecidedFrom: (ops) => (random.chance(parts.undecided()) ? random.below(ops.length) : null),
  })
  const { tables } = server
  let backup: { readonly tables: TablesSnapshot; readonly done: readonly string[] } | null = null
  let replica: MemoryTables | null = null
  let restored = 0
  const happen = (event: ServerEvent, chance: SeededRandom): string | null => {
    switch (event) {
      case 'members':
        return changeMembers(tables, { users, random: chance })
      case 'sql':
        return writeSql(tables, chance, now())
      case 'backup':
        backup = { tables: tables.snapshot(), done: [...server.done] }
        return 'a backup is made'
      case 'restore':
        if (backup === null) return null
        tables.restore(backup.tables)
        server.done.clear()
        for (const name of backup.done) server.done.add(name)
        server.epoch = `epoch-${(restored += 1)}`
        replica = null
        return 'the backup is restored'
      case 'replica':
        replica = new MemoryTables(() => {})
        replica.restore(tables.snapshot())
        return 'a replica gets no more news'
    }
  }
  return {
    push: (batch, sender) => {
      if (isTooLarge(batch, opsAtOnce)) throw new TransportError('Too large.', { kind: 'too-large', code: 'PT413', status: 413 })
      return server.push(batch, sender)
    },
    pull: (request) => {
      const lags = replica !== null && random.chance(parts.lagging())
      if (!lags || replica === null) return server.pull(request)
      return pullPage(replica, request, { limit: pageLimit, now: now(), epoch: server.epoch })
    },
    happen,
    rowsFor: (user) => [...tables.rows.values()].filter(({ scope }) => tables.role(user, scope) !== undefined).map(rowOfServer),
    returned: () => [...tables.tombstones.values()].filter(({ collection, id }) => tables.rows.has(entityKey(collection, id))),
    writes: () => tables.commits,
    // In another epoch an op has no base version any more: it is not as it was.
    complaints: () => (restored > 0 ? [] : server.complaints),
  }
}

/** A unit is never cut, and never too large here: it would have to wait in the tray. */
export const isTooLarge = ({ ops }: Batch, opsAtOnce: number): boolean => ops.length > opsAtOnce && ops.some(({ unit }) => unit === null || unit !== ops[0]!.unit)
