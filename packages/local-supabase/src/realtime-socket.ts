import type { WebSocket } from 'ws'
import type { Database } from './database.ts'
import { accessTo, callerOf } from './realtime-access.ts'
import type { Access, Caller } from './realtime-access.ts'
import { encodeFrame, objectOf } from './realtime-frames.ts'
import type { Frame, Payload } from './realtime-frames.ts'

export interface Broadcast {
  readonly topic: string
  readonly event: string
  readonly payload: unknown
  readonly private: boolean
}

interface Subscription {
  readonly joinRef: string | null
  /** The channel's name: the topic without `realtime:`. */
  readonly name: string
  readonly private: boolean
  readonly options: Payload
  readonly access: Access
  readonly expiry: NodeJS.Timeout | undefined
}

const longestTimeout = 2 ** 31 - 1

/** One client's connection and the topics it has joined. */
export class RealtimeSocket {
  readonly #socket: WebSocket
  readonly #database: Database
  readonly #publish: (broadcast: Broadcast, except?: RealtimeSocket) => void
  readonly #subscriptions = new Map<string, Subscription>()

  constructor(
    socket: WebSocket,
    database: Database,
    publish: (broadcast: Broadcast, except?: RealtimeSocket) => void,
  ) {
    this.#socket = socket
    this.#database = database
    this.#publish = publish
  }

  /** Must be called for one frame after the other: a leave must not overtake the join before it. */
  async receive([joinRef, ref, topic, event, payload]: Frame): Promise<void> {
    const reply = (status: 'ok' | 'error', response: Payload = {}) =>
      this.#send([joinRef, ref, topic, 'phx_reply', { status, response }])

    if (event === 'heartbeat') return reply('ok')
    if (event === 'phx_join') {
      const refusal = await this.#join(topic, joinRef, payload)
      return refusal === undefined ? reply('ok', { postgres_changes: [] }) : reply('error', { reason: refusal })
    }
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return reply('error', { reason: 'unmatched topic' })
    if (event === 'phx_leave') {
      this.#forget(topic)
      reply('ok')
      return this.#send([subscription.joinRef, ref, topic, 'phx_close', {}])
    }
    if (event === 'access_token') return this.#renew(topic, subscription, payload['access_token'])
    if (event === 'broadcast') {
      if (!subscription.access.write) return reply('error', { reason: 'Unauthorized' })
      const options = objectOf(subscription.options['broadcast'])
      const message = { event: String(payload['event']), payload: payload['payload'] }
      const toItself = options['self'] === true
      this.#publish({ ...message, topic: subscription.name, private: subscription.private }, toItself ? undefined : this)
      if (options['ack'] === true) reply('ok')
    }
  }

  deliver(broadcast: Broadcast): void {
    for (const [topic, subscription] of this.#subscriptions) {
      if (subscription.name !== broadcast.topic || subscription.private !== broadcast.private) continue
      if (!subscription.access.read) continue
      const message = { type: 'broadcast', event: broadcast.event, payload: broadcast.payload }
      this.#send([subscription.joinRef, null, topic, 'broadcast', message])
    }
  }

  /** Ends all timers; the socket itself is closed by whoever closes. */
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
    const access = isPrivate ? await accessTo(this.#database, name, caller) : { read: true, write: true }
    if (!access.read) return `Unauthorized: You do not have permissions to read from this Channel topic: ${name}`
    this.#forget(topic)
    const expiry = this.#expireLater(topic, caller)
    this.#subscriptions.set(topic, { joinRef, name, private: isPrivate, options, access, expiry })
    return undefined
  }

  async #renew(topic: string, subscription: Subscription, token: unknown): Promise<void> {
    try {
      const caller = await callerOf(token)
      const access = subscription.private
        ? await accessTo(this.#database, subscription.name, caller)
        : subscription.access
      if (!access.read) return this.#shut(topic, 'You do not have permissions to read from this Channel topic')
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
    clearTimeout(this.#subscriptions.get(topic)?.expiry)
    this.#subscriptions.delete(topic)
  }

  #send(frame: Frame): void {
    this.#socket.send(encodeFrame(frame))
  }
}
