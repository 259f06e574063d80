import { createClient } from '@supabase/supabase-js'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { onTestFinished } from 'vitest'
import type { Transport } from '../engine/ports.ts'
import { supabaseRefresh } from '../supabase/session.ts'
import { Tables } from '../supabase/tables.ts'
import { supabaseTransport } from '../supabase/transport.ts'
import type { WireOp } from '../supabase/wire.ts'
import type { grouped } from '../supabase/wire-groups.ts'
import { singleOps } from './single-ops.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'

/** What comes back for a push. `carryOut` does what is asked and makes the answer, which may then be lost or spoilt. */
export type Reply = (request: { readonly ops: readonly WireOp[]; readonly token: string | null; readonly carryOut: () => WireResult }) => Response | Promise<Response>

/** What comes back for a pull. `page`: a result that ends it and has no news, unless told otherwise. */
export type PullReply = (page: (given?: object) => object) => Response

interface WireResult {
  readonly user: string
  readonly now: string
  readonly answers: readonly { readonly op_id: string; readonly status: string }[]
}

export interface ServedDevice extends TestEngine {
  /** The ops of each request to push, as they came over the wire. */
  readonly pushes: readonly (readonly WireOp[])[]
  /** The requests to pull. */
  readonly pulls: readonly object[]
  /** Ids of the ops that took effect, each time that one did. */
  readonly effects: readonly string[]
  /** How often the session was renewed. */
  readonly refreshes: () => number
  /** The coming pushes are answered so, one each; those after them are carried out. */
  readonly replies: Reply[]
  /** The coming pulls are answered so, one each; those after them have no news. */
  readonly pullReplies: PullReply[]
  /** Requests under way take too long: they are given up, as after 20 s. */
  readonly timeOut: () => void
  /** An item that is new on the device. */
  readonly add: (id: string) => void
}

const url = 'http://supabase.test'
const tables = new Tables(['trips', 'people', 'items'].map((name) => ({ collection: name, table: name, scopeField: name === 'trips' ? 'id' : 'tripId', columns: {} })))

const emptyPage = { user: 'ann', epoch: 'epoch-1', as_of: 1, schema: 's', etag: null, more: false, scopes: {}, partial: [], reset: [], behind: [], gone: [], rows: {}, deleted: [], checksums: null }

/** A real engine of Ann with an unmodified client of Supabase, before a server that fails as told, by real requests and answers. */
export async function openServedDevice(): Promise<ServedDevice> {
  const pushes: (readonly WireOp[])[] = []
  const pulls: object[] = []
  const effects: string[] = []
  const replies: Reply[] = []
  const pullReplies: PullReply[] = []
  const done = new Set<string>()
  let refreshes = 0
  let givingUp = new AbortController()
  const { environment, following } = environmentWithRequests()

  const serverTime = () => new Date(environment.now()).toISOString()
  const page = (given: object = {}) => ({ ...emptyPage, now: serverTime(), ...given })
  const carryOut = (ops: readonly WireOp[]): WireResult => {
    const answers = ops.map(({ op_id, id, scope, patch, base_version }) => {
      const version = (base_version ?? 0) + 1
      if (done.has(op_id)) return { op_id, status: 'duplicate', version, row: { id, trip_id: scope, sync_version: version, ...patch } }
      done.add(op_id)
      effects.push(op_id)
      return { op_id, status: 'applied', version }
    })
    return { user: 'ann', now: serverTime(), answers }
  }
  const server = setupServer(
    http.post(`${url}/auth/v1/token`, ({ request }) => {
      if (request.url.includes('refresh_token')) refreshes += 1
      return HttpResponse.json({ access_token: `token-${refreshes}`, refresh_token: 'r', token_type: 'bearer', expires_in: 3_600, user: { id: 'ann' } })
    }),
    http.post<never, { ops: ReturnType<typeof grouped> }>(`${url}/rest/v1/rpc/sync_push`, async ({ request }) => {
      const ops = singleOps((await request.json()).ops)
      pushes.push(ops)
      const reply = replies.shift()
      return reply === undefined ? HttpResponse.json(carryOut(ops)) : reply({ ops, token: request.headers.get('authorization'), carryOut: () => carryOut(ops) })
    }),
    http.all<never, { request: object }>(`${url}/rest/v1/rpc/sync_pull`, async ({ request }) => {
      const text = new URL(request.url).searchParams.get('request')
      pulls.push(text === null ? (await request.json()).request : (JSON.parse(text) as object))
      return pullReplies.shift()?.(page) ?? HttpResponse.json(page())
    }),
  )
  server.listen({ onUnhandledFrame: 'error' })
  onTestFinished(() => server.close())

  const supabase = createClient(url, 'anon-key', { auth: { persistSession: false, autoRefreshToken: false } })
  await supabase.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })
  const { push, pull } = supabaseTransport(supabase, tables, { giveUp: () => givingUp.signal })
  const transport: Transport = { push: following(push), pull: following(pull) }
  const device = await openTestEngine({ environment, parts: { transport, refreshSession: following(supabaseRefresh(supabase)) } })
  return {
    ...device,
    pushes,
    pulls,
    effects,
    refreshes: () => refreshes,
    replies,
    pullReplies,
    timeOut: () => {
      givingUp.abort(new DOMException('It took too long.', 'TimeoutError'))
      givingUp = new AbortController()
    },
    add: (id) => device.engine.record({ edits: [{ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } }], atomic: false }),
  }
}

/** Time stands still while a request that is followed is under way: it is real, and has its answer before anything else happens. */
function environmentWithRequests() {
  const underWay = new Set<Promise<unknown>>()
  const settle = async () => {
    do {
      await Promise.allSettled(underWay)
      await new Promise<void>((resolve) => setTimeout(resolve))
    } while (underWay.size > 0)
  }
  const environment = fakeEnvironment(1_000_000, settle)
  const following =
    <Given extends readonly unknown[], Result>(request: (...given: Given) => Promise<Result>) =>
    (...given: Given): Promise<Result> => {
      const answer = request(...given)
      underWay.add(answer)
      const end = () => underWay.delete(answer)
      answer.then(end, end)
      return answer
    }
  return { environment, following }
}
