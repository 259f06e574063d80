import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, timedToEnd, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { createWriter, settleDatabase, type Writer } from './writer.ts'

const trips = 300

/** V2: asking whether there is anything new, by one who is in 300 trips with few items and one who is in 300 with very many. */
export async function measurePoll(backend: LocalSupabase, { few, many }: { few: number; many: number }): Promise<Comparison[]> {
  const light = await createWriter(backend, { trips, items: few / trips })
  const heavy = await createWriter(backend, { trips, items: Math.floor(many / trips) })
  await settleDatabase(backend)
  const [lightly, heavily] = [await polls(light), await polls(heavy)]
  const costs = await interleave(
    { lightly: lightly.poll, heavily: heavily.poll, nothing: () => timedToEnd(() => light.run('select 1 as nothing where $1 <> $2', ['a', 'b'])) },
    { warmUp: 20, measured: 200 },
  )
  await light.close()
  await heavy.close()
  const what = (rows: number) => `idle poll, ${trips} trips, ${rows.toLocaleString('en')} rows`
  return [
    { figure: 'V2', what: what(few), against: 'select 1', unit: 'ms', ...compare(costs.lightly, costs.nothing), goal: null },
    { figure: 'V2', what: what(many), against: 'select 1', unit: 'ms', ...compare(costs.heavily, costs.nothing), goal: null },
    { figure: 'V2', what: what(many), against: `same, ${few.toLocaleString('en')} rows`, unit: 'ms', ...compare(costs.heavily, costs.lightly), goal: 1.25 },
    { figure: 'V2', what: 'answer of an idle poll', against: 'two bytes: yes or no', unit: 'B', ...compare([heavily.bytes], [2]), goal: 30 },
  ]
}

async function polls({ run }: Writer): Promise<{ poll: Variant<number>; bytes: number }> {
  const [first] = await run<{ etag: string }>(`select sync.etag() as etag`)
  const request = JSON.stringify({ etag: first?.etag })
  const poll = async () => {
    const rows = await run<{ answer: string }>('select public.sync_pull($1::text::jsonb)::text as answer', [request])
    return rows[0]?.answer ?? ''
  }
  const answer = await poll()
  if (!answer.includes('unchanged')) throw new Error(`The poll was answered with ${answer}: the figures are of something else.`)
  return { poll: () => timedToEnd(poll), bytes: answer.length }
}
