import type { Answer, Batch, Op } from '../core/types.ts'
import type { PullPage, PullRequest, PushResult, Sender } from '../engine/ports.ts'
import { pullPage } from './memory-pull.ts'
import { applyOp, rowOfServer, visible } from './memory-push.ts'
import { MemoryTables } from './memory-tables.ts'
import { applyUnit, isDone, scattered, scatteredIn, sectionsOf } from './memory-units.ts'

export interface MemoryServerParts {
  /** The server's clock. */
  readonly now: () => number
  /** Told of each scope that a commit wrote to. */
  readonly onCommit: (scope: string) => void
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
  readonly #frozen = new Map<string, string>()

  constructor(parts: MemoryServerParts) {
    this.#parts = parts
    this.tables = new MemoryTables(parts.onCommit)
  }

  push(batch: Batch, { user, clockOffset }: Sender): PushResult {
    const now = this.#parts.now()
    const undecided = new Set(batch.ops.slice(this.#parts.undecidedFrom(batch.ops) ?? batch.ops.length))
    const sections = sectionsOf(batch.ops)
    const apart = scatteredIn(sections)
    const tryOp = (op: Op): Answer => (undecided.has(op) ? undecidedOf(op) : this.#answer(op, { user, time: Math.min(op.time + clockOffset, now) }))
    const tryAll = (ops: readonly Op[]): readonly Answer[] => {
      const unit = ops[0]?.unit ?? null
      if (unit === null) return ops.map(tryOp)
      return apart.has(unit) ? ops.map(scattered) : applyUnit(this.tables, { ops, answer: tryOp }, { user })
    }
    for (const op of batch.ops) this.#checkFrozen(op)
    const answers = this.tables.commit(() => sections.flatMap((ops) => tryAll(ops).map((answer) => this.#noted(answer, user))))
    return { user, epoch: this.epoch, now, answers }
  }

  pull(request: PullRequest): PullPage | 'unchanged' {
    return pullPage(this.tables, request, { limit: this.#parts.pageLimit(), now: this.#parts.now(), epoch: this.epoch })
  }

  #answer(op: Op, pusher: { user: string; time: number }): Answer {
    const name = `${pusher.user}/${op.opId}`
    if (this.done.has(name)) {
      const row = visible(this.tables, op, pusher)
      return { opId: op.opId, status: 'duplicate', row: row === undefined ? null : rowOfServer(row) }
    }
    return applyOp(this.tables, op, pusher)
  }

  /** Not before a unit has been tried to its end: it may have been taken back. */
  #noted(answer: Answer, user: string): Answer {
    const { opId, status } = answer
    this.answered.set(opId, (this.answered.get(opId) ?? new Set()).add(status))
    if (isDone(status)) this.done.add(`${user}/${opId}`)
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
