import { isAuthRetryableFetchError, type AuthChangeEvent, type Session, type SupabaseClient } from '@supabase/supabase-js'
import { SyncError } from '../core/errors.ts'
import type { EndSession, FollowSession, RefreshSession, SessionState } from '../engine/ports.ts'
import { afterTimeout, orGiveUp } from './give-up.ts'

/**
 * Follows supabase.auth. It tells "signed out" also when the server refuses to renew a token that has expired: a session has
 * ended then, and nobody has gone. What tells the two apart is whether the last token was still good.
 */
export function supabaseSession(supabase: SupabaseClient): FollowSession {
  return (listener) => {
    let goodUntil = 0
    let token: string | null = null
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      const state = toState(event, session, Date.now() < goodUntil)
      const told: SessionState = state.is === 'signed-in' && session?.access_token === token ? { ...state, again: true } : state
      token = session?.access_token ?? null
      if (session !== null) goodUntil = (session.expires_at ?? Infinity) * 1_000
      // supabase-js holds its lock during the call: what asks for the session again must wait until it has returned.
      queueMicrotask(() => listener(told))
    })
    return () => data.subscription.unsubscribe()
  }
}

function toState(event: AuthChangeEvent, session: Session | null, wasGood: boolean): SessionState {
  if (session !== null) return { is: 'signed-in', user: session.user.id }
  return { is: event === 'SIGNED_OUT' && wasGood ? 'signed-out' : 'unknown' }
}

/**
 * auth-js answers with a renewal that failed for a minute, though the network may have returned: too long for a device that is to be
 * in step within 10 s, and needless here, where the loop waits between attempts. There is no public way to make it forget; a
 * version that does not keep failures, or keeps them elsewhere, is left as it is.
 */
export function forgetFailedRenewal({ auth }: SupabaseClient): void {
  const memory = auth as unknown as { lastRefreshFailure?: { readonly result?: { readonly error?: unknown } } | null }
  if (isAuthRetryableFetchError(memory.lastRefreshFailure?.result?.error)) memory.lastRefreshFailure = null
}

/** A refresh that fails for want of a network, takes too long, or breaks (the session's storage refuses), says nothing about the user. */
export function supabaseRefresh(supabase: SupabaseClient): RefreshSession {
  return async () => {
    try {
      forgetFailedRenewal(supabase)
      const { data, error } = await orGiveUp(supabase.auth.refreshSession(), afterTimeout())
      if (data.session !== null) return 'refreshed'
      return error !== null && isAuthRetryableFetchError(error) ? 'unreachable' : 'sign-in'
    } catch {
      return 'unreachable'
    }
  }
}

/** @throws {SyncError} `session`: it goes on. Older versions of supabase-js do not end it while the server is out of reach. */
export function supabaseSignOut(supabase: SupabaseClient): EndSession {
  return async () => {
    const { error } = await supabase.auth.signOut({ scope: 'local' })
    if (error === null) return
    const { data } = await supabase.auth.getSession()
    if (data.session !== null) throw new SyncError('session', `The session could not be ended: ${error.message}`, error)
  }
}
