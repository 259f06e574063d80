import type { WebSocket } from 'ws'
import type { Database } from './database.ts'
import { accessTo, callerOf, fullAccess, isRevoked, mayJoin } from './realtime-access.ts'
import type { Access, Caller } from './realtime-access.ts'
import { encodeFrame, objectOf } from './realtime-frames.ts'
import type { Frame, Payload } from './realtime-frames.ts'
import { PresenceRate } from './realtime-presence.ts'
import type { ChannelName, PresenceDiff, PresenceList } from './realtime-presence.ts'

export interface Broadcast {
  readonly topic: string
  readonly event: string
  readonly payload: unknown
  readonly private: boolean
}

export interface RealtimeSocketParts {
  readonly socket: WebSocket
  readonly database: Database
  readonly presence: PresenceList
  readonly publish: (broadcast: Broadcast, except?: RealtimeSocket) => void
}

/** Its name is the topic without `realtime:`. */
interface Subscription extends ChannelName {
  readonly id: string
  readonly joinRef: string | null
  readonly options: Payload
  readonly access: Access
  readonly expiry: NodeJS.Timeout | undefined
  readonly presenceRate: PresenceRate
}

type Reply = (status: 'ok' | 'error', response?: Payload) => void

const longestTimeout = 2 ** 31 - 1

/** One client's connection and the topics it has joined. */
export class RealtimeSocket {
  readonly #parts: RealtimeSocketParts
  readonly #subscriptions = new Map<string, Subscription>()

  constructor(parts: RealtimeSocketParts) {
    this.#parts = parts
  }

  /** Must be called for one frame after the other: a leave must not overtake the join before it. */
  async receive([joinRef, ref, topic, event, payload]: Frame): Promise<void> {
    const reply: Reply = (status, response = {}) => this.#send([joinRef, ref, topic, 'phx_reply', { status, response }])

    if (event === 'heartbeat') return reply('ok')
    if (event === 'phx_join') {
      const refusal = await this.#join(topic, joinRef, payload)
      if (refusal !== undefined) return reply('error', { reason: refusal })
      reply('ok', { postgres_changes: [] })
      return this.#welcome(topic)
    }
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return reply('error', { reason: 'unmatched topic' })
    if (event === 'phx_leave') {
      this.#forget(topic)
      reply('ok')
      return this.#send([subscription.joinRef, ref, topic, 'phx_close', {}])
    }
    if (event === 'access_token') return this.#renew(topic, subscription, payload['access_token'])
    if (event === 'presence') return this.#takePresence(topic, payload, reply)
    if (event === 'broadcast') this.#takeBroadcast(subscription, payload, reply)
  }

  deliver(broadcast: Broadcast): void {
    for (const [topic, subscription] of this.#subscriptions) {
      if (subscription.name !== broadcast.topic || subscription.private !== broadcast.private) continue
      if (!subscription.access.broadcast.read) continue
      const message = { type: 'broadcast', event: broadcast.event, payload: broadcast.payload }
      this.#send([subscription.joinRef, null, topic, 'broadcast', message])
    }
  }

  deliverPresence({ name, private: isPrivate, joins, leaves }: PresenceDiff): void {
    for (const [topic, subscription] of this.#subscriptions) {
      if (subscription.name !== name || subscription.private !== isPrivate || !hearsPresence(subscription)) continue
      this.#send([subscription.joinRef, null, topic, 'presence_diff', { joins, leaves }])
    }
  }

