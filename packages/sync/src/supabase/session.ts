import { isAuthRetryableFetchError, type AuthChangeEvent, type Session, type SupabaseClient } from '@supabase/supabase-js'
import { SyncError } from '../core/errors.ts'
import type { EndSession, FollowSession, RefreshSession, SessionState } from '../engine/ports.ts'
import { afterTimeout, orGiveUp } from './give-up.ts'

/** Follows supabase.auth. */
export function supabaseSession(supabase: SupabaseClient): FollowSession {
  return (listener) => {
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      // supabase-js holds its lock during the call: what asks for the session again must wait until it has returned.
      queueMicrotask(() => listener(toState(event, session)))
    })
    return () => data.subscription.unsubscribe()
  }
}

function toState(event: AuthChangeEvent, session: Session | null): SessionState {
  if (session !== null) return { is: 'signed-in', user: session.user.id }
  return { is: event === 'SIGNED_OUT' ? 'signed-out' : 'unknown' }
}

/** A refresh that fails for want of a network, takes too long, or breaks (the session's storage refuses), says nothing about the user. */
export function supabaseRefresh(supabase: SupabaseClient): RefreshSession {
  return async () => {
    try {
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
