import { firstRequest } from '../core/requests.ts'
import type { Answer, Batch, Op } from '../core/types.ts'
import type { PullPage, PullRequest, PushResult, Sender } from '../engine/ports.ts'
import { pullPage } from './memory-pull.ts'
import { applyOp, rowOfServer, visible } from './memory-push.ts'
import { countingIn, refuseAgain } from './memory-refusals.ts'
import { MemoryTables } from './memory-tables.ts'
import { advanceOf } from './memory-advance.ts'
import { applyUnit, isDone, scattered, scatteredIn, sectionsOf } from './memory-units.ts'

export interface MemoryServerParts {
  /** The server's clock. */
  readonly now: () => number
  /** Told of each scope that a commit wrote to. */
  readonly onCommit: (scope: string, number: number) => void
  /** The most rows in a page of a pull. */
  readonly pageLimit: () => number
  /** Ops from this place on are answered `retry`, as after a deadlock; `null`: none. */
  readonly undecidedFrom: (ops: readonly Op[]) => number | null
}

/** The server's half of the wire, in memory, at the engine's port. Trips, people and items, shared by role. */
export class MemoryServer {
  readonly tables: MemoryTables
  /** What each op was ever answered, the lost answers included. */
  readonly answered: Map<string, Set<Answer['status']>> = new Map()
  /** Broken promises of the clients. */
  readonly complaints: string[] = []
  /** What took effect, by user and op id [PU1]. */
  readonly done: Set<string> = new Set()
  /** Names this history of the tables; whoever restores an older state must change it [PL5]. */
  epoch = 'epoch'
  readonly #parts: MemoryServerParts
  /** What ops that count were told first, by user and op id. */
  readonly #refused = new Map<string, Answer>()
  readonly #frozen = new Map<string, string>()

  constructor(parts: MemoryServerParts) {
    this.#parts = parts
    this.tables = new MemoryTables(parts.onCommit)
  }

  push(batch: Batch, { user, clockOffset }: Sender): PushResult {
    const now = this.#parts.now()
    // A unit is decided as a whole, or not at all [A7].
    const decided = firstRequest(batch.ops, this.#parts.undecidedFrom(batch.ops) ?? batch.ops.length)
    const undecided = new Set(batch.ops.slice(decided.length))
    const sections = sectionsOf(batch.ops)
    const apart = scatteredIn(sections)
    const counting = countingIn(batch.ops)
    const late = new Set(batch.ops.filter(({ opId }) => this.#refused.has(`${user}/${opId}`)))
    const tryOp = (op: Op): Answer => (undecided.has(op) ? undecidedOf(op) : this.#answer(op, { user, time: Math.min(op.time + clockOffset, now) }))
    const tryAll = (ops: readonly Op[]): readonly Answer[] => {
      const unit = ops[0]?.unit ?? null
      if (unit === null) return ops.map(tryOp)
      return apart.has(unit) ? ops.map(scattered) : applyUnit(this.tables, { ops, answer: tryOp }, { user })
    }
    for (const op of batch.ops) this.#checkFrozen(op)
    const given = this.tables.commit(() => sections.flatMap((ops) => tryAll(ops).map((answer) => this.#noted(answer, { user, counting }))))
    // With the rows as they are after all that the push has done, and all of it that was taken back.
    const answers = given.map((answer, place) => {
      const op = batch.ops[place]!
      return late.has(op) && answer.status !== 'retry' ? (this.#refusedAgain(op, user) ?? answer) : answer
    })
    return { user, epoch: this.epoch, asOf: this.tables.commits, now, answers, advance: advanceOf(this.tables, batch.ops, answers) }
  }

  pull(request: PullRequest): PullPage | 'unchanged' {
    return pullPage(this.tables, request, { limit: Math.min(request.limit ?? 2_000, this.#parts.pageLimit()), now: this.#parts.now(), epoch: this.epoch })
  }

  #answer(op: Op, pusher: { user: string; time: number }): Answer {
    const name = `${pusher.user}/${op.opId}`
    if (this.done.has(name)) {
      const row = visible(this.tables, op, pusher)
      return { opId: op.opId, status: 'duplicate', row: row === undefined ? null : rowOfServer(row) }
    }
    return this.#refusedAgain(op, pusher.user) ?? applyOp(this.tables, op, pusher)
  }

  #refusedAgain(op: Op, user: string): Answer | null {
    const first = this.#refused.get(`${user}/${op.opId}`)
    return first === undefined ? null : refuseAgain(this.tables, { op, first }, { user })
  }

  /** Not before a unit has been tried to its end: it may have been taken back. */
  #noted(answer: Answer, { user, counting }: { user: string; counting: ReadonlySet<string> }): Answer {
    const { opId, status } = answer
    const name = `${user}/${opId}`
    this.answered.set(opId, (this.answered.get(opId) ?? new Set()).add(status))
    if (isDone(status)) this.done.add(name)
    else if (counting.has(opId) && status !== 'duplicate' && status !== 'retry' && !this.#refused.has(name)) this.#refused.set(name, answer)
    return answer
  }

  /** The ops of a batch are the same each time that they are sent [OB3]. */
  #checkFrozen(op: Op): void {
    const { opId, kind, patch, add, unit, baseValues, baseVersion } = op
    const content = JSON.stringify([kind, patch, add, unit, baseValues, baseVersion])
    const before = this.#frozen.get(opId) ?? content
    if (before !== content) this.complaints.push(`[OB3] the op ${opId} was sent as ${before} and then as ${content}`)
    this.#frozen.set(opId, content)
  }
}

const undecidedOf = ({ opId }: Op): Answer => ({ opId, status: 'retry', code: '40P01', message: 'Not decided.' })
