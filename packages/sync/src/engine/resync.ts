import { firstCursor, keys, type ScopeRecord } from '../core/records.ts'
import type { Change } from '../core/types.ts'
import type { Draft } from './draft.ts'
import type { PullPage, Write } from './ports.ts'
import type { Replica } from './replica.ts'

/** Scopes are asked for from their start, all or one. What the server does not send again goes when all has come; the outbox stays [E4]. */
export function fetchAgain(scope: string | undefined, draft: Draft, replica: Replica): Required<Write> {
  for (const known of scope === undefined ? [...replica.scopes.keys()] : [scope]) {
    const unseen = replica.rowsOf(known).map(({ collection, id }) => ({ collection, id }))
    draft.put(keys.scope(known), { scope: known, cursor: firstCursor, unseen } satisfies ScopeRecord)
  }
  return draft.write()
}

/** A scope that had made room is stored again from now on, once it has been fetched whole. */
export function readmitted(scope: string, draft: Draft, replica: Replica): Required<Write> {
  draft.delete(keys.evicted(scope))
  return fetchAgain(scope, draft, replica)
}

/** There may be room again: what was given up is fetched whole. Of a scope that has no room still nothing changes. */
export async function readmitAll({ evicted }: Replica, readmit: (scope: string) => Promise<void>): Promise<void> {
  // As they are now: one that makes room for another meanwhile is not readmitted at once, or they would take turns.
  const all = [...evicted.values()]
  for (const { scope } of all) await readmit(scope).catch(() => {})
}

/**
 * The server's tables have another form, or the app makes something else of them: what the cursors have passed may now be wanted.
 * All of it is fetched again, onto what is there [PL3].
 */
export function fetchForSchema(schema: string, draft: Draft, replica: Replica): Required<Write> {
  draft.put(keys.schema, schema)
  return fetchAgain(undefined, draft, replica)
}

/** The version of a row that another epoch numbered: no row has it, so the server compares values, and overwrites nothing unseen. */
const noVersion = 0

/**
 * Another epoch: the server was restored, and its versions began anew. Every scope is fetched whole, onto nothing: rows of the
 * old epoch would outrank the restored ones, and those that the server has lost would never go. The outbox stays, and what it
 * knew of versions is forgotten: the same number may mean another row now [PL5].
 */
export function startAnew({ epoch, asOf }: Pick<PullPage, 'epoch' | 'asOf'>, draft: Draft, replica: Replica): Required<Write> {
  for (const scope of replica.scopes.keys()) draft.delete(keys.scope(scope))
  for (const page of replica.pageKeys()) draft.delete(page)
  for (const change of [...replica.outbox.byEntity()].flat()) if (change.baseVersion !== null) draft.put(keys.change(change.sequence), unversioned(change))
  for (const [key, conflict] of replica.conflicts) draft.put(key, { ...conflict, changes: conflict.changes.map(unversioned) })
  for (const [key, rejected] of replica.rejected) draft.put(key, { ...rejected, changes: rejected.changes.map(unversioned) })
  const { batch } = replica
  if (batch !== null) draft.put(keys.batch, { ...batch, ops: batch.ops.map(unversioned) })
  draft.put(keys.epoch, epoch)
  draft.put(keys.asOf, asOf)
  return draft.write()
}

const unversioned = <Edit extends Pick<Change, 'baseVersion'>>(edit: Edit): Edit =>
  edit.baseVersion === null ? edit : { ...edit, baseVersion: noVersion }
