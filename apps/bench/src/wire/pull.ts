import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, timedToEnd, type Rounds, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import type { OpenClient } from './client.ts'
import { openOurs } from './ours.ts'
import type { Peers } from './push.ts'
import { createTraveller, type Traveller } from './traveller.ts'

const items = 10_000
const changed = 1_000
const rounds: Rounds = { warmUp: 1, measured: 5 }
const fewRounds: Rounds = { warmUp: 0, measured: 2 }
const firstId = '00000000-0000-0000-0000-000000000000'

interface Row {
  readonly id: string
  readonly sync_version: number
}

/** S4 and S5: the first sync of 10,000 rows, and the pull of 1,000 of them that others changed. Every device is in memory. */
export async function measurePulls(backend: LocalSupabase, { delay, peers }: { delay: number; peers: Peers }): Promise<Comparison[]> {
  const traveller = await createTraveller(backend, { items, delay })
  await backend.sql('vacuum analyze', [])
  const first = await interleave({ ours: firstSync(openOurs, traveller), pages: () => timedRows(() => readPages(traveller)) }, rounds)
  const ours = await laterPull(backend, openOurs, delay)
  const keyset = await naivePull(backend, delay)
  const later = await interleave({ ours: ours.pull, keyset: keyset.pull }, rounds)
  for (const { close } of [ours, keyset]) await close()

  const what = { first: `first sync of ${items.toLocaleString('en')} rows, +${delay} ms`, later: `pull ${changed.toLocaleString('en')} of ${items.toLocaleString('en')} rows, +${delay} ms` }
  const comparisons: Comparison[] = [
    { figure: 'S4', what: what.first, against: 'rpc pages of 5,000, not kept', unit: 'ms', ...compare(first.ours, first.pages), goal: 1.3 },
    { figure: 'S5', what: what.later, against: 'keyset pages, not kept', unit: 'ms', ...compare(later.ours, later.keyset), goal: delay === 0 ? 1.3 : 0.7 },
  ]
  for (const [name, peer] of Object.entries(peers)) {
    try {
      const other = await createTraveller(backend, { items, delay, table: 'peer_items' })
      const beside = await interleave({ ours: firstSync(openOurs, traveller), theirs: firstSync(peer, other) }, fewRounds)
      comparisons.push({ figure: 'S4', what: what.first, against: name, unit: 'ms', ...compare(beside.ours, beside.theirs), goal: null })
      const [own, theirs] = [await laterPull(backend, openOurs, delay), await laterPull(backend, peer, delay)]
      const pulls = await interleave({ ours: own.pull, theirs: theirs.pull }, fewRounds)
      for (const { close } of [own, theirs]) await close()
      comparisons.push({ figure: 'S5', what: what.later, against: name, unit: 'ms', ...compare(pulls.ours, pulls.theirs), goal: null })
    } catch (error) {
      console.error(`S4, S5, +${delay} ms, ${name} is left out: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return comparisons
}

/** A device that holds nothing; the session is there already. */
function firstSync(open: OpenClient, traveller: Traveller): Variant<number> {
  return async () => {
    const start = performance.now()
    const client = await open(traveller, items)
    const milliseconds = performance.now() - start
    await client.close()
    return milliseconds
  }
}

interface Pull {
  readonly pull: Variant<number>
  readonly close: () => Promise<void>
}

async function laterPull(backend: LocalSupabase, open: OpenClient, delay: number): Promise<Pull> {
  const traveller = await createTraveller(backend, { items, delay, table: open === openOurs ? 'items' : 'peer_items' })
  const client = await open(traveller, items)
  return {
    pull: async (round) => {
      client.goOffline()
      await changeSome(backend, traveller, round)
      return timedToEnd(() => client.pull(changed, round + 1))
    },
    close: client.close,
  }
}

/** What an app does that keeps the highest mark it has seen: page by page, until one is not full. */
async function naivePull(backend: LocalSupabase, delay: number): Promise<Pull> {
  const traveller = await createTraveller(backend, { items, delay })
  let last = Math.max(...(await readPages(traveller)).map((row) => row.sync_version))
  return {
    pull: async (round) => {
      await changeSome(backend, traveller, round)
      const { supabase, trip } = traveller
      let rows = 0
      const milliseconds = await timedToEnd(async () => {
        for (let after = last; ; ) {
          const { data } = await supabase.from('items').select('*').eq('trip_id', trip).gt('sync_version', after).order('sync_version').order('id').limit(1_000).throwOnError()
          const page = data as readonly Row[]
          rows += page.length
          last = after = page.at(-1)?.sync_version ?? after
          if (page.length < 1_000) return
        }
      })
      if (rows !== changed) throw new Error(`${rows} of ${changed} rows were read: the figures are of something else.`)
      return milliseconds
    },
    close: () => Promise.resolve(),
  }
}

/** In one commit, so that no page of the naive pull ends in the middle of equal marks. */
const changeSome = (backend: LocalSupabase, { itemIds, table }: Traveller, round: number): Promise<unknown> =>
  backend.sql(`update public.${table} set quantity = $2 where id = any ($1::uuid[])`, [itemIds.slice(0, changed), round + 1])

async function readPages({ supabase, trip }: Traveller): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (;;) {
    const answer: { readonly data: unknown } = await supabase.rpc('bench_page', { trip, after: rows.at(-1)?.id ?? firstId, at_most: 5_000 }).throwOnError()
    const page = answer.data as readonly Row[]
    rows.push(...page)
    if (page.length < 5_000) return rows
  }
}

async function timedRows(work: () => Promise<readonly Row[]>): Promise<number> {
  let found = 0
  const milliseconds = await timedToEnd(async () => {
    found = (await work()).length
  })
  if (found !== items) throw new Error(`${found} of ${items} rows were read: the figures are of something else.`)
  return milliseconds
}
