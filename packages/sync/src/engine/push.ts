import type { Collections } from '../core/collection.ts'
import { isTooHigh, countOutcomes, noOutcomes, type Outcomes } from '../core/error-rate.ts'
import type { SyncEvent } from '../core/events.ts'
import { blame } from '../core/failure.ts'
import { fullLimit, type Limit } from '../core/pace.ts'
import { plan } from '../core/plan.ts'
import { keys } from '../core/records.ts'
import { firstRequest } from '../core/requests.ts'
import { sendable } from '../core/sendable.ts'
import { sizeOf } from '../core/size.ts'
import type { Answer, Batch, Op } from '../core/types.ts'
import { settleAnswers } from './answers.ts'
import { forgetBuried } from './buried.ts'
import { ConflictResolver } from './conflict-resolver.ts'
import { resolutionsIn } from './history.ts'
import type { LocalData } from './local-data.ts'
import { TransportError, type Environment, type Push, type PushResult } from './ports.ts'
import type { ServerClock } from './server-clock.ts'

export interface PushParts {
  readonly user: string
  readonly data: LocalData
  readonly collections: Collections
  readonly environment: Environment
  readonly clock: ServerClock
  readonly push: Push
  /** Throws when the server took the sender for somebody else [ID2]. */
  readonly checkUser: (answered: string) => void
  readonly stopped: () => boolean
  /** The most that a batch may hold. */
  readonly limit: () => Limit
  readonly emit: (event: SyncEvent) => void
}

/** After so many failures in a row of the same request it is cut, as far as it can be. */
const failuresBeforeCut = 2
/** A single change at which the server breaks so many times in a row waits in the tray: the others must go on [OB7]. */
const failuresBeforeRefusal = 8
/** Conflicts in a row that are merged without a pause. */
const clashesBeforeWait = 3
/** The transport's code for an answer that makes no sense. */
const badAnswer = 'bad-answer'

/** Plans batches, and sends them in requests of a size that gets through. */
export class Pusher {
  readonly #parts: PushParts
  readonly #resolver: ConflictResolver
  /** Ops in the next request: fewer after one that did not get through, more again after one that did. */
  #atOnce = fullLimit.ops
  #failures: { readonly request: string; readonly count: number } = { request: '', count: 0 }
  readonly #outcomes = new Map<string, Outcomes>()
  /** Ops that were sent and not answered in a way that can be understood, and how often in a row. */
  #unanswered = new Map<string, number>()
  /** Requests in a row of which every op met a conflict. */
  #clashes = 0

  constructor(parts: PushParts) {
    this.#parts = parts
    const { collections, environment, data } = parts
    this.#resolver = new ConflictResolver({ collections, environment, replica: data.replica, clockOffset: () => parts.clock.offset })
  }

  /** The batch is written down before it is sent: after a crash the same ops go out again [OB3]. */
  async plan(): Promise<void> {
    const { data, collections, environment, limit } = this.#parts
    const { newId } = environment
    const held = new Set(data.replica.held.keys())
    const { ops, undone } = plan(data.replica.outbox.byEntity(), { collections, limit: limit(), newId, held, standing: (change) => data.standing(change) })
    if (ops.length + undone.length === 0) return
    const draft = data.draft()
    if (data.named > 0 && !isAnyNamed(data)) draft.delete(keys.named)
    for (const sequence of undone) draft.finish(sequence)
    const done = new Set(undone)
    for (const sequence of undone) forgetBuried({ ref: data.replica.outbox.get(sequence)!, done }, draft, data.replica)
    // What is left of the last batch is what cannot be sent from here.
    if (ops.length > 0) draft.put(keys.batch, { batchId: newId(), ops: [...(data.replica.batch?.ops ?? []), ...ops] })
    await data.commit(draft.write())
  }

