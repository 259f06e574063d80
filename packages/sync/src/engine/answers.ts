import type { Collections } from '../core/collection.ts'
import { entityKey } from '../core/plan.ts'
import { firstCursor, keys } from '../core/records.ts'
import type { Answer, Op, RecordedChange, Row } from '../core/types.ts'
import type { ConflictResolver, Outcome } from './conflict-resolver.ts'
import type { Draft } from './draft.ts'
import type { Environment, PushResult, Write } from './ports.ts'
import { Quarantine } from './quarantine.ts'
import type { Replica } from './replica.ts'

export interface AnswerParts {
  readonly collections: Collections
  readonly replica: Replica
  readonly environment: Environment
  readonly resolver: ConflictResolver
  /** Of the push's result; absent: it may not be used. */
  readonly advance?: PushResult['advance'] | undefined
}

/**
 * What the answers to a batch change on the device, as one write: rows, outbox and what is left of the batch move together,
 * so that a crash in between loses nothing and repeats nothing. Ops without a final answer stay in the batch, frozen [OB3].
 */
export function settleAnswers(answers: readonly Answer[], draft: Draft, parts: AnswerParts): Required<Write> {
  const batch = parts.replica.batch
  if (batch === null) return draft.write()
  const settling: Settling = { ...parts, draft, quarantine: new Quarantine({ ...parts, draft }), refusedUnits: new Map(), merged: [] }
  const byOp = new Map(answers.map((answer) => [answer.opId, answer]))
  const hopeless = unitsRefused(batch.ops, byOp)
  const undone: Op[] = []
  const open = batch.ops.filter((op) => {
    const answer = byOp.get(op.opId)
    if (answer === undefined || answer.status === 'retry') return true
    const isHopeless = op.unit !== null && hopeless.has(op.unit) && !isRefusal(answer)
    // What the answer tells of the row holds all the same.
    if (isHopeless && answer.status === 'conflict') draft.putRow(answer.row)
    if (isHopeless && answer.status === 'deleted') draft.removeRow(op)
    if (isHopeless) followScope(op, draft, settling.replica)
    if (answer.status === 'undone' || isHopeless) undone.push(op)
    else settle(op, answer, settling)
    return false
  })
  settleUndone(undone, settling)
  followUnits(settling)
  if (answers.every((answer) => isKnownFrom(answer, batch.ops, parts.replica))) advanceCursors(settling)
  if (open.length > 0) draft.put(keys.batch, { ...batch, ops: open })
  else draft.delete(keys.batch)
  return draft.write()
}

/** Units of which an op was refused for good: what others of their ops met need not be decided, as all of it waits in the tray. */
function unitsRefused(ops: readonly Op[], answers: ReadonlyMap<string, Answer>): ReadonlySet<string> {
  return new Set(ops.flatMap(({ opId, unit }) => (unit !== null && isRefusal(answers.get(opId)) ? unit : [])))
}

const isRefusal = (answer: Answer | undefined): boolean => answer?.status === 'forbidden' || answer?.status === 'invalid' || answer?.status === 'not_found'

interface Settling extends AnswerParts {
  readonly draft: Draft
  readonly quarantine: Quarantine
  /** Unit -> id of the refusal that held it up. */
  readonly refusedUnits: Map<string, string>
  /** Ops of units that met a conflict which was decided. */
  readonly merged: Op[]
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

/** Done; and what an update has changed is a row that the device holds as the server did, whole. */
function isKnownFrom({ opId, status }: Answer, ops: readonly Op[], replica: Replica): boolean {
  const op = ops.find((one) => one.opId === opId)
  if (op === undefined || status === 'merged') return op !== undefined
  const row = replica.row(op)
  return status === 'applied' && (op.kind !== 'update' || (row?.version === op.baseVersion && row?.partial !== true))
}

/** Nothing lies between but what the answers tell: it need not be pulled [S7]. A cursor that stands elsewhere, or a scope of which rows are still to come, stays. */
function advanceCursors({ advance = {}, draft, replica }: Settling): void {
  for (const [scope, [from, to]] of Object.entries(advance)) {
    const known = replica.scopes.get(scope)
    if (known?.cursor === from && known.unseen === undefined) draft.put(keys.scope(scope), { scope, cursor: to })
  }
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
  const fields = { ...row?.fields, ...patch }
  const named = fields[scopeField]
  // The op says where the entity was when it was edited; it may have moved since.
  const isPartial = row === undefined || row.partial === true
  return { collection, id, scope: typeof named === 'string' ? named : (row?.scope ?? scope), version, fields, ...(isPartial && { partial: true }) }
}

function confirm(op: Op, draft: Draft): void {
  for (const sequence of op.sequences) draft.finish(sequence)
}

/** What the policy `reject` set aside, or of a unit what only a person could decide: to retry it is to overrule the server. */
function overrule(op: Op, outcome: Outcome, { draft, replica, quarantine, refusedUnits, merged }: Settling): void {
  if (outcome.is === 'settled') {
    if (op.unit !== null) merged.push(op)
    return
  }
  const { change, fields } = outcome
  const what = fields.length > 0 ? fields.join(', ') : 'this'
  const message = `Somebody else changed ${what} in the meantime, and that stays. Retry to put your values in its place, or discard them.`
  const reason = { status: 'conflict', code: op.unit === null ? 'policy_reject' : 'unit_conflict', message } as const
  if (op.unit === null) return void quarantine.shelve([change], reason)
  const later = laterThan(op, { replica, quarantine })
  for (const sequence of op.sequences) draft.delete(keys.change(sequence))
  refusedUnits.set(op.unit, quarantine.keep([change, ...later], reason))
}

const unitRefused = { status: 'invalid', code: 'unit_refused', message: 'It belongs to one step with a change that was refused, and is done together with that or not at all.' } as const

/** Another op of their unit was not applied. Refused for good, it takes them with it; else they are planned anew together. */
function settleUndone(undone: readonly Op[], settling: Settling): void {
  for (const op of undone) {
    const cause = op.unit === null ? undefined : settling.refusedUnits.get(op.unit)
    if (cause === undefined) rename(op, settling)
    else settling.quarantine.refuse(op, unitRefused, cause)
  }
}

/** Under the name that follows from its changes (core/naming.ts) the server may refuse it for ever [PU1]. */
function rename({ opId, sequences }: Op, { draft, replica, environment }: Settling): void {
  const last = replica.outbox.get(sequences.at(-1)!)
  if (last?.changeId === opId) draft.put(keys.change(last.sequence), { ...last, changeId: environment.newId() })
}

/** What was decided of a unit goes with it into the tray, where another of its ops needs a person. */
function followUnits({ merged, refusedUnits, draft, replica, quarantine }: Settling): void {
  for (const op of merged) {
    const cause = op.unit === null ? undefined : refusedUnits.get(op.unit)
    const left = draft.staged(keys.change(op.sequences[0]!)) as RecordedChange | undefined
    if (cause !== undefined && left !== undefined) quarantine.keep([left, ...laterThan(op, { replica, quarantine })], unitRefused, cause)
  }
}

/** Later changes of the row, which stand on the op's. */
function laterThan(op: Op, { replica, quarantine }: Pick<Settling, 'replica' | 'quarantine'>): RecordedChange[] {
  const changes = replica.outbox.recordedOf(entityKey(op.collection, op.id))
  return changes.filter((change) => !op.sequences.includes(change.sequence) && !quarantine.hasTaken(change))
}
