import { REALTIME_SUBSCRIBE_STATES, type RealtimeChannel, type RealtimeChannelOptions, type SupabaseClient } from '@supabase/supabase-js'
import { retryDelay } from '../core/retry.ts'
import type { Environment } from '../engine/ports.ts'

export interface KeptChannelParts {
  readonly supabase: SupabaseClient
  readonly environment: Pick<Environment, 'now' | 'random' | 'setTimer'>
  readonly topic: string
  readonly config: RealtimeChannelOptions['config']
  /** Called with each new channel before it joins, to listen to it. */
  readonly prepare: (channel: RealtimeChannel) => void
  /** After every (re)join. */
  readonly onJoined: (channel: RealtimeChannel) => void
  /** Called also when an attempt to join fails. */
  readonly onLost: () => void
}

export interface KeptChannel {
  /** If it waits for its next attempt, this is it: what stood in the way may be gone. */
  readonly tryNow: () => void
  readonly stop: () => void
}

/** Of a channel that is refused or ended again and again: a policy may be missing, and no device should ask every second. */
const backoff = { first: 1_000, longest: 60_000 }
/** Milliseconds after which a channel that was joined counts as one that works. */
const lasting = 60_000

/**
 * Keeps a channel joined. supabase-js joins again when a socket was lost; when the server ends a channel (its token expired, its
 * member was removed, it said too much) it does nothing, and one that is refused it tries every ten seconds for ever. Here a new
 * channel is joined then, at growing intervals, and as soon as the session has been renewed.
 */
export function keepChannel({ supabase, environment, topic, config, prepare, onJoined, onLost }: KeptChannelParts): KeptChannel {
  let current: RealtimeChannel | null = null
  let failures = 0
  let joinedAt = Infinity
  let cancel: (() => void) | null = null

  const open = () => {
    cancel = null
    const channel = supabase.channel(topic, { config })
    current = channel
    prepare(channel)
    channel.subscribe((status) => {
      if (channel === current) hear(channel, status)
    })
  }
  const hear = (channel: RealtimeChannel, status: REALTIME_SUBSCRIBE_STATES) => {
    if (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) {
      joinedAt = environment.now()
      return onJoined(channel)
    }
    if (environment.now() - joinedAt >= lasting) failures = 0
    joinedAt = Infinity
    const isEnded = status === REALTIME_SUBSCRIBE_STATES.CLOSED
    if (isEnded || supabase.realtime.isConnected()) {
      current = null
      if (!isEnded) void supabase.removeChannel(channel)
      failures += 1
      cancel = environment.setTimer(open, retryDelay(failures, environment.random(), backoff))
    }
    onLost()
  }
  const tryNow = () => {
    if (cancel === null) return
    cancel()
    open()
  }
  const { data } = supabase.auth.onAuthStateChange((_, session) => {
    // supabase-js holds its lock during the call, and asks for the session when it joins.
    if (session !== null) environment.setTimer(tryNow, 0)
  })
  open()
  return {
    tryNow,
    stop: () => {
      cancel?.()
      cancel = null
      data.subscription.unsubscribe()
      const left = current
      // First, as it is told at once that it is closed.
      current = null
      if (left !== null) void supabase.removeChannel(left)
    },
  }
}
