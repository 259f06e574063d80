import { createClient, REALTIME_SUBSCRIBE_STATES, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js'
import { createSync } from '@stowaway/sync'
import { collections, itemChanged, syncedStore, untilState, type SyncedStore } from '../../store.ts'

export interface Account {
  readonly url: string
  readonly key: string
  readonly email: string
  readonly password: string
  /** How many items the device must hold before it is used. */
  readonly items: number
  /** A topic on which both listen for bare broadcasts. */
  readonly topic: string
}

/** One of two devices that look at the same trip. Times are milliseconds since 1970 by the machine's one clock. */
export interface LivePage {
  /** Resolves when the device has pulled everything and is told of what is new. */
  readonly open: (account: Account) => Promise<void>
  /** When the edit was dispatched; resolves when it has been confirmed too, and nothing is left to do. */
  readonly edit: (id: string, quantity: number) => Promise<number>
  /** When the store had that quantity first. */
  readonly seen: (id: string, quantity: number) => Promise<number>
  /** When a bare broadcast of that number was sent, and when it came. */
  readonly send: (number: number) => Promise<number>
  readonly heard: (number: number) => Promise<number>
}

const now = (): number => performance.timeOrigin + performance.now()

/** What happens once, and may have happened before anybody asks. */
class Moments {
  readonly #times = new Map<string, number>()
  readonly #waiting = new Map<string, (time: number) => void>()

  note(name: string): void {
    if (this.#times.has(name)) return
    const time = now()
    this.#times.set(name, time)
    this.#waiting.get(name)?.(time)
  }

  of(name: string): Promise<number> {
    const time = this.#times.get(name)
    return time === undefined ? new Promise((resolve) => void this.#waiting.set(name, resolve)) : Promise.resolve(time)
  }
}

interface Device {
  readonly store: SyncedStore
  readonly channel: RealtimeChannel
}

const shown = new Moments()
const broadcast = new Moments()
let opened: (device: Device) => void
const device = new Promise<Device>((resolve) => (opened = resolve))

export const live: LivePage = {
  open: async ({ url, key, email, password, items, topic }) => {
    const supabase = createClient(url, key)
    const { error } = await supabase.auth.signInWithPassword({ email, password })
    if (error !== null) throw error
    const sync = createSync({ supabase, collections })
    const store = syncedStore(sync)
    await sync.start(store)
    await untilState(store, ({ items: { ids }, sync: { phase } }) => ids.length === items && phase === 'idle')
    let last = store.getState().items.entities
    store.subscribe(() => {
      const { entities } = store.getState().items
      if (entities === last) return
      for (const [id, item] of Object.entries(entities)) if (item !== last[id]) shown.note(`${id} ${item.quantity}`)
      last = entities
    })
    opened({ store, channel: await listen(supabase, topic) })
  },
  edit: async (id, quantity) => {
    const { store } = await device
    const time = now()
    store.dispatch(itemChanged(id, quantity))
    await untilState(store, ({ sync: { pending, phase } }) => pending === 0 && phase === 'idle')
    return time
  },
  seen: (id, quantity) => shown.of(`${id} ${quantity}`),
  send: async (number) => {
    const { channel } = await device
    const time = now()
    await channel.send({ type: 'broadcast', event: 'bench', payload: { number } })
    return time
  },
  heard: (number) => broadcast.of(String(number)),
}

async function listen(supabase: SupabaseClient, topic: string): Promise<RealtimeChannel> {
  const channel = supabase.channel(topic).on('broadcast', { event: 'bench' }, ({ payload }: { payload?: { readonly number?: number } }) => broadcast.note(String(payload?.number)))
  await new Promise<void>((resolve, reject) => {
    channel.subscribe((status, error) => (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED ? resolve() : reject(error ?? new Error(`Realtime: ${status}`))))
  })
  return channel
}
