import type { Collections } from '../core/collection.ts'
import { entityKey } from '../core/plan.ts'
import { firstCursor, keys } from '../core/records.ts'
import type { Answer, Op, Row } from '../core/types.ts'
import type { ConflictResolver, Outcome } from './conflict-resolver.ts'
import type { Draft } from './draft.ts'
import type { Environment, Write } from './ports.ts'
import { Quarantine } from './quarantine.ts'
import type { Replica } from './replica.ts'

export interface AnswerParts {
  readonly collections: Collections
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
  const settling: Settling = { ...parts, draft, quarantine: new Quarantine({ ...parts, draft }), refusedUnits: new Map() }
  const byOp = new Map(answers.map((answer) => [answer.opId, answer]))
  const undone: Op[] = []
  const open = batch.ops.filter((op) => {
    const answer = byOp.get(op.opId)
    if (answer === undefined || answer.status === 'retry') return true
    if (answer.status === 'undone') undone.push(op)
    else settle(op, answer, settling)
    return false
  })
  settleUndone(undone, settling)
  if (open.length > 0) draft.put(keys.batch, { ...batch, ops: open })
  else draft.delete(keys.batch)
  return draft.write()
}

interface Settling extends AnswerParts {
  readonly draft: Draft
  readonly quarantine: Quarantine
  /** Unit -> id of the refusal that held it up. */
  readonly refusedUnits: Map<string, string>
}

type Final = Exclude<Answer, { status: 'retry' | 'undone' }>

function settle(op: Op, answer: Final, settling: Settling): void {
  const { draft, resolver, replica } = settling
  switch (answer.status) {
    case 'applied':
      if (op.kind === 'delete' || answer.version === null) draft.removeRow(op)
      else draft.putRow(rowAfter(op, draft.row(op), { version: answer.version, scopeField: settling.collections.get(op.collection)?.scopeField ?? 'id' }))
      confirm(op, draft)
      break
    case 'merged':
      draft.putRow(answer.row)
      confirm(op, draft)
      break
    case 'duplicate':
      if (answer.row === null) draft.removeRow(op)
      else draft.putRow(answer.row)
      confirm(op, draft)
      break
    case 'conflict':
      overrule(op, resolver.onConflict(op, answer, draft), settling)
      break
    case 'deleted':
      overrule(op, resolver.onDeleted(op, draft), settling)
      break
    case 'not_found':
    case 'forbidden':
    case 'invalid': {
      const { status, code, message } = answer
      const rejectedId = settling.quarantine.refuse(op, { status, code, message })
      if (op.unit !== null) settling.refusedUnits.set(op.unit, rejectedId)
    }
  }
  if (replica.buried.has(keys.buried(op))) draft.delete(keys.buried(op))
  followScope(op, draft, replica)
}

/**
 * The server has a row in a scope that was never pulled. From now on the scope is asked for: otherwise the server, which
 * tells only of the scopes that it is asked for, could not say that it was deleted or taken away before the first pull [PL4].
 */
function followScope(op: Op, draft: Draft, { scopes }: Replica): void {
  const scope = draft.row(op)?.scope
  if (scope !== undefined && !scopes.has(scope)) draft.put(keys.scope(scope), { scope, cursor: firstCursor })
}

/**
 * What only the server fills in is not known of a new row; the next pull brings it. Of a row that was there it is kept, also
 * by a replace: where that changed nothing there is nothing to pull.
 */
function rowAfter({ collection, id, scope, patch }: Op, row: Row | undefined, { version, scopeField }: { readonly version: number; readonly scopeField: string }): Row {
  const moved = patch[scopeField]
  return { collection, id, scope: typeof moved === 'string' ? moved : scope, version, fields: { ...row?.fields, ...patch } }
}

function confirm(op: Op, draft: Draft): void {
  for (const sequence of op.sequences) draft.finish(sequence)
}

/** What the policy `reject` set aside, or of a unit what only a person could decide: to retry it is to overrule the server. */
function overrule(op: Op, outcome: Outcome, { draft, replica, quarantine, refusedUnits }: Settling): void {
  if (outcome.is === 'settled') return
  const { change, fields } = outcome
  const what = fields.length > 0 ? fields.join(', ') : 'this'
  const message = `Somebody else changed ${what} in the meantime, and that stays. Retry to put your values in its place, or discard them.`
  const reason = { status: 'conflict', code: op.unit === null ? 'policy_reject' : 'unit_conflict', message } as const
  if (op.unit === null) return void quarantine.shelve([change], reason)
  const later = replica.outbox.recordedOf(entityKey(op.collection, op.id)).filter(({ sequence }) => !op.sequences.includes(sequence))
  for (const sequence of op.sequences) draft.delete(keys.change(sequence))
  refusedUnits.set(op.unit, quarantine.keep([change, ...later], reason))
}

/** Another op of their unit was not applied. Refused for good, it takes them with it; else they are planned anew together. */
function settleUndone(undone: readonly Op[], { quarantine, refusedUnits }: Settling): void {
  const message = 'It belongs to one step with a change that was refused, and is done together with that or not at all.'
  for (const op of undone) {
    const cause = op.unit === null ? undefined : refusedUnits.get(op.unit)
    if (cause !== undefined) quarantine.refuse(op, { status: 'invalid', code: 'unit_refused', message }, cause)
  }
}
