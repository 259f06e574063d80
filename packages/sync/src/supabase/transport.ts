import { isAuthRetryableFetchError, type PostgrestSingleResponse, type SupabaseClient } from '@supabase/supabase-js'
import { classify } from '../core/failure.ts'
import { TransportError, type Transport } from '../engine/ports.ts'
import { orGiveUp, Patience } from './give-up.ts'
import { advanceIn, isPullResult, isPushResult, sound } from './results.ts'
import { listenForRetryAfter } from './retry-after.ts'
import { forgetFailedRenewal } from './session.ts'
import type { Tables } from './tables.ts'
import { grouped } from './wire-groups.ts'
import { fromWireAnswer, fromWirePull, toWireOp } from './wire.ts'

export interface TransportSettings {
  /** Makes the signal that ends a request; it is told after how many milliseconds, which grow with how long requests take [C13]. */
  readonly giveUp?: (milliseconds: number) => AbortSignal
  /** Default: false. See `SyncOptions`. */
  readonly readReplicas?: boolean
}

/** Push and pull as two rpc calls of an unmodified client. */
export function supabaseTransport(supabase: SupabaseClient, tables: Tables, { giveUp, readReplicas = false }: TransportSettings = {}): Transport {
  const patience = new Patience(giveUp)
  return {
    push: (batch, { user, device, ...clock }) =>
      patience.during(async (signal) => {
        await checkSession(supabase, { user, signal })
        const ops = grouped(batch.ops.map((op) => toWireOp(op, tables, clock)))
        const result = await call(supabase, { name: 'sync_push', parameters: { ops, device }, isResult: isPushResult, signal })
        const sent = new Map(batch.ops.map((op) => [op.opId, op]))
        const answers = result.answers.flatMap((answer) => {
          const op = sent.get(answer.op_id)
          return op === undefined ? [] : [sound(fromWireAnswer(answer, op, tables), op)]
        })
        return { user: result.user, epoch: result.epoch ?? null, ...(result.as_of !== undefined && { asOf: result.as_of }), ...(answers.length === batch.ops.length && { advance: advanceIn(result) }), now: Date.parse(result.now), answers }
      }),
    pull: ({ user, cursors, etag, only, limit, check = false }) =>
      patience.during(async (signal) => {
        await checkSession(supabase, { user, signal })
        const request = { ...(cursors !== null && { cursors }), ...(etag !== null && { etag }), ...(only && { only }), ...(limit !== undefined && { limit }), ...(check && { check: tables.names }) }
        const result = await call(supabase, { name: 'sync_pull', ...(readReplicas ? inUrl(request) : { parameters: { request } }), isResult: isPullResult, signal })
        return 'unchanged' in result ? 'unchanged' : fromWirePull(result, tables)
      }),
  }
}

/** Another tab may have signed somebody else in: the client would send their token with this user's changes [ID2]. */
async function checkSession(supabase: SupabaseClient, { user, signal }: { readonly user: string; readonly signal: AbortSignal }): Promise<void> {
  forgetFailedRenewal(supabase)
  const { data, error } = await orGiveUp(supabase.auth.getSession(), signal)
  if (data.session?.user.id === user) return
  if (isAuthRetryableFetchError(error)) throw new TransportError('The session could not be renewed for want of a network.', { kind: 'network', code: 'refresh', cause: error })
  throw new TransportError('Nobody is signed in as the user whose changes wait.', { kind: 'auth', code: 'wrong-user', cause: error })
}

/** Characters of a request in a URL: 2,000 in all pass everywhere. */
const longestInUrl = 1_500

/** By GET, so that a read replica may answer; as JSON, because what is no text has no form of its own in a URL [C11]. */
function inUrl(request: object): Pick<Call<unknown>, 'parameters' | 'get'> {
  const text = JSON.stringify(request)
  return new URLSearchParams({ text }).toString().length > longestInUrl ? { parameters: { request } } : { parameters: { request: text }, get: true }
}

interface Call<Result> {
  readonly name: string
  readonly parameters: object
  readonly get?: boolean
  readonly isResult: (data: unknown) => data is Result
  readonly signal: AbortSignal
}

/** One request: when to send it again is the loop's decision. What postgrest-js repeats of its own is GETs, unless told not to, and not in all versions. */
async function call<Result>(supabase: SupabaseClient, { name, parameters, get = false, isResult, signal }: Call<Result>): Promise<Result> {
  const request = supabase.rpc(name, parameters, { get }).abortSignal(signal)
  if (typeof Reflect.get(request, 'retry') === 'function') request.retry(false)
  const retryAfter = listenForRetryAfter(request)
  const response: PostgrestSingleResponse<unknown> = await request
  const { data, error, status } = response
  if (status >= 200 && status < 300) {
    if (error === null && isResult(data)) return data
    const message = `${name} was answered with something that is not its result, as by the login page of a network.`
    throw new TransportError(message, { kind: 'server', code: 'bad-answer', status, cause: error })
  }
  // What stands between device and server answers in forms of its own: with a number for a code, or none.
  const code = typeof error?.code === 'string' && error.code !== '' ? error.code : String(status)
  const message = `${name} failed: ${error?.message ?? status}`
  throw new TransportError(message, { kind: classify({ status, code }), code, status, retryAfter: retryAfter(), cause: error })
}
