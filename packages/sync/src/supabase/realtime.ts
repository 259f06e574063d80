import { REALTIME_SUBSCRIBE_STATES, type SupabaseClient } from '@supabase/supabase-js'
import type { ListenForPokes } from '../engine/ports.ts'

/** One private channel for each user. A poke names a scope and carries no data [PL2]. */
export function supabasePokes(supabase: SupabaseClient): ListenForPokes {
  return (user, { onPoke, onJoined, onLost }) => {
    const channel = supabase
      .channel(`sync:${user}`, { config: { private: true } })
      .on('broadcast', { event: 'poke' }, ({ payload }: { payload?: unknown }) => {
        const scope = scopeOf(payload)
        if (scope !== null) onPoke(scope, numberOf(payload))
      })
      .subscribe((status) => (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED ? onJoined() : onLost()))
    const { realtime } = supabase
    return {
      reconnect: () => {
        // A socket that is waiting for its next attempt ignores `connect`; its channels join again when it opens.
        if (!realtime.isConnected()) void realtime.disconnect().then(() => realtime.connect())
      },
      stop: () => void supabase.removeChannel(channel),
    }
  }
}

function scopeOf(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('scope' in payload)) return null
  return typeof payload.scope === 'string' ? payload.scope : null
}

/** Of the commit; Infinity, which no cursor has reached, where it is missing. */
function numberOf(payload: unknown): number {
  if (typeof payload !== 'object' || payload === null || !('seq' in payload)) return Infinity
  return typeof payload.seq === 'number' ? payload.seq : Infinity
}
