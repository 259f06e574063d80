import type { Answer, Batch, Op } from '../core/types.ts'
import type { PullPage, PullRequest, PushResult, Sender } from '../engine/ports.ts'
import { pullPage } from './memory-pull.ts'
import { applyOp, rowOfServer, visible } from './memory-push.ts'
import { MemoryTables } from './memory-tables.ts'

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
    const undecided = this.#parts.undecidedFrom(batch.ops) ?? batch.ops.length
    const answers = this.tables.commit(() =>
      batch.ops.map((op, place) => {
        this.#checkFrozen(op)
        const answer = place >= undecided ? undecidedOf(op) : this.#answer(op, { user, time: Math.min(op.time + clockOffset, now) })
        this.answered.set(op.opId, (this.answered.get(op.opId) ?? new Set()).add(answer.status))
        return answer
      }),
    )
    return { user, now, answers }
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
    const answer = applyOp(this.tables, op, pusher)
    if (answer.status === 'applied' || answer.status === 'merged') this.done.add(name)
    return answer
  }

  /** The ops of a batch are the same each time that they are sent [OB3]. */
  #checkFrozen(op: Op): void {
    const { opId, kind, patch, baseValues, baseVersion } = op
    const content = JSON.stringify([kind, patch, baseValues, baseVersion])
    const before = this.#frozen.get(opId) ?? content
    if (before !== content) this.complaints.push(`[OB3] the op ${opId} was sent as ${before} and then as ${content}`)
    this.#frozen.set(opId, content)
  }
}

const undecidedOf = ({ opId }: Op): Answer => ({ opId, status: 'retry', code: '40P01', message: 'Not decided.' })
