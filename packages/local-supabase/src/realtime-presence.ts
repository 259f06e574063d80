import type { Payload } from './realtime-frames.ts'

/** A channel by its name; a public and a private one of the same name are two. */
export interface ChannelName {
  readonly name: string
  readonly private: boolean
}

type Meta = Payload & { readonly phx_ref: string; readonly phx_ref_prev?: string }

/** As it travels: by key, what each of those who gave it says. */
export type Presences = Readonly<Record<string, { readonly metas: readonly Meta[] }>>

export interface PresenceDiff extends ChannelName {
  readonly joins: Presences
  readonly leaves: Presences
}

interface Tracked {
  readonly key: string
  readonly said: string
  readonly meta: Meta
}

/** Who is on which channel, as they say; gone with the process, as on a hosted project. `id` stands for one joined channel of one client. */
export class PresenceList {
  readonly #publish: (diff: PresenceDiff) => void
  readonly #tracked = new Map<string, Map<string, Tracked>>()
  #refs = 0

  constructor(publish: (diff: PresenceDiff) => void) {
    this.#publish = publish
  }

  /** Instead of what was said before; the same once more is no news. */
  track(id: string, { name, private: isPrivate }: ChannelName, { key, payload }: { readonly key: string; readonly payload: Payload }): void {
    const channel = nameOf({ name, private: isPrivate })
    const all = this.#tracked.get(channel) ?? new Map<string, Tracked>()
    const before = all.get(id)
    const said = JSON.stringify(payload)
    if (before?.said === said) return
    this.#refs += 1
    const meta: Meta = { ...payload, phx_ref: `ref-${this.#refs}`, ...(before && { phx_ref_prev: before.meta.phx_ref }) }
    this.#tracked.set(channel, all.set(id, { key, said, meta }))
    this.#publish({ name, private: isPrivate, joins: grouped([{ key, meta }]), leaves: grouped(before === undefined ? [] : [before]) })
  }

  untrack(id: string, channel: ChannelName): void {
    const all = this.#tracked.get(nameOf(channel))
    const before = all?.get(id)
    if (all === undefined || before === undefined) return
    all.delete(id)
    if (all.size === 0) this.#tracked.delete(nameOf(channel))
    this.#publish({ name: channel.name, private: channel.private, joins: {}, leaves: grouped([before]) })
  }

  state(channel: ChannelName): Presences {
    return grouped(this.#tracked.get(nameOf(channel))?.values() ?? [])
  }
}

const nameOf = ({ name, private: isPrivate }: ChannelName): string => `${isPrivate ? 'private' : 'public'}:${name}`

function grouped(tracked: Iterable<Pick<Tracked, 'key' | 'meta'>>): Presences {
  const byKey = new Map<string, Meta[]>()
  for (const { key, meta } of tracked) byKey.set(key, [...(byKey.get(key) ?? []), meta])
  return Object.fromEntries([...byKey].map(([key, metas]) => [key, { metas }]))
}

/** What a hosted project bears of one client on one channel; who says more loses the channel. */
const most = { times: 5, within: 30_000 }

/** Counts in windows, as hosted projects do: the first thing said opens one. */
export class PresenceRate {
  #times = 0
  #until = 0

  /** False: it was one too many. */
  count(now: number): boolean {
    if (now > this.#until) {
      this.#until = now + most.within
      this.#times = 0
    }
    this.#times += 1
    return this.#times <= most.times
  }
}
