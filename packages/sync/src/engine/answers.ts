import { entityKey } from '../core/plan.ts'
import { firstCursor, keys } from '../core/records.ts'
import type { Answer, Op, Rejected, Row } from '../core/types.ts'
import type { ConflictResolver } from './conflict-resolver.ts'
import type { Draft } from './draft.ts'
import type { Environment, Write } from './ports.ts'
import type { Replica } from './replica.ts'

export interface AnswerParts {
  readonly replica: Replica
  readonly environment: Environment
  readonly resolver: ConflictResolver
}

/**
 * What the answers to a batch change on the device, as one write: rows, outbox and what is left of the batch move together,
 * so that a crash in between loses nothing and repeats nothing. Ops without a final answer stay in the batch, frozen [OB3].
 */
export function settleAnswers(answers: readonly Answer[], draft: Draft, parts: AnswerParts): Required<Write> {
  const batch = parts.replica.batch
  if (batch === null) return draft.write()
  const byOp = new Map(answers.map((answer) => [answer.opId, answer]))
  const open = batch.ops.filter((op) => {
    const answer = byOp.get(op.opId)
    if (answer === undefined || answer.status === 'retry') return true
    if (answer.status === 'undone') return false
    settle(op, answer, { ...parts, draft })
    followScope(op, draft, parts.replica)
    return false
  })
  if (open.length > 0) draft.put(keys.batch, { ...batch, ops: open })
  else draft.delete(keys.batch)
  return draft.write()
}

/**
 * The server has a row in a scope that was never pulled. From now on the scope is asked for: otherwise the server, which
 * tells only of the scopes that it is asked for, could not say that it was deleted or taken away before the first pull [PL4].
 */
function followScope(op: Op, draft: Draft, { scopes }: Replica): void {
  const scope = draft.row(op)?.scope
  if (scope !== undefined && !scopes.has(scope)) draft.put(keys.scope(scope), { scope, cursor: firstCursor })
}

type Final = Exclude<Answer, { status: 'retry' | 'undone' }>

function settle(op: Op, answer: Final, parts: AnswerParts & { draft: Draft }): void {
  const { draft, resolver } = parts
  switch (answer.status) {
    case 'applied':
      if (op.kind === 'delete' || answer.version === null) draft.removeRow(op)
      else draft.putRow(rowAfter(op, draft.row(op), answer.version))
      return confirm(op, draft)
    case 'merged':
      draft.putRow(answer.row)
      return confirm(op, draft)
    case 'duplicate':
      if (answer.row === null) draft.removeRow(op)
      else draft.putRow(answer.row)
      return confirm(op, draft)
    case 'conflict':
      return resolver.onConflict(op, answer, draft)
    case 'deleted':
      return resolver.onDeleted(op, draft)
    case 'not_found':
    case 'forbidden':
    case 'invalid':
      return quarantine(op, answer, parts)
  }
}

/**
 * What only the server fills in is not known of a new row; the next pull brings it. Of a row that was there it is kept, also
 * by a replace: where that changed nothing there is nothing to pull.
 */
function rowAfter({ collection, id, scope, patch }: Op, row: Row | undefined, version: number): Row {
  return { collection, id, scope, version, fields: { ...row?.fields, ...patch } }
}

function confirm(op: Op, draft: Draft): void {
  for (const sequence of op.sequences) draft.delete(keys.change(sequence))
}

/** The refused changes, and later ones of the same row, which stand on them, leave the view and wait in the tray [OB7]. */
function quarantine(op: Op, answer: Extract<Final, { message: string }>, { draft, replica, environment }: AnswerParts & { draft: Draft }): void {
  const changes = replica.outbox.recordedOf(entityKey(op.collection, op.id))
  const rejectedId = environment.newId()
  const { status, code, message } = answer
  const { collection, id } = op
  const rejected: Rejected = { rejectedId, dependsOn: null, collection, id, status, code, message, changes, time: environment.now() }
  draft.put(keys.rejected(rejectedId), rejected)
  for (const { sequence } of changes) draft.delete(keys.change(sequence))
}
