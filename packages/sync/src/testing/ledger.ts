import { equal } from '../core/equal.ts'
import type { Fields } from '../core/json.ts'
import { atomicGroups, entityKey } from '../core/plan.ts'
import { keys, kindOf } from '../core/records.ts'
import { squash } from '../core/squash.ts'
import type { Batch, Change, Conflict, EntityRef, Op, RecordedChange, Rejected } from '../core/types.ts'
import type { Write } from '../engine/ports.ts'
import { conflictsIn, unaccounted, type ConflictCount } from './simulated-accounts.ts'
import { BaseLedger, type BaseLedgerParts } from './simulated-base-ledger.ts'
import { changeKey, comesToNothing, decidedTogether, isChangeOf, isDoing, isKept, isOfUnit, isSameEdit, ofServer } from './simulated-reasons.ts'
import type { WrittenHow } from './simulated-storage.ts'

export interface LedgerParts extends BaseLedgerParts {
  /** Milliseconds of the true time. */
  readonly now: () => number
}

/**
 * Keeps account of one device's disk: every change that leaves the outbox, and every decision that leaves the lists,
 * must have a reason that can be checked [OB4].
 */
export class Ledger {
  readonly #parts: LedgerParts
  readonly #base: BaseLedger
  readonly #records = new Map<string, unknown>()
  /** Lists of decisions that the person at the device has asked to clear. */
  readonly #decided = new Set<string>()
  /** What the edits of each entity's quantity come to. */
  readonly counted: Map<string, number> = new Map()
  /** Entities of which something was ever refused, or left to a person. */
  readonly disputed: Set<string> = new Set()
  /** Deleted entities that a decision, an undo or a redo may have made again. */
  readonly broughtBack: Set<string> = new Set()
  readonly #inMemory: Change[] = []
  #wasApart = false
  recorded = 0
  conflicts: ConflictCount = { byPolicy: 0, all: 0 }
  /** When each collection began to be held. */
  readonly #heldSince = new Map<string, number>()

  constructor(parts: LedgerParts) {
    this.#parts = parts
    this.#base = new BaseLedger(parts)
  }

  /** A person decides; the record may leave its list. */
  decide(key: string): void {
    this.#decided.add(key)
  }

  /** A record was damaged: of what the server told it is fetched again, a batch is planned anew, a change is lost [OB8]. */
  damage(key: string): void {
    this.#base.damage(key)
    const record = this.#records.get(key)
    const lost = kindOf(key) === 'change' ? [record as RecordedChange] : key === 'batch' ? (record as Batch).ops : []
    for (const { collection, id } of lost) this.disputed.add(entityKey(collection, id))
    // It may have been carried out, and goes out again under another name: also where somebody has deleted the row in between.
    for (const { collection, id, kind } of lost) if (key === 'batch' && kind === 'create') this.broughtBack.add(entityKey(collection, id))
    this.#records.delete(key)
  }

