import { randomUUID } from 'node:crypto'
import type { Link, Traffic } from './link.ts'
import { timedToEnd, type Variant } from './measure.ts'
import { itemChanged, type Device } from './store.ts'
import type { Traveller } from './traveller.ts'

/** What it cost to give each item of a trip another quantity. */
export interface Cost extends Traffic {
  readonly milliseconds: number
}

/** The quantity that a round sets: the items start with 1, and each round has to change something. */
export const quantityOf = (round: number): number => round + 1

/** Edits made offline, through the public face, until the server has confirmed them all. */
export function throughStowaway({ link, itemIds }: Traveller, { sync, store, clock, until }: Device): Variant<Cost> {
  return async (round) => {
    sync.pause()
    for (const id of itemIds) {
      clock.beforeEdit()
      store.dispatch(itemChanged(id, quantityOf(round)))
    }
    await sync.flush()
    const cost = await costOf(link, () => {
      sync.resume()
      return until(({ sync: { pending } }) => pending === 0)
    })
    // The pull that follows a push is not to be charged to the next variant.
    await until(({ sync: { phase } }) => phase === 'idle')
    return cost
  }
}

/** The same ops, made beforehand, in one bare call: what the engine adds to its own protocol. */
export function barePush({ supabase, link, itemIds, trip }: Traveller): Variant<Cost> {
  const versions = new Map<string, number>()
  return async (round) => {
    const ops = itemIds.map((id) => ({
      op_id: randomUUID(),
      collection: 'items',
      kind: 'update',
      id,
      scope: trip,
      base_version: versions.get(id) ?? null,
      patch: { quantity: quantityOf(round) },
      base: { quantity: quantityOf(round - 1) },
      time: new Date().toISOString(),
    }))
    const cost = await costOf(link, async () => {
      const result = (await supabase.rpc('sync_push', { ops, device: 'bench' }).throwOnError()) as { data: Answers }
      for (const [index, { version }] of result.data.answers.entries()) versions.set(itemIds[index]!, version)
    })
    return cost
  }
}

/** One for each op, in their order. */
interface Answers {
  readonly answers: readonly { readonly version: number }[]
}

/** The least that carries 1,000 edits to the server: one call with ids and new values. */
export function barePatch({ supabase, link, itemIds }: Traveller): Variant<Cost> {
  return (round) => {
    const patches = itemIds.map((id) => ({ id, quantity: quantityOf(round) }))
    return costOf(link, async () => supabase.rpc('bench_patch', { patches }).throwOnError())
  }
}

/** What one would write with supabase-js alone: all rows, whole. */
export function bulkUpsert({ supabase, link, itemIds, trip }: Traveller): Variant<Cost> {
  return (round) => {
    const items = itemIds.map((id, index) => ({
      id,
      trip_id: trip,
      person_id: null,
      name: `Item number ${index + 1}`,
      quantity: quantityOf(round),
      category: 'Clothes',
      packed: false,
      notes: null,
      position: index + 1,
    }))
    return costOf(link, async () => supabase.from('items').upsert(items).throwOnError())
  }
}

async function costOf(link: Link, work: () => Promise<unknown>): Promise<Cost> {
  link.take()
  const milliseconds = await timedToEnd(work)
  return { milliseconds, ...link.take() }
}
