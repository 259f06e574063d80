import { createClient, type SupabaseClient, type WebSocketLikeConstructor } from '@supabase/supabase-js'

/** A message of the protocol 2.0.0, as it travels. */
type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: Record<string, unknown>]

interface Join {
  readonly topic: string
  readonly token: unknown
  readonly config: unknown
  readonly time: number
}

/** Supabase Realtime as a test tells it to be, before an unmodified client. Topics without the `realtime:` before them. */
export interface ScriptedRealtime {
  readonly supabase: SupabaseClient
  readonly signIn: () => Promise<void>
  /** The session is renewed; its tokens are `token-1`, `token-2` … */
  readonly renew: () => Promise<void>
  readonly joins: readonly Join[]
  /** What clients said of themselves, of the topic, in order. */
  readonly tracked: (topic: string) => readonly unknown[]
  /** Default: every join is granted. */
  mayJoin: (join: Join) => boolean
  /** False: nobody gets a socket. */
  isUp: boolean
  /** True: sockets that are open take everything and bring nothing, as where a network swallows what is sent. */
  isSilent: boolean
  readonly tell: (topic: string, event: string, payload: Record<string, unknown>) => void
  /** The server ends the channel, as when its token is over. */
  readonly end: (topic: string) => void
  /** All sockets are lost. */
  readonly cut: () => void
  /** The topics that are joined, one for each channel. */
  readonly joined: () => readonly string[]
}

const url = 'http://supabase.test'

export function scriptedRealtime(): ScriptedRealtime {
  const sockets = new Set<FakeSocket>()
  const joins: Join[] = []
  const tracked: { readonly topic: string; readonly said: unknown }[] = []
  let tokens = 0

  class FakeSocket {
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSING = 2
    readonly CLOSED = 3
    readonly url: string
    readonly protocol = ''
    readyState = 0
    onopen: ((event: Event) => void) | null = null
    onmessage: ((event: MessageEvent) => void) | null = null
    onclose: ((event: CloseEvent) => void) | null = null
    onerror: ((event: Event) => void) | null = null
    readonly channels = new Map<string, string | null>()
    readonly addEventListener = () => {}
    readonly removeEventListener = () => {}

    constructor(address: string) {
      this.url = address
      setTimeout(() => (realtime.isUp ? this.#open() : this.lose()))
    }

    send(data: string): void {
      const [joinRef, ref, topic, event, payload] = JSON.parse(data) as Frame
      setTimeout(() => this.#answer([joinRef, ref, topic, event, payload]))
    }

    close(): void {
      this.lose()
    }

    lose(): void {
      if (this.readyState === this.CLOSED) return
      this.readyState = this.CLOSED
      sockets.delete(this)
      setTimeout(() => this.onclose?.({ code: 1006, wasClean: false } as CloseEvent))
    }

    tell(topic: string, event: string, payload: Record<string, unknown>): void {
      if (this.channels.has(topic)) this.#send([this.channels.get(topic) ?? null, null, topic, event, payload])
    }

    #open(): void {
      this.readyState = this.OPEN
      sockets.add(this)
      this.onopen?.(new Event('open'))
    }

    #answer([joinRef, ref, topic, event, payload]: Frame): void {
      if (this.readyState !== this.OPEN || realtime.isSilent) return
      const reply = (status: string, response: object = {}) => this.#send([joinRef, ref, topic, 'phx_reply', { status, response }])
      if (event === 'phx_join') {
        const join: Join = { topic: nameOf(topic), token: payload['access_token'], config: payload['config'], time: Date.now() }
        joins.push(join)
        if (!realtime.mayJoin(join)) return reply('error', { reason: 'Unauthorized' })
        this.channels.set(topic, joinRef)
        return reply('ok', { postgres_changes: [] })
      }
      if (event === 'phx_leave') {
        this.channels.delete(topic)
        return reply('ok')
      }
      if (event === 'presence') tracked.push({ topic: nameOf(topic), said: payload['payload'] })
      reply('ok')
    }

    #send(frame: Frame): void {
      this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(frame) }))
    }
  }

  const supabase = createClient(url, 'anon-key', {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: FakeSocket as unknown as WebSocketLikeConstructor },
    global: {
      fetch: () => {
        tokens += 1
        return Promise.resolve(Response.json({ access_token: `token-${tokens}`, refresh_token: 'r', token_type: 'bearer', expires_in: 3_600, user: { id: 'ann' } }))
      },
    },
  })
  const realtime: ScriptedRealtime = {
    supabase,
    signIn: async () => void (await supabase.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })),
    renew: async () => void (await supabase.auth.refreshSession()),
    joins,
    tracked: (topic) => tracked.filter((one) => one.topic === topic).map(({ said }) => said),
    mayJoin: () => true,
    isUp: true,
    isSilent: false,
    tell: (topic, event, payload) => {
      for (const socket of sockets) socket.tell(`realtime:${topic}`, event, payload)
    },
    end: (topic) => {
      for (const socket of sockets) {
        socket.tell(`realtime:${topic}`, 'phx_close', {})
        socket.channels.delete(`realtime:${topic}`)
      }
    },
    cut: () => {
      for (const socket of sockets) socket.lose()
    },
    joined: () => [...sockets].flatMap(({ channels }) => [...channels.keys()].map(nameOf)),
  }
  return realtime
}

const nameOf = (topic: string): string => topic.replace(/^realtime:/, '')
