import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '@stowaway/local-supabase'
import type { Comparison } from '../report.ts'
import { openDevice } from '../store.ts'
import type { Traffic } from './link.ts'
import { openOurs } from './ours.ts'
import { edits } from './steps.ts'
import { createTraveller } from './traveller.ts'

/** S6: what a device asks and is told when nothing is new, in one trip and in 300. */
export async function measureIdle(backend: LocalSupabase): Promise<Comparison[]> {
  return [...(await idleIn(backend, 1)), ...(await idleIn(backend, 300))]
}

async function idleIn(backend: LocalSupabase, trips: number): Promise<Comparison[]> {
  const { supabase, link, trip } = await createTraveller(backend, { items: 1, delay: 0 })
  const others = Array.from({ length: trips - 1 }, () => randomUUID())
  await backend.sql(
    `insert into public.trips (id, name, created_by) select id, 'The Alps', (select created_by from public.trips where id = $1) from unnest($2::uuid[]) id`,
    [trip, others],
  )
  const { sync, until, close } = await openDevice(supabase, 1)
  // The first of them may still find what the start has changed.
  const poll = async (): Promise<Traffic> => {
    link.take()
    const pulled = until((state) => state.sync.phase !== 'idle').then(() => until((state) => state.sync.phase === 'idle'))
    sync.now()
    await pulled
    return link.take()
  }
  await poll()
  const { requests, bytesUp, bytesDown } = await poll()
  await close()
  const what = `idle poll, ${trips} ${trips === 1 ? 'trip' : 'trips'}`
  return [counted('S6', `${what}: requests`, { ours: requests, most: 1, unit: 'requests' }), counted('S6', `${what}: up`, { ours: bytesUp, most: 250, unit: 'B' }), counted('S6', `${what}: down`, { ours: bytesDown, most: 60, unit: 'B' })]
}

/** S7: what comes back of 1,000 edits after the server has confirmed them. */
export async function measureEcho(backend: LocalSupabase): Promise<Comparison[]> {
  const items = 1_000
  const traveller = await createTraveller(backend, { items, delay: 0 })
  const client = await openOurs(traveller, items)
  client.goOffline()
  await client.edit(edits(traveller.itemIds, items).steps(1))
  await client.push()
  traveller.link.take()
  // Until it is at rest, with all as it was edited.
  await client.pull(items, 2)
  const { bytesDown } = traveller.link.take()
  await client.close()
  return [counted('S7', 'pulled after a push of 1,000 edits', { ours: bytesDown, most: 1_000, unit: 'B' })]
}

/** Bytes and requests are the same on every machine: their goal is no ratio. */
function counted(figure: string, what: string, { ours, most, unit }: { ours: number; most: number; unit: 'B' | 'requests' }): Comparison {
  const ratio = ours / most
  return { figure, what, against: 'the goal', unit, ours, reference: most, ratio, spread: [ratio, ratio], goal: 1 }
}
