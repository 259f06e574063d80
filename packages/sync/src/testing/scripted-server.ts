import type { Answer, Batch, Op } from '../core/types.ts'
import type { PullPage, PullRequest, PushResult, Transport } from '../engine/ports.ts'

/** A server that does as the test says and remembers what it was asked. It applies everything and has no news unless told otherwise. */
export interface ScriptedServer extends Transport {
  readonly pushes: (readonly Op[])[]
  readonly pulls: PullRequest[]
  onPush: (batch: Batch) => Promise<PushResult>
  onPull: (request: PullRequest) => Promise<PullPage | 'unchanged'>
}

export function scriptedServer(): ScriptedServer {
  const server: ScriptedServer = {
    pushes: [],
    pulls: [],
    onPush: (batch) => Promise.resolve(pushResult(batch.ops.map(applied))),
    onPull: () => Promise.resolve(pageOf()),
    push: (batch) => {
      server.pushes.push(batch.ops)
      return server.onPush(batch)
    },
    pull: (request) => {
      server.pulls.push(request)
      return server.onPull(request)
    },
  }
  return server
}

export const applied = ({ opId, baseVersion }: Op): Answer => ({ opId, status: 'applied', version: (baseVersion ?? 0) + 1 })

export const pushResult = (answers: readonly Answer[], user: string = 'ann'): PushResult => ({ user, epoch: 'epoch-1', asOf: 1, now: 1_000_000, answers })

/** A page of a pull that ends it; empty unless told otherwise. */
export const pageOf = (given: Partial<PullPage> = {}): PullPage => ({
  user: 'ann',
  epoch: 'epoch-1',
  asOf: 1,
  schema: 'schema-1',
  now: 1_000_000,
  etag: null,
  more: false,
  cursors: {},
  partial: [],
  reset: [],
  behind: [],
  gone: [],
  rows: [],
  deleted: [],
  checksums: null,
  ...given,
})
