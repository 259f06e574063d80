import type { SupabaseClient } from '@supabase/supabase-js'
import type { Environment, ListenForPokes } from '../engine/ports.ts'
import { keepChannel } from './kept-channel.ts'

/** One private channel for each user. A poke names a scope and carries no data [PL2]. */
export function supabasePokes(supabase: SupabaseClient, environment: Environment): ListenForPokes {
  return (user, { onPoke, onJoined, onLost }) => {
    const { realtime } = supabase
    const kept = keepChannel({
      supabase, environment, onLost,
      topic: `sync:${user}`,
      config: { private: true, broadcast: { replication_ready: true } },
      prepare: (channel) =>
        void channel
          .on('broadcast', { event: 'poke' }, ({ payload }: { payload?: unknown }) => {
            const poke = pokeOf(payload)
            if (poke !== null) onPoke(poke.scope, poke.number)
          })
          // A channel is joined before the server hears the database: what is poked in between is lost, so it is pulled once more.
          .on('system', {}, ({ extension, status }: { extension?: unknown; status?: unknown }) => {
            if (extension === 'system' && status === 'ok') onJoined()
          }),
      onJoined: () => onJoined(),
    })
    return {
      reconnect: () => {
        kept.tryNow()
        // A socket that is waiting for its next attempt ignores `connect`; its channels join again when it opens.
        if (!realtime.isConnected()) void realtime.disconnect().then(() => realtime.connect())
      },
      stop: kept.stop,
    }
  }
}

function pokeOf(payload: unknown): { readonly scope: string; readonly number: number } | null {
  if (typeof payload !== 'object' || payload === null) return null
  const { scope, seq } = payload as Readonly<Record<string, unknown>>
  // Infinity, where the number is missing, is one that no cursor has reached.
  return typeof scope === 'string' ? { scope, number: typeof seq === 'number' ? seq : Infinity } : null
}
