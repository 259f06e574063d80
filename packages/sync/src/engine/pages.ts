import type { Collections } from '../core/collection.ts'
import { entityKey } from '../core/plan.ts'
import { keys, type ScopeRecord } from '../core/records.ts'
import type { EntityRef, Row } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Environment, PullPage, Write } from './ports.ts'
import { Quarantine } from './quarantine.ts'
import type { Replica } from './replica.ts'

export interface PageParts {
  readonly collections: Collections
  readonly replica: Replica
  readonly environment: Environment
  /** Whether the pull is about this scope. */
  readonly isAsked: (scope: string) => boolean
}

/**
 * What one page of a pull changes on the device, as one write: rows and the cursor that they belong to are stored together [PL1].
 * Pending changes are not looked at: the base moves under them, and their push decides [CO1].
 */
export function takePage(page: PullPage, draft: Draft, parts: PageParts): Required<Write> {
  const { replica, isAsked } = parts
  const unseen = new Map<string, Map<string, EntityRef>>()
  for (const [scope, record] of replica.scopes) if (record.unseen) unseen.set(scope, byKey(record.unseen))
  for (const scope of page.reset) unseen.set(scope, byKey(replica.rowsOf(scope)))

  for (const { scope, collection, id, version } of page.deleted) {
    const row = draft.row({ collection, id })
    if (row !== undefined && row.scope === scope && row.version < version) bury(row, draft, replica)
  }
  for (const row of page.rows) {
    draft.putRow(row)
    if (replica.buried.size > 0 && replica.buried.has(keys.buried(row))) draft.delete(keys.buried(row))
    if (unseen.size > 0) unseen.get(row.scope)?.delete(entityKey(row.collection, row.id))
  }
  for (const [scope, cursor] of Object.entries(page.cursors)) draft.put(keys.scope(scope), { scope, cursor } satisfies ScopeRecord)
  for (const [scope, left] of unseen) {
    const cursor = page.cursors[scope] ?? replica.scopes.get(scope)?.cursor
    if (cursor === undefined) continue
    // Until all that was asked for has come, a row may still come; of a scope that was not asked for nothing can be said.
    const hasCome = !page.more && !page.partial.includes(scope) && isAsked(scope)
    if (hasCome) for (const ref of left.values()) buryIfStillIn(scope, ref, { draft, replica })
    draft.put(keys.scope(scope), hasCome ? { scope, cursor } : { scope, cursor, unseen: [...left.values()] })
  }
  for (const { scope, reason } of page.gone) evict(scope, { reason, draft, ...parts })
  if (replica.epoch !== page.epoch) draft.put(keys.epoch, page.epoch)
  if (replica.asOf < page.asOf) draft.put(keys.asOf, page.asOf)
  if (replica.schema !== page.schema) draft.put(keys.schema, page.schema)
  return draft.write()
}

const byKey = (refs: readonly EntityRef[]): Map<string, EntityRef> =>
  new Map(refs.map(({ collection, id }) => [entityKey(collection, id), { collection, id }]))

/** A row may have moved to another scope since: there it stays. */
function buryIfStillIn(scope: string, ref: EntityRef, { draft, replica }: { draft: Draft; replica: Replica }): void {
  const row = draft.row(ref)
  if (row?.scope === scope) bury(row, draft, replica)
}

/** Takes a deleted row away. While a change of it waits its values are kept: it may be made again with what the change did not touch [CO2]. */
function bury(row: Row, draft: Draft, { outbox }: Replica): void {
  draft.removeRow(row)
  if (outbox.of(entityKey(row.collection, row.id)).length > 0) draft.put(keys.buried(row), row)
}

interface Eviction extends PageParts {
  readonly reason: 'deleted' | 'revoked'
  readonly draft: Draft
}

const words = { deleted: 'What this belongs to was deleted.', revoked: 'What this belongs to is no longer shared with you.' }

/**
 * The user may not see the scope any more: its rows go; changes of it that were never sent, and those that wait for a
 * decision, are kept in the tray [PL4]. What was to be deleted is gone: of that there is nothing to keep.
 */
function evict(scope: string, { reason, ...parts }: Eviction): void {
  const { draft, replica } = parts
  if (!replica.scopes.has(scope)) return
  draft.delete(keys.scope(scope))
  for (const row of replica.rowsOf(scope)) if (draft.row(row)?.scope === scope) draft.removeRow(row)
  for (const [key, row] of replica.buried) if (row.scope === scope) draft.delete(key)
  const quarantine = new Quarantine(parts)
  const why = { status: reason === 'deleted' ? 'not_found' : 'forbidden', code: `scope_${reason}`, message: words[reason] } as const
  for (const [key, conflict] of replica.conflicts) {
    if (conflict.scope !== scope) continue
    draft.delete(key)
    if (conflict.kind !== 'delete-edit') quarantine.shelve(conflict.changes, why)
  }
  const inFlight = new Set(replica.batch?.ops.flatMap(({ sequences }) => sequences))
  const unsent = [...replica.outbox.byEntity()].map((changes) => changes.filter((change) => change.scope === scope && !inFlight.has(change.sequence)))
  // First: what has come true must not follow the rest of its unit into the tray.
  for (const changes of unsent) if (changes.at(-1)?.kind === 'delete') quarantine.drop(changes)
  for (const changes of unsent) {
    const lost = changes.filter((change) => !quarantine.hasTaken(change))
    if (lost.length > 0) quarantine.keep(lost, why)
  }
}
