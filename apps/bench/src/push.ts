import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, type Rounds } from './measure.ts'
import { barePatch, barePush, bulkUpsert, quantityOf, throughStowaway, type Cost } from './push-variants.ts'
import type { Comparison } from './report.ts'
import { openDevice } from './store.ts'
import { createTraveller, type Traveller } from './traveller.ts'

const items = 1_000
const rounds: Rounds = { warmUp: 2, measured: 6 }

/** S1: 1,000 edits made offline, one on each of 1,000 rows. `delay`: milliseconds added to each round trip. */
export async function measurePush(backend: LocalSupabase, delay: number): Promise<Comparison[]> {
  const traveller = () => createTraveller(backend, { items, delay })
  const [a, b, c, d] = [await traveller(), await traveller(), await traveller(), await traveller()]
  // As in a database that has been at work for a while; otherwise its housekeeping would change the plans in mid-run.
  await backend.sql('vacuum analyze', [])
  const device = await openDevice(a.supabase, items)
  const costs = await interleave(
    { ours: throughStowaway(a, device), push: barePush(b), patch: barePatch(c), upsert: bulkUpsert(d) },
    rounds,
  )
  await device.close()
  await checkAll(backend, [a, b, c, d])

  const what = `push ${items.toLocaleString('en')} edits, +${delay} ms`
  const side = (unit: Comparison['unit'], reference: readonly Cost[], figure: (cost: Cost) => number) => {
    return { figure: 'S1', what, unit, ...compare(costs.ours.map(figure), reference.map(figure)) }
  }
  const goal = delay === 0 ? 2 : 1.3
  return [
    { ...side('ms', costs.patch, time), against: 'bare rpc with patches', goal },
    { ...side('ms', costs.push, time), against: 'bare sync_push, same ops', goal },
    { ...side('ms', costs.upsert, time), against: 'supabase-js bulk upsert', goal: null },
    { ...side('kB', costs.patch, kilobytes), against: 'bare rpc with patches', goal: 1.5 },
    { ...side('kB', costs.upsert, kilobytes), against: 'supabase-js bulk upsert', goal: null },
    { ...side('requests', costs.patch, ({ requests }) => requests), against: 'bare rpc with patches', goal: 1 },
  ]
}

const time = ({ milliseconds }: Cost): number => milliseconds
const kilobytes = ({ bytesUp }: Cost): number => bytesUp / 1_000

/** A variant that did less than its work would be the fastest. */
async function checkAll(backend: LocalSupabase, travellers: readonly Traveller[]): Promise<void> {
  const last = quantityOf(rounds.warmUp + rounds.measured)
  for (const { trip } of travellers) {
    const written = await backend.sql('select from public.items where trip_id = $1 and quantity = $2', [trip, last])
    if (written.length !== items) throw new Error(`Only ${written.length} of ${items} rows were written: the figures are of something else.`)
  }
}
