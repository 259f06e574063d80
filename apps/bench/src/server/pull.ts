import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, timedToEnd, type Rounds } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { createWriter, settleDatabase, type Writer } from './writer.ts'

const rounds: Rounds = { warmUp: 2, measured: 9 }
const trips = 300
/** In each of the trips; with the trips and their members, 32,700 rows. */
const items = 107
const changed = 1_000

/** V5: what changed is read at what it costs to read just that; a first sync in pages, against one statement that makes one array of it all. */
export async function measurePull(backend: LocalSupabase): Promise<Comparison[]> {
  const writer = await createWriter(backend, { trips, items })
  await settleDatabase(backend)
  const held = await pullAll(writer, {})
  const all = trips * (items + 2)
  const first = await interleave(
    {
      ours: () => timedCount(() => pullAll(writer, {}), all),
      array: () => timedCount(() => readAll(writer), all),
    },
    rounds,
  )
  let { cursors } = held
  const costs = await interleave(
    {
      ours: async () => {
        await backend.sql('update public.items set quantity = (quantity + 1) % 9000 where id in (select id from public.items where trip_id = any ($1) limit $2)', [writer.trips, changed])
        let next = cursors
        const cost = await timedCount(async () => {
          const pulled = await pullAll(writer, cursors)
          next = pulled.cursors
          return pulled
        }, changed)
        cursors = next
        return cost
      },
      array: () => timedCount(() => readSome(writer), changed),
    },
    rounds,
  )
  await writer.close()
  return [
    { figure: 'V5', what: `pull of ${changed.toLocaleString('en')} changed rows of ${all.toLocaleString('en')}`, against: 'one json_agg of as many', unit: 'ms', ...compare(costs.ours, costs.array), goal: null },
    { figure: 'V5', what: `first sync of ${all.toLocaleString('en')} rows, pages of 2,000`, against: 'one json_agg of all', unit: 'ms', ...compare(first.ours, first.array), goal: 2 },
  ]
}

interface Pulled {
  readonly cursors: Readonly<Record<string, string>>
  readonly rows: number
}

interface Page {
  readonly scopes: Record<string, string>
  readonly rows: Record<string, object[]>
  readonly more: boolean
}

async function pullAll({ run }: Writer, held: Pulled['cursors']): Promise<Pulled> {
  let [cursors, rows] = [held, 0]
  for (;;) {
    const [answer] = await run<{ page: Page }>('select public.sync_pull($1::text::jsonb) as page', [JSON.stringify({ cursors })])
    if (answer === undefined) throw new Error('The pull has no answer.')
    const { page } = answer
    cursors = { ...cursors, ...page.scopes }
    rows += Object.values(page.rows).reduce((sum, some) => sum + some.length, 0)
    if (!page.more) return { cursors, rows }
  }
}

async function readAll({ run }: Writer): Promise<Pulled> {
  const [answer] = await run<{ rows: Page['rows'] }>(
    `select json_build_object('trips', (select json_agg(t) from public.trips t), 'members', (select json_agg(m) from public.trip_members m),
                              'items', (select json_agg(i) from public.items i)) as rows where $1 <> ''`,
    ['-'],
  )
  return { cursors: {}, rows: Object.values(answer?.rows ?? {}).reduce((sum, some) => sum + some.length, 0) }
}

async function readSome({ run }: Writer): Promise<Pulled> {
  const [answer] = await run<{ rows: object[] }>('select json_agg(i) as rows from (select * from public.items limit $1::int) i', [String(changed)])
  return { cursors: {}, rows: answer?.rows.length ?? 0 }
}

async function timedCount(work: () => Promise<Pulled>, expected: number): Promise<number> {
  let rows = 0
  const milliseconds = await timedToEnd(async () => {
    rows = (await work()).rows
  })
  if (rows !== expected) throw new Error(`${rows} of ${expected} rows were read: the figures are of something else.`)
  return milliseconds
}