  /** Ends all timers, and the client's presence; the socket itself is closed by whoever closes. */
  close(): void {
    for (const topic of this.#subscriptions.keys()) this.#forget(topic)
  }

  /** The reason for a refusal, undefined when joined. */
  async #join(topic: string, joinRef: string | null, payload: Payload): Promise<string | undefined> {
    const options = objectOf(payload['config'])
    const name = topic.replace(/^realtime:/, '')
    let caller: Caller
    try {
      caller = await callerOf(payload['access_token'])
    } catch (error) {
      return `InvalidJWTToken: ${error instanceof Error ? error.message : String(error)}`
    }
    const isPrivate = options['private'] === true
    const access = isPrivate ? await accessTo(this.#parts.database, name, caller) : fullAccess
    if (!mayJoin(access, asksForPresence(options))) return `Unauthorized: You do not have permissions to read from this Channel topic: ${name}`
    this.#forget(topic)
    const expiry = this.#expireLater(topic, caller)
    const subscription: Subscription = { id: crypto.randomUUID(), joinRef, name, private: isPrivate, options, access, expiry, presenceRate: new PresenceRate() }
    this.#subscriptions.set(topic, subscription)
    return undefined
  }

  /** What a client that has joined is told at once. The database is heard from the start here, so that is one of it. */
  #welcome(topic: string): void {
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return
    const { joinRef, name, options } = subscription
    if (hearsPresence(subscription)) this.#send([joinRef, null, topic, 'presence_state', this.#parts.presence.state(subscription)])
    if (objectOf(options['broadcast'])['replication_ready'] !== true) return
    const notice = { status: 'ok', message: 'Replication connection established', extension: 'system', channel: name }
    this.#send([joinRef, null, topic, 'system', notice])
  }

  #takePresence(topic: string, message: Payload, reply: Reply): void {
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return
    if (!subscription.presenceRate.count(Date.now())) return this.#shut(topic, 'Client presence rate limit exceeded')
    const { presence } = this.#parts
    const key = objectOf(subscription.options['presence'])['key']
    const said = message['payload'] ?? {}
    switch (String(message['event']).toLowerCase()) {
      case 'untrack':
        presence.untrack(subscription.id, subscription)
        return reply('ok')
      case 'track':
        if (!subscription.access.presence.write) return reply('error')
        if (typeof said !== 'object' || Array.isArray(said)) return reply('error', { reason: 'Presence track payload must be a map' })
        presence.track(subscription.id, subscription, { key: typeof key === 'string' && key !== '' ? key : subscription.id, payload: objectOf(said) })
        return reply('ok')
      default:
        return reply('error')
    }
  }

  #takeBroadcast({ access, name, private: isPrivate, options: all }: Subscription, payload: Payload, reply: Reply): void {
    if (!access.broadcast.write) return reply('error', { reason: 'Unauthorized' })
    const options = objectOf(all['broadcast'])
    const message = { event: String(payload['event']), payload: payload['payload'] }
    this.#parts.publish({ ...message, topic: name, private: isPrivate }, options['self'] === true ? undefined : this)
    if (options['ack'] === true) reply('ok')
  }

  async #renew(topic: string, subscription: Subscription, token: unknown): Promise<void> {
    try {
      const caller = await callerOf(token)
      const access = subscription.private ? await accessTo(this.#parts.database, subscription.name, caller) : subscription.access
      if (isRevoked(subscription.access, access)) return this.#shut(topic, `You no longer have permission to read from this Channel topic: ${subscription.name}`)
      clearTimeout(subscription.expiry)
      this.#subscriptions.set(topic, { ...subscription, access, expiry: this.#expireLater(topic, caller) })
    } catch {
      this.#shut(topic, 'Token has expired or is invalid')
    }
  }

  #expireLater(topic: string, caller: Caller): NodeJS.Timeout | undefined {
    if (caller.expires === undefined) return undefined
    const wait = Math.min(longestTimeout, caller.expires - Date.now())
    return setTimeout(() => this.#shut(topic, 'Token has expired'), wait)
  }

  #shut(topic: string, message: string): void {
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return
    this.#forget(topic)
    const notice = { status: 'error', message, extension: 'system', channel: subscription.name }
    this.#send([subscription.joinRef, null, topic, 'system', notice])
    this.#send([subscription.joinRef, null, topic, 'phx_close', {}])
  }

  #forget(topic: string): void {
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return
    clearTimeout(subscription.expiry)
    // First: who leaves is not told that they left.
    this.#subscriptions.delete(topic)
    this.#parts.presence.untrack(subscription.id, subscription)
  }

  #send(frame: Frame): void {
    this.#parts.socket.send(encodeFrame(frame))
  }
}

const asksForPresence = (options: Payload): boolean => objectOf(options['presence'])['enabled'] === true

const hearsPresence = ({ access, options }: Subscription): boolean => access.presence.read && asksForPresence(options)
