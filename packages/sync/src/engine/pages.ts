import { entityKey } from '../core/plan.ts'
import { keys, type ScopeRecord } from '../core/records.ts'
import type { EntityRef, Rejected } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { Environment, PullPage, Write } from './ports.ts'
import type { Replica } from './replica.ts'

export interface PageParts {
  readonly replica: Replica
  readonly environment: Environment
}

/**
 * What one page of a pull changes on the device, as one write: rows and the cursor that they belong to are stored together [PL1].
 * Pending changes are not looked at: the base moves under them, and their push decides [CO1].
 */
export function takePage(page: PullPage, draft: Draft, parts: PageParts): Required<Write> {
  const { replica } = parts
  const unseen = new Map<string, Map<string, EntityRef>>()
  for (const [scope, record] of replica.scopes) if (record.unseen) unseen.set(scope, byKey(record.unseen))
  for (const scope of page.reset) unseen.set(scope, byKey(replica.rowsOf(scope)))

  for (const { scope, collection, id, version } of page.deleted) {
    const row = draft.row({ collection, id })
    if (row !== undefined && row.scope === scope && row.version < version) draft.removeRow(row)
  }
  for (const row of page.rows) {
    draft.putRow(row)
    unseen.get(row.scope)?.delete(entityKey(row.collection, row.id))
  }
  for (const [scope, cursor] of Object.entries(page.cursors)) {
    const left = unseen.get(scope)
    const partial = page.partial.includes(scope)
    if (!partial) for (const ref of left?.values() ?? []) removeIfStillIn(scope, ref, draft)
    const record: ScopeRecord = partial && left ? { scope, cursor, unseen: [...left.values()] } : { scope, cursor }
    draft.put(keys.scope(scope), record)
  }
  for (const { scope, reason } of page.gone) evict(scope, { reason, draft, ...parts })
  if (replica.epoch !== page.epoch) draft.put(keys.epoch, page.epoch)
  return draft.write()
}

/**
 * Another epoch: the server was restored, and its versions began anew. Every scope is fetched whole, onto nothing:
 * rows of the old epoch would outrank the restored ones, and those that the server has lost would never go. The outbox stays [PL5].
 */
export function startAnew(epoch: string, draft: Draft, replica: Replica): Required<Write> {
  for (const scope of replica.scopes.keys()) draft.delete(keys.scope(scope))
  for (const page of replica.pageKeys()) draft.delete(page)
  draft.put(keys.epoch, epoch)
  return draft.write()
}

const byKey = (refs: readonly EntityRef[]): Map<string, EntityRef> =>
  new Map(refs.map(({ collection, id }) => [entityKey(collection, id), { collection, id }]))

/** A row may have moved to another scope since: there it stays. */
function removeIfStillIn(scope: string, ref: EntityRef, draft: Draft): void {
  if (draft.row(ref)?.scope === scope) draft.removeRow(ref)
}

interface Eviction extends PageParts {
  readonly reason: 'deleted' | 'revoked'
  readonly draft: Draft
}

/** The user may not see the scope any more: its rows go; changes of it that were never sent are kept in the tray [PL4]. */
function evict(scope: string, { reason, draft, replica, environment }: Eviction): void {
  if (!replica.scopes.has(scope)) return
  draft.delete(keys.scope(scope))
  for (const row of replica.rowsOf(scope)) removeIfStillIn(scope, row, draft)
  const inFlight = new Set(replica.batch?.ops.flatMap(({ sequences }) => sequences))
  for (const changes of replica.outbox.byEntity()) {
    const lost = changes.filter((change) => change.scope === scope && !inFlight.has(change.sequence))
    const [first] = lost
    if (first === undefined) continue
    for (const { sequence } of lost) draft.delete(keys.change(sequence))
    // What was to be deleted is gone: nothing to keep.
    if (lost.at(-1)?.kind === 'delete') continue
    const rejectedId = environment.newId()
    const rejected: Rejected = {
      rejectedId,
      dependsOn: null,
      collection: first.collection,
      id: first.id,
      status: reason === 'deleted' ? 'not_found' : 'forbidden',
      code: `scope_${reason}`,
      message: reason === 'deleted' ? 'What this belongs to was deleted.' : 'What this belongs to is no longer shared with you.',
      changes: lost,
      time: environment.now(),
    }
    draft.put(keys.rejected(rejectedId), rejected)
  }
}
