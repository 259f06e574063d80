import { isAuthRetryableFetchError, type PostgrestSingleResponse, type SupabaseClient } from '@supabase/supabase-js'
import { classify } from '../core/failure.ts'
import { TransportError, type Transport } from '../engine/ports.ts'
import type { Tables } from './tables.ts'
import { fromWireAnswer, fromWirePull, toWireOp, type WirePull, type WirePush } from './wire.ts'

/** Milliseconds after which a request counts as lost. Supabase ends a statement of a signed-in user after 8 s. */
const timeout = 20_000

/** Push and pull as two rpc calls of an unmodified client. */
export function supabaseTransport(supabase: SupabaseClient, tables: Tables): Transport {
  return {
    push: async (batch, { user, device, clockOffset }) => {
      await checkSession(supabase, user)
      const ops = batch.ops.map((op) => toWireOp(op, tables, clockOffset))
      const result = await call<WirePush>(supabase, 'sync_push', { ops, device })
      const sent = new Map(batch.ops.map((op) => [op.opId, op]))
      const answers = result.answers.flatMap((answer) => {
        const op = sent.get(answer.op_id)
        return op === undefined ? [] : [fromWireAnswer(answer, op, tables)]
      })
      return { user: result.user, now: Date.parse(result.now), answers }
    },
    pull: async ({ user, cursors, etag, only }) => {
      await checkSession(supabase, user)
      const request = { cursors, ...(etag !== null && { etag }), ...(only && { only }) }
      const result = await call<WirePull | { unchanged: true }>(supabase, 'sync_pull', { request })
      return 'unchanged' in result ? 'unchanged' : fromWirePull(result, tables)
    },
  }
}

/** Another tab may have signed somebody else in: the client would send their token with this user's changes [ID2]. */
async function checkSession(supabase: SupabaseClient, user: string): Promise<void> {
  const { data, error } = await supabase.auth.getSession()
  if (data.session?.user.id === user) return
  if (isAuthRetryableFetchError(error)) throw new TransportError('The session could not be renewed for want of a network.', { kind: 'network', code: 'refresh', cause: error })
  throw new TransportError('Nobody is signed in as the user whose changes wait.', { kind: 'auth', code: 'wrong-user', cause: error })
}

async function call<T>(supabase: SupabaseClient, name: string, parameters: object): Promise<T> {
  const response: PostgrestSingleResponse<unknown> = await supabase.rpc(name, parameters).abortSignal(AbortSignal.timeout(timeout))
  const { data, error, status } = response
  if (error === null && typeof data === 'object' && data !== null) return data as T
  if (error === null) throw new TransportError(`${name} was answered with something that is not its result.`, { kind: 'server', code: 'bad-answer' })
  const kind = classify({ status, code: error.code })
  throw new TransportError(`${name} failed: ${error.message}`, { kind, code: error.code || String(status), cause: error })
}
