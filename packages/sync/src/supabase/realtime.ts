import type { SupabaseClient } from '@supabase/supabase-js'
import type { Environment, ListenForPokes } from '../engine/ports.ts'
import { keepChannel } from './kept-channel.ts'

/** Milliseconds that a server has to say that it hears the database. Old ones never do; those of today do at once, or after some seconds. */
const patience = 2_000

/**
 * One private channel for each user. A poke names a scope and carries no data [PL2]. A channel is joined before the server hears
 * the database, and what is poked in between is lost: it is told as joined when the server says that it does.
 */
export function supabasePokes(supabase: SupabaseClient, environment: Environment): ListenForPokes {
  return (user, { onPoke, onJoined, onLost }) => {
    const { realtime } = supabase
    let cancel: (() => void) | null = null
    const joined = () => {
      cancel?.()
      onJoined()
    }
    const kept = keepChannel({
      supabase, environment,
      topic: `sync:${user}`,
      config: { private: true, broadcast: { replication_ready: true } },
      prepare: (channel) =>
        void channel
          .on('broadcast', { event: 'poke' }, ({ payload }: { payload?: unknown }) => {
            const poke = pokeOf(payload)
            if (poke !== null) onPoke(poke.scope, poke.number)
          })
          .on('system', {}, ({ extension, status }: { extension?: unknown; status?: unknown }) => {
            if (extension === 'system' && status === 'ok') joined()
          }),
      onJoined: () => {
        cancel = environment.setTimer(joined, patience)
      },
      onLost: () => {
        cancel?.()
        onLost()
      },
    })
    return {
      reconnect: () => {
        kept.tryNow()
        // A socket that is waiting for its next attempt ignores `connect`; its channels join again when it opens.
        if (!realtime.isConnected()) void realtime.disconnect().then(() => realtime.connect())
      },
      stop: () => {
        cancel?.()
        kept.stop()
      },
    }
  }
}

function pokeOf(payload: unknown): { readonly scope: string; readonly number: number } | null {
  if (typeof payload !== 'object' || payload === null) return null
  const { scope, seq } = payload as Readonly<Record<string, unknown>>
  // Infinity, where the number is missing, is one that no cursor has reached.
  return typeof scope === 'string' ? { scope, number: typeof seq === 'number' ? seq : Infinity } : null
}