  /** Sends the batch, or as much of it as a request may hold. What is left of it is sent by the next call. */
  async send(): Promise<void> {
    const { data, environment, collections } = this.#parts
    const { replica } = data
    const sentAt = environment.now()
    const ops = firstRequest(sendable(replica.batch, collections), this.#atOnce)
    if (replica.batch === null || ops.length === 0) return
    const result = await this.#request({ ...replica.batch, ops })
    // Too late: the next user may be on screen. The ops stay frozen and are sent again, which does no harm [OB3].
    if (result === 'cut' || this.#parts.stopped()) return
    this.#tell(ops, result.answers, environment.now() - sentAt)
    await this.#settle(result.answers, result)
    this.#atOnce = Math.min(fullLimit.ops, this.#atOnce * 2)
    await this.#giveUpUnanswered(ops, result.answers)
    this.#waitWhenContended(result.answers)
    const sent = new Set(ops.map(({ opId }) => opId))
    if (replica.batch?.ops.some(({ opId }) => sent.has(opId))) {
      throw new TransportError('The server asked to send some changes again.', { kind: 'server', code: 'retry' })
    }
  }

  async #request(batch: Batch): Promise<PushResult | 'cut'> {
    const { user, data, environment, clock, push, checkUser } = this.#parts
    const sentAt = environment.now()
    try {
      const result = await push(batch, { user, device: data.replica.device ?? '', clockOffset: clock.offset, now: sentAt })
      checkUser(result.user)
      clock.heard({ server: result.now, sentAt, heardAt: environment.now() })
      this.#failures = { request: '', count: 0 }
      return result
    } catch (error) {
      if (!(error instanceof TransportError) || this.#parts.stopped() || !(await this.#cut(batch.ops, error))) throw error
      return 'cut'
    }
  }

  /**
   * Makes the next request smaller where that may help, until one op is left that does not get through; that one waits in the
   * tray, and the others go on [OB3]. False: the request is to blame for nothing, and goes out again as it was.
   */
  async #cut(ops: readonly Op[], error: TransportError): Promise<boolean> {
    const fault = error.kind === 'too-large' ? 'size' : blame(error)
    const request = ops.map(({ opId }) => opId).join()
    const count = request === this.#failures.request ? this.#failures.count + 1 : 1
    this.#failures = { request, count }
    const isOne = firstRequest(ops, 1).length === ops.length
    if (fault !== 'service') {
      if (!isOne) this.#atOnce = Math.ceil(ops.length / 2)
      else if (fault === 'changes' || error.kind === 'too-large') await this.#giveUp(ops, error)
      else return this.#giveUpAtLast(ops, error)
      return true
    }
    // A line too slow for the request, or an op at which the server breaks: smaller requests find out. It waits all the same.
    const mayBeTheOp = error.kind === 'network' || (error.kind === 'server' && error.status === 500)
    if (!mayBeTheOp || count < failuresBeforeCut) return false
    if (!isOne) this.#atOnce = Math.ceil(ops.length / 2)
    return isOne && error.kind === 'server' && this.#giveUpAtLast(ops, error)
  }

  async #giveUpAtLast(ops: readonly Op[], error: TransportError): Promise<boolean> {
    if (this.#failures.count < failuresBeforeRefusal) return false
    await this.#giveUp(ops, error)
    return true
  }

  /** A server that never answers an op must not keep the others from being sent. One that asks to wait, by `retry`, is waited for. */
  async #giveUpUnanswered(ops: readonly Op[], answers: readonly Answer[]): Promise<void> {
    const answered = new Set(answers.flatMap((answer) => (answer.status === 'retry' && answer.code === badAnswer ? [] : [answer.opId])))
    const silent = ops.filter(({ opId }) => !answered.has(opId))
    this.#unanswered = new Map(silent.map(({ opId }) => [opId, (this.#unanswered.get(opId) ?? 0) + 1]))
    const hopeless = silent.filter(({ opId }) => (this.#unanswered.get(opId) ?? 0) >= failuresBeforeRefusal)
    const message = 'The server gives this change no answer that can be understood.'
    await this.#giveUp(hopeless, { kind: 'server', code: badAnswer, message })
  }

  /** What is merged goes out again at once. Where others are quicker each time, it waits as after a failure, not to ask in a circle. */
  #waitWhenContended(answers: readonly Answer[]): void {
    // Of a unit one clash is enough for all of it.
    const isClash = answers.length > 0 && answers.every(({ status }) => status === 'conflict' || status === 'deleted' || status === 'undone')
    this.#clashes = isClash ? this.#clashes + 1 : 0
    if (this.#clashes > clashesBeforeWait) throw new TransportError('Others change the same rows faster than they can be merged.', { kind: 'conflict', code: 'contended' })
  }

  async #giveUp(ops: readonly Op[], { kind, code, message }: Pick<TransportError, 'kind' | 'code' | 'message'>): Promise<void> {
    if (ops.length === 0) return
    const reason = { status: 'invalid', code: kind === 'too-large' ? kind : code, message } as const
    await this.#settle(ops.map(({ opId }) => ({ opId, ...reason })))
  }

  /** The epoch is known from the first answer on: a restore before the first pull would pass unnoticed otherwise [PL5]. */
  async #settle(answers: readonly Answer[], { epoch, asOf = 0, advance }: Pick<PushResult, 'epoch' | 'asOf' | 'advance'> = { epoch: null }): Promise<void> {
    const { data, environment, collections, emit } = this.#parts
    const draft = data.draft()
    if (epoch !== null && data.replica.epoch === null) draft.put(keys.epoch, epoch)
    // Of another history it says nothing; the next pull finds out.
    const isSameHistory = epoch === (data.replica.epoch ?? epoch)
    if (isSameHistory && asOf > data.replica.asOf) draft.put(keys.asOf, asOf)
    this.#count(answers)
    for (const [collection, outcomes] of this.#outcomes) {
      if (!isTooHigh(outcomes)) continue
      draft.put(keys.held(collection), { collection, by: 'errors' })
      // When it is released, what went wrong before counts no more [E6].
      this.#outcomes.delete(collection)
    }
    const write = settleAnswers(answers, draft, { collections, replica: data.replica, environment, resolver: this.#resolver, advance: isSameHistory ? advance : undefined })
    const resolutions = resolutionsIn(write.puts)
    await data.commit(write)
    if (resolutions.length > 0) emit({ type: 'resolved', resolutions })
  }

  #count(answers: readonly Answer[]): void {
    const collectionOf = new Map(this.#parts.data.replica.batch?.ops.map(({ opId, collection }) => [opId, collection]))
    for (const { opId, status } of answers) {
      const collection = collectionOf.get(opId)
      if (collection === undefined || status === 'retry' || status === 'undone') continue
      const bad = isRefusal(status) ? 1 : 0
      this.#outcomes.set(collection, countOutcomes(this.#outcomes.get(collection) ?? noOutcomes, { good: 1 - bad, bad }))
    }
  }

  #tell(ops: readonly Op[], answers: readonly Answer[], milliseconds: number): void {
    const { emit } = this.#parts
    const bytes = ops.reduce((sum, op) => sum + sizeOf(op), 0)
    const changes = ops.reduce((sum, { sequences }) => sum + sequences.length, 0)
    const conflicts = answers.filter(({ status }) => status === 'conflict' || status === 'deleted').length
    const refused = answers.filter(({ status }) => isRefusal(status)).length
    emit({ type: 'pushed', ops: ops.length, changes, bytes, milliseconds, conflicts, refused })
  }
}

const isRefusal = (status: Answer['status']): boolean => status === 'forbidden' || status === 'invalid' || status === 'not_found'

/** Something is left that goes by its name (core/naming.ts). */
function isAnyNamed({ named, replica: { outbox, batch } }: LocalData): boolean {
  const waiting = [...outbox.byEntity()].flatMap((changes) => changes.map(({ sequence }) => sequence))
  return [...waiting, ...(batch?.ops ?? []).flatMap(({ sequences }) => sequences)].some((sequence) => sequence <= named)
}
