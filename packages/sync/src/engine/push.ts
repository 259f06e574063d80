import type { Collections } from '../core/collection.ts'
import { plan } from '../core/plan.ts'
import { keys } from '../core/records.ts'
import type { Answer, Batch, Op } from '../core/types.ts'
import { settleAnswers } from './answers.ts'
import { ConflictResolver } from './conflict-resolver.ts'
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
}

/** The most ops in a batch and in a request: what the server takes at once. */
const mostOps = 1_000

/** Plans batches, and sends them in requests of a size that gets through. */
export class Pusher {
  readonly #parts: PushParts
  readonly #resolver: ConflictResolver
  /** Ops in the next request: fewer after one that was too large, more again after one that was not. */
  #atOnce = mostOps

  constructor(parts: PushParts) {
    this.#parts = parts
    const { collections, environment, data } = parts
    this.#resolver = new ConflictResolver({ collections, environment, replica: data.replica, clockOffset: () => parts.clock.offset })
  }

  /** The batch is written down before it is sent: after a crash the same ops go out again [OB3]. */
  async plan(): Promise<void> {
    const { data, collections, environment } = this.#parts
    const { newId } = environment
    const { ops, undone } = plan(data.replica.outbox.byEntity(), { collections, limit: mostOps, newId })
    const draft = data.draft()
    for (const sequence of undone) draft.delete(keys.change(sequence))
    if (ops.length > 0) draft.put(keys.batch, { batchId: newId(), ops })
    await data.commit(draft.write())
  }

  /** Sends the batch, or as much of it as a request may hold. What is left of it is sent by the next call. */
  async send(): Promise<void> {
    const { replica } = this.#parts.data
    if (replica.batch === null) return
    const ops = replica.batch.ops.slice(0, this.#atOnce)
    const result = await this.#request({ ...replica.batch, ops })
    // Too late: the next user may be on screen. The ops stay frozen and are sent again, which does no harm [OB3].
    if (result === 'cut' || this.#parts.stopped()) return
    await this.#settle(result.answers)
    this.#atOnce = Math.min(mostOps, this.#atOnce * 2)
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
      return result
    } catch (error) {
      if (!(error instanceof TransportError) || error.kind !== 'too-large') throw error
      await this.#cut(batch.ops, error)
      return 'cut'
    }
  }

  /** Halves the request until it gets through; one op that never does waits in the tray, and the others go on. */
  async #cut(ops: readonly Op[], { message }: TransportError): Promise<void> {
    this.#atOnce = Math.ceil(ops.length / 2)
    const [only] = ops
    if (ops.length === 1 && only !== undefined) await this.#settle([{ opId: only.opId, status: 'invalid', code: 'too-large', message }])
  }

  async #settle(answers: readonly Answer[]): Promise<void> {
    const { data, environment, collections } = this.#parts
    await data.commit(settleAnswers(answers, data.draft(), { collections, replica: data.replica, environment, resolver: this.#resolver }))
  }
}
