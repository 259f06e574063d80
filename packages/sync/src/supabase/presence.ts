import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'
import type { Environment, JoinScope } from '../engine/ports.ts'
import { keepChannel } from './kept-channel.ts'

/** One private channel for each scope that is open, for presence alone: pokes come on the user's own. */
export function supabasePresence(supabase: SupabaseClient, environment: Environment): JoinScope {
  return (scope, { onJoined, onPresent, onLost }) => {
    let joined: RealtimeChannel | null = null
    const kept = keepChannel({
      supabase, environment,
      topic: `sync:scope:${scope}`,
      config: { private: true },
      prepare: (channel) => void channel.on('presence', { event: 'sync' }, () => onPresent(Object.values(channel.presenceState()).flat())),
      onJoined: (channel) => {
        joined = channel
        onJoined()
      },
      onLost: () => {
        joined = null
        onLost()
      },
    })
    return {
      tell: (self) => void joined?.track({ ...self }),
      leave: kept.stop,
    }
  }
}
