import type { LocalSupabase } from '@stowaway/local-supabase'
import { grouped } from '../../../../packages/sync/dist/supabase/wire-groups.js'
import { timedToEnd } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { insertOf, newItems, opsOf } from './new-items.ts'
import { createCompanion, createWriter, settleDatabase, type Writer } from './writer.ts'

const clients = 50
const batch = 10

interface Outcome {
  readonly perSecond: number
  /** Milliseconds within which 99 of 100 were answered. */
  readonly p99: number
}

/** V4: 50 clients that write to one trip at once, each `pushes` times ten rows; a deadlock, or an op that was not applied, ends the run. */
export async function measureCrowd(backend: LocalSupabase, pushes: number): Promise<Comparison[]> {
  const owner = await createWriter(backend)
  const writers = [owner]
  while (writers.length < clients) writers.push(await createCompanion(backend, owner))
  await settleDatabase(backend)
  const before = await deadlocks(backend)
  await crowd(writers, { times: 1, work: pushOnce })
  const ours = await crowd(writers, { times: pushes, work: pushOnce })
  const plain = await crowd(writers, { times: pushes, work: insertOnce })
  const found = (await deadlocks(backend)) - before
  for (const { close } of writers) await close()
  if (found > 0) throw new Error(`${found} deadlocks: the figures are of something else.`)

  const what = `${clients} clients push ${batch} rows each to one trip`
  const against = 'the same by plain inserts'
  const side = (figure: (outcome: Outcome) => number) => {
    const ratio = figure(ours) / figure(plain)
    return { ours: figure(ours), reference: figure(plain), ratio, spread: [ratio, ratio] as const }
  }
  return [
    { figure: 'V4', what: `${what}: p99`, against, unit: 'ms', ...side(({ p99 }) => p99), goal: null },
    { figure: 'V4', what: '… a second, without a deadlock', against, unit: '/s', ...side(({ perSecond }) => perSecond), goal: null },
  ]
}

async function pushOnce({ run, trips: [trip = ''] }: Writer): Promise<void> {
  const text = JSON.stringify(grouped(opsOf(trip, newItems(batch))))
  const [answer] = await run<{ result: { answers: readonly { status: string }[] } }>('select public.sync_push($1::text::json, $2) as result', [text, 'bench'])
  const applied = answer?.result.answers.filter(({ status }) => status === 'applied').length ?? 0
  if (applied !== batch) throw new Error(`Only ${applied} of ${batch} ops were applied: the figures are of something else.`)
}

async function insertOnce({ run, trips: [trip = ''] }: Writer): Promise<void> {
  await run(insertOf(trip, newItems(batch)))
}

async function crowd(writers: readonly Writer[], { times, work }: { times: number; work: (writer: Writer) => Promise<void> }): Promise<Outcome> {
  const taken: number[] = []
  const all = await timedToEnd(() =>
    Promise.all(
      writers.map(async (writer) => {
        for (let time = 0; time < times; time += 1) taken.push(await timedToEnd(() => work(writer)))
      }),
    ),
  )
  const sorted = taken.toSorted((a, b) => a - b)
  return { perSecond: (taken.length * 1_000) / all, p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 }
}

async function deadlocks(backend: LocalSupabase): Promise<number> {
  const [row] = await backend.sql('select deadlocks::int as found from pg_stat_database where datname = current_database()', [])
  return Number(row?.['found'])
}