  /** Of a batch that is lost the rest may have gone out by its name, which stands for more then. A change that is on its way lies in the batch as well; which of the two is lost would have to be told apart. */
  mayBeDamaged(key: string): boolean {
    const record = this.#records.get(key)
    if (key === 'batch' && this.#wasApart) return false
    return record !== undefined && (kindOf(key) !== 'change' || (this.#opOf(record as RecordedChange) === undefined && this.#parts.told.opsOf((record as RecordedChange).sequence).length === 0))
  }

  get scopes(): readonly string[] {
    return [...this.#records.keys()].filter((key) => kindOf(key) === 'scope').map((key) => key.slice('scope/'.length))
  }

  get pending(): number {
    return [...this.#records.keys()].filter((key) => key === 'batch' || kindOf(key) === 'change').length
  }

  all(kind: 'conflict'): Conflict[]
  all(kind: 'rejected'): Rejected[]
  all(kind: 'conflict' | 'rejected'): unknown[] {
    return [...this.#records].filter(([key]) => kindOf(key) === kind).map(([, value]) => value)
  }

  /** Changes that a tab holds in memory alone: they count from now on, as they may be sent from there. */
  remember(changes: readonly Change[]): void {
    for (const change of changes) this.#count(change)
    this.#inMemory.push(...changes)
    this.#wasApart = true
  }

  /** That tab has ended: what of them was sent, nobody knows. */
  forget(changes: readonly Change[]): void {
    for (const { collection, id } of changes) this.disputed.add(entityKey(collection, id))
  }

  enter(write: Write, { sequences, makesRoom, isTakenOver }: WrittenHow): void {
    const { puts = [], deletes = [], append = [] } = write
    if (makesRoom) return this.#makeRoom(deletes)
    this.#checkChanges(new Map(puts), { deletes, isTakenOver })
    const settled = this.#settledBy(write)
    // Of a scope that had to make room nothing is stored until it is fetched anew [ST2].
    const isStored = ({ scope, patch }: Op) => [scope, patch['tripId']].every((one) => typeof one !== 'string' || !this.#records.has(keys.evicted(one)))
    const ops = isTakenOver ? { settled: [], sent: this.#parts.told.allSent() } : { settled: settled.filter(isStored), sent: settled }
    this.#base.enter(write, { ...ops, isStored, isTakenOver })
    for (const op of isTakenOver ? [] : settled) {
      const fields = unaccounted(op, this.#parts.told.final(op.opId), puts)
      if (fields.length > 0) this.#parts.complain(`[CO5] nothing tells what became of ${fields.join()} in ${JSON.stringify([op, this.#parts.told.final(op.opId)])}`)
    }
    const { byPolicy, all } = conflictsIn(puts, (key) => this.#records.has(key))
    this.conflicts = { byPolicy: this.conflicts.byPolicy + byPolicy, all: this.conflicts.all + all }
    for (const key of deletes) {
      const needsReason = kindOf(key) === 'conflict' || kindOf(key) === 'rejected'
      const hasReason = this.#isDecided(key) || this.#wentWithScope(key, write) || (isTakenOver && this.#parts.told.wasGone((this.#records.get(key) as Conflict | undefined)?.scope ?? ''))
      if (needsReason && this.#records.has(key) && !hasReason) this.#parts.complain(`[OB4] ${key} left its list and nobody had decided it`)
    }
    const decided = deletes.flatMap((key) => (kindOf(key) === 'rejected' ? ((this.#records.get(key) as Rejected | undefined)?.changes ?? []) : []))
    for (const key of deletes) this.#records.delete(key)
    const torn = this.all('rejected').filter((rejected) => isOfUnit(rejected, atomicGroups(decided)))
    if (torn.length > 0) this.#parts.complain(`[A7] of a unit that was decided this stays in the tray: ${JSON.stringify(torn)}`)
    this.#noteHeld(write)
    for (const [key, value] of puts) {
      if (kindOf(key) === 'rejected' || kindOf(key) === 'conflict') this.#note(value as Rejected | Conflict)
      if (key === 'batch') this.#checkOps((value as Batch).ops, isTakenOver)
      this.#records.set(key, value)
    }
    this.#checkUnits(puts)
    for (const [index, change] of append.entries()) {
      const sequence = sequences[index]!
      this.recorded += 1
      this.#count(change)
      this.#records.set(changeKey(sequence), { ...change, sequence })
    }
  }

  /** What the server told goes, for want of room, and nothing else. */
  #makeRoom(deletes: readonly string[]): void {
    for (const key of deletes) {
      if (!['page', 'scope', 'term', 'trial'].includes(kindOf(key))) this.#parts.complain(`[ST2] ${key} made room`)
      this.#base.damage(key)
      this.#records.delete(key)
    }
  }

  #noteHeld({ puts = [], deletes = [] }: Write): void {
    for (const key of deletes) if (kindOf(key) === 'held') this.#heldSince.delete(key)
    for (const [key] of puts) if (kindOf(key) === 'held' && !this.#heldSince.has(key)) this.#heldSince.set(key, this.#parts.now())
  }

  /** What is refused of a unit takes all of it into the tray: nothing of it goes on by itself [A7]. */
  #checkUnits(puts: readonly (readonly [string, unknown])[]): void {
    if (this.#parts.spared.has('partedUnits')) return
    const refusals = puts.flatMap(([key, value]) => (kindOf(key) === 'rejected' ? [value as Rejected] : []))
    for (const { code, changes } of refusals) {
      const units = new Set(changes.filter(({ group }) => group.atomic).map(({ group }) => group.groupId))
      const left = [...this.#records].filter(([key, value]) => kindOf(key) === 'change' && units.has((value as RecordedChange).group.groupId))
      if (left.length > 0) this.#parts.complain(`[A7] by ${code} a unit is in the tray, but for ${JSON.stringify(left)}`)
    }
  }

  #note(waiting: Rejected | Conflict): void {
    this.disputed.add(entityKey(waiting.collection, waiting.id))
    if ('code' in waiting && waiting.code === '22000') this.#parts.complain(`[PU5] a column of the server was sent: ${JSON.stringify(waiting)}`)
  }

  #count({ collection, id, kind, patch, baseValues, group }: Change): void {
    const isMadeAgain = kind === 'create' && group.cause !== 'edit'
    if (kind === 'delete' || isMadeAgain) this.disputed.add(entityKey(collection, id))
    if (isMadeAgain) this.broughtBack.add(entityKey(collection, id))
    const after = patch['quantity']
    const before = kind === 'create' ? 0 : baseValues['quantity']
    if (kind === 'delete' || typeof after !== 'number' || typeof before !== 'number') return
    const key = entityKey(collection, id)
    // Two tabs that edit it at once: what the second one counted from is not what the first one came to.
    const pending = [...this.#records.values()].filter((record) => isChangeOf(record, { collection, id }))
    const last = pending.findLast((pendingChange) => 'quantity' in pendingChange.patch)
    if (last !== undefined && last.patch['quantity'] !== before) this.disputed.add(key)
    this.counted.set(key, (this.counted.get(key) ?? 0) + after - before)
  }

  /** The ops that leave the batch; each must have its answer [OB3]. */
  #settledBy({ puts = [], deletes = [] }: Write): Op[] {
    const put = puts.find(([key]) => key === 'batch')
    if (put === undefined && !deletes.includes('batch')) return []
    const left = new Set((put?.[1] as Batch | undefined)?.ops.map(({ opId }) => opId))
    const settled = (this.#batch?.ops ?? []).filter(({ opId }) => !left.has(opId))
    for (const op of settled) {
      if (!this.#isAnswered(op)) this.#parts.complain(`[OB3] an op left the batch without an answer: ${JSON.stringify(op)}`)
    }
    return settled
  }

  get #batch(): Batch | undefined {
    return this.#records.get('batch') as Batch | undefined
  }

  #isDecided(key: string): boolean {
    return [...decidedTogether(key, this.all('rejected'))].some((one) => this.#decided.has(one))
  }

  /** The scope is gone for this user: what waited for a decision waits in the tray now, a delete nowhere. */
  #wentWithScope(key: string, { puts = [], deletes = [] }: Write): boolean {
    if (kindOf(key) !== 'conflict' || !this.#records.has(key)) return false
    const { scope, kind, changes } = this.#records.get(key) as Conflict
    const isInTray = puts.some(([name, value]) => kindOf(name) === 'rejected' && equal((value as Rejected).changes, changes))
    return deletes.includes(`scope/${scope}`) && (isInTray || kind === 'delete-edit')
  }

  /** An op carries the last value of each field of its changes, unless that is where the field began [OB5]. */
  #checkOps(ops: readonly Op[], isTakenOver: boolean): void {
    const known = this.#batch?.ops ?? []
    for (const op of ops.filter(({ opId }) => known.every((other) => other.opId !== opId))) {
      const heldSince = this.#heldSince.get(`held/${op.collection}`)
      // Another tab may have planned it before it heard of that, and one that is in memory hears nothing.
      if (!isTakenOver && heldSince !== undefined && this.#parts.now() - heldSince > 1_000) this.#parts.complain(`[E6] ${op.collection} is held, and ${op.id} is planned`)
      const changes = op.sequences.map((sequence) => this.#records.get(changeKey(sequence)) as RecordedChange)
      // What was made and deleted before it was sent is nothing; a change of it that another tab stored later stands alone.
      const rest = changes.slice(changes.findLastIndex((_, place) => squash(changes.slice(0, place + 1)) === null) + 1)
      // An update after the delete is one that was refused earlier and is tried again: the row stays deleted.
      const isDelete = rest.findLast(({ kind }) => kind !== 'update')?.kind === 'delete'
      if (isDelete !== (op.kind === 'delete')) this.#parts.complain(`[OB5] ${op.kind} of ${op.id} carries ${JSON.stringify(changes)}`)
      if (isDelete) continue
      // What a delete took away tells nothing of the row that is made after it.
      const after = changes.slice(changes.findLastIndex(({ kind }) => kind === 'delete') + 1)
      const own = after.slice(Math.max(0, after.findLastIndex(({ kind }) => kind === 'create')))
      const began = Object.assign({}, ...changes.toReversed().map(({ baseValues }) => baseValues)) as Fields
      const ends = Object.assign({}, ...own.map(({ patch }) => patch)) as Fields
      for (const [field, value] of Object.entries(ends)) {
        if (ofServer.has(field) || this.#isCounted(op, field, own)) continue
        if (!equal(op.patch[field] ?? null, value) && !(op.kind === 'update' && equal(began[field] ?? null, value))) {
          this.#parts.complain(`[OB5] ${field} of ${op.id} is not in the op: ${JSON.stringify([op, changes])}`)
        }
      }
    }
  }

  /** A counter goes out as the sum of what its edits add, none of them left out [PU2]. */
  #isCounted(op: Op, field: string, changes: readonly RecordedChange[]): boolean {
    const edits = changes.filter(({ patch }) => Object.hasOwn(patch, field))
    const sum = edits.reduce((added, { patch, baseValues }) => added + Number(patch[field]) - Number(baseValues[field]), 0)
    if (Object.hasOwn(op.add, field) && op.add[field] !== sum) this.#parts.complain(`[PU2] ${field} of ${op.id} adds ${op.add[field]}: ${JSON.stringify([op, changes])}`)
    return Object.hasOwn(op.add, field) || (sum === 0 && !Object.hasOwn(op.patch, field))
  }

  #checkChanges(puts: ReadonlyMap<string, unknown>, { deletes, isTakenOver }: { deletes: readonly string[]; isTakenOver: boolean }): void {
    const leaving = [...deletes, ...puts.keys()].flatMap((key) => {
      const change = kindOf(key) === 'change' ? (this.#records.get(key) as RecordedChange | undefined) : undefined
      return change === undefined || isSameEdit(change, puts.get(key)) ? [] : [change]
    })
    const byEntity = new Map<string, RecordedChange[]>()
    for (const change of leaving) {
      const key = entityKey(change.collection, change.id)
      byEntity.set(key, [...(byEntity.get(key) ?? []), change])
    }
    for (const changes of byEntity.values()) {
      for (const change of changes) {
        const op = this.#opOf(change)
        if (op !== undefined && !this.#isAnswered(op)) this.#parts.complain(`[OB3] a change in flight left the outbox: ${JSON.stringify(change)}`)
      }
      const isDecided = (change: RecordedChange) => isTakenOver && this.#isRefused(change) && deletes.some((key) => kindOf(key) === 'rejected' && this.#isDecided(key))
      const unexplained = changes.filter((change) => !this.#isDone(change, isTakenOver) && !isKept(change, puts) && !isDecided(change))
      const all = isTakenOver ? [...unexplained, ...this.#goneFromMemory(changes[0]!, puts)] : unexplained
      if (unexplained.length === 0 || [unexplained, all, ...(isTakenOver ? [changes] : [])].some(comesToNothing)) continue
      const isEvicted = (isTakenOver || deletes.some((key) => key === `scope/${changes[0]!.scope}`)) && all.at(-1)!.kind === 'delete'
      if (!isEvicted) this.#parts.complain(`[OB4] changes left the outbox without a reason: ${JSON.stringify(unexplained)}`)
    }
  }

  /** What came after in a tab's memory, and does not wait there any more. */
  #goneFromMemory({ collection, id }: EntityRef, puts: ReadonlyMap<string, unknown>): Change[] {
    const waiting = new Set([...puts].flatMap(([key, value]) => (kindOf(key) === 'change' ? [(value as RecordedChange).changeId] : [])))
    return this.#inMemory.filter((change) => change.collection === collection && change.id === id && !waiting.has(change.changeId))
  }

  #opOf({ sequence }: RecordedChange): Op | undefined {
    return this.#batch?.ops.find(({ sequences }) => sequences.includes(sequence))
  }

  #isAnswered({ opId }: Op): boolean {
    return this.#parts.told.final(opId) !== undefined
  }

  /** In memory it went into the tray, and from there with what it hangs on, if that was decided. */
  #isRefused({ sequence }: RecordedChange): boolean {
    return this.#parts.told.opsOf(sequence).some(({ opId }) => this.#parts.told.all(opId).some((answer) => 'code' in answer))
  }

  /** The op that carried the change has an answer by which nothing of it is left to be kept. */
  #isDone(change: RecordedChange, isTakenOver: boolean): boolean {
    const { told } = this.#parts
    const op = this.#opOf(change)
    // Several tabs may have sent it, and only one of them been refused.
    if (isTakenOver && told.opsOf(change.sequence).some(({ opId }) => told.all(opId).some(isDoing))) return true
    return op !== undefined && isDoing(told.final(op.opId))
  }
}
