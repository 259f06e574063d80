import { isAuthRetryableFetchError, type SupabaseClient } from '@supabase/supabase-js'
import type { RefreshSession } from '../engine/ports.ts'

/** What is known of the person at the device. `unknown`: there is no valid session, but nobody has signed out either. */
export type SessionState = { readonly is: 'signed-in'; readonly user: string } | { readonly is: 'signed-out' } | { readonly is: 'unknown' }

/** Follows supabase.auth. The listener is called at once with the state of the start. */
export function followSession(supabase: SupabaseClient, listener: (state: SessionState) => void): () => void {
  const { data } = supabase.auth.onAuthStateChange((event, session) => {
    const state: SessionState = session !== null ? { is: 'signed-in', user: session.user.id } : { is: event === 'SIGNED_OUT' ? 'signed-out' : 'unknown' }
    // supabase-js holds its lock during the call: what asks for the session again must wait until it has returned.
    queueMicrotask(() => listener(state))
  })
  return () => data.subscription.unsubscribe()
}

/** A refresh that fails for want of a network, or breaks (the session's storage refuses), says nothing about the user. */
export function supabaseRefresh(supabase: SupabaseClient): RefreshSession {
  return async () => {
    try {
      const { data, error } = await supabase.auth.refreshSession()
      if (data.session !== null) return 'refreshed'
      return error !== null && isAuthRetryableFetchError(error) ? 'unreachable' : 'sign-in'
    } catch {
      return 'unreachable'
    }
  }
}
