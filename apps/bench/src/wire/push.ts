import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, timedToEnd, type Rounds, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import type { OpenClient } from './client.ts'
import { openBareCall, openBarePush, openUpsert } from './clients.ts'
import type { Traffic } from './link.ts'
import { openOurs } from './ours.ts'
import { edits, mixed, quantityOf, type Work } from './steps.ts'
import { createTraveller, type Traveller } from './traveller.ts'

/** What a piece of work cost until the server had confirmed it. */
interface Cost extends Traffic {
  readonly milliseconds: number
}

export type Peers = Readonly<Record<string, OpenClient>>

/** Changes that were made offline. */
export interface Load {
  readonly figure: string
  readonly what: string
  /** In the trip before. */
  readonly items: number
  readonly work: (itemIds: readonly string[]) => Work
}

export const loads: readonly Load[] = [
  { figure: 'S1', what: '1,000 edits of 1,000 rows', items: 1_000, work: (ids) => edits(ids, 1_000) },
  { figure: 'S2', what: '1,000 edits of 50 rows', items: 50, work: (ids) => edits(ids, 1_000) },
  { figure: 'S3', what: '100 mixed changes', items: 100, work: (ids) => mixed(ids, 100) },
]

const rounds: Rounds = { warmUp: 3, measured: 9 }
/** Of peers: some take minutes. */
const fewRounds: Rounds = { warmUp: 0, measured: 1 }

/** S1 to S3. `delay`: milliseconds added to each round trip. */
export async function measurePush(backend: LocalSupabase, { load, delay, peers }: { load: Load; delay: number; peers: Peers }): Promise<Comparison[]> {
  const own = { ours: openOurs, call: openBareCall, push: openBarePush, upsert: openUpsert }
  const opened = await openAll(backend, own, { load, delay })
  const costs = await interleave(opened.variants, rounds)
  await opened.end(rounds)
  const what = `push ${load.what}, +${delay} ms`
  const side = (unit: Comparison['unit'], reference: readonly Cost[], figure: (cost: Cost) => number) => {
    return { figure: load.figure, what, unit, ...compare(costs.ours.map(figure), reference.map(figure)) }
  }
  const comparisons: Comparison[] = [
    { ...side('ms', costs.call, time), against: 'one bare rpc', goal: delay === 0 ? 2 : 1.3 },
    { ...side('ms', costs.push, time), against: 'bare sync_push, same ops', goal: null },
    { ...side('ms', costs.upsert, time), against: 'supabase-js bulk upsert', goal: null },
    { ...side('kB', costs.call, kilobytes), against: 'one bare rpc', goal: 1.5 },
    { ...side('kB', costs.upsert, kilobytes), against: 'supabase-js bulk upsert', goal: null },
    { ...side('requests', costs.call, requests), against: 'one bare rpc', goal: 1 },
  ]
  for (const [name, peer] of Object.entries(peers)) {
    try {
      const beside = await openAll(backend, { ours: openOurs, peer }, { load, delay })
      const { ours, peer: theirs } = await interleave(beside.variants, fewRounds)
      await beside.end(fewRounds)
      const of = (unit: Comparison['unit'], figure: (cost: Cost) => number): Comparison => {
        return { figure: load.figure, what, against: name, unit, ...compare(ours.map(figure), theirs.map(figure)), goal: null }
      }
      comparisons.push(of('ms', time), of('kB', kilobytes), of('requests', requests))
    } catch (error) {
      console.error(`${load.figure}, +${delay} ms, ${name} is left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return comparisons
}

const time = ({ milliseconds }: Cost): number => milliseconds
const kilobytes = ({ bytesUp }: Cost): number => bytesUp / 1_000
const requests = (cost: Cost): number => cost.requests

/** Each with a user and a trip of its own. */
async function openAll<Name extends string>(backend: LocalSupabase, openers: Readonly<Record<Name, OpenClient>>, { load, delay }: { load: Load; delay: number }) {
  const names = Object.keys(openers) as Name[]
  const ends: ((rounds: Rounds) => Promise<void>)[] = []
  const variants = {} as Record<Name, Variant<Cost>>
  for (const name of names) {
    const traveller = await createTraveller(backend, { items: load.items, delay, table: name === 'peer' ? 'peer_items' : 'items' })
    const work = load.work(traveller.itemIds)
    const client = await openers[name](traveller, load.items)
    variants[name] = async (round) => {
      client.goOffline()
      await client.edit(work.steps(round))
      traveller.link.take()
      const milliseconds = await timedToEnd(() => client.push())
      return { milliseconds, ...traveller.link.take() }
    }
    ends.push(async ({ warmUp, measured }) => {
      await client.close()
      await check(backend, { name, traveller, left: work.left, quantity: quantityOf(warmUp + measured) })
    })
  }
  // As in a database that has been at work for a while; otherwise its housekeeping would change the plans in mid-run.
  await backend.sql('vacuum analyze', [])
  return { variants, end: async (done: Rounds) => void (await Promise.all(ends.map((end) => end(done)))) }
}

interface Expected {
  readonly name: string
  readonly traveller: Traveller
  readonly left: Work['left']
  readonly quantity: number
}

/** A variant that did less than its work would be the fastest. */
async function check(backend: LocalSupabase, { name, traveller: { trip, table }, left, quantity }: Expected): Promise<void> {
  const there = table === 'items' ? 'true' : 'not _deleted'
  const counts = 'count(*)::int as items, count(*) filter (where quantity = $2)::int as edited'
  const [found] = await backend.sql(`select ${counts} from public.${table} where trip_id = $1 and ${there}`, [trip, quantity])
  const [items, edited] = [Number(found?.['items']), Number(found?.['edited'])]
  if (items === left.items && edited === left.edited) return
  throw new Error(`${name} left ${items} items, ${edited} of them as after the last round, instead of ${left.items} and ${left.edited}: the figures would be of something else.`)
}
