import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '@stowaway/local-supabase'
import type { Page } from 'playwright'
import { compare, interleave, quantile, type Rounds } from '../measure.ts'
import type { Comparison } from '../report.ts'
import type { Browsers } from './browsers.ts'

const items = 100

/**
 * L1: two people look at one trip, each in a browser of their own; from the dispatch in one until it is in the store of the other. By
 * turns with it a bare broadcast goes between the same pages, which is not stored, not checked and not merged.
 */
export async function measureLive(backend: LocalSupabase, browsers: Browsers, rounds: Rounds): Promise<Comparison[]> {
  const { accounts, itemIds } = await shareTrip(backend)
  const opened = await Promise.all(
    accounts.map(async (account) => {
      const browser = await browsers.launch()
      const page = await browser.open()
      await page.evaluate((given) => window.live.open(given), account)
      return { page, close: browser.close }
    }),
  )
  const [from, to] = opened.map(({ page }) => page) as [Page, Page]
  const times = await interleave(
    {
      ours: async (round) => {
        const edit = [itemIds[round % items]!, round + 1] as const
        const [sent, seen] = await Promise.all([from.evaluate((given) => window.live.edit(...given), edit), to.evaluate((given) => window.live.seen(...given), edit)])
        return seen - sent
      },
      broadcast: async (round) => {
        const [sent, heard] = await Promise.all([from.evaluate((number) => window.live.send(number), round), to.evaluate((number) => window.live.heard(number), round)])
        return heard - sent
      },
    },
    rounds,
  )
  for (const { close } of opened) await close()
  return [
    goal(`edit in one browser until in the store of another, p50 of ${rounds.measured}`, quantile(times.ours, 0.5), 60),
    goal('… p95', quantile(times.ours, 0.95), 150),
    { figure: 'L1', what: '…', against: 'bare broadcast, stored nowhere', unit: 'ms', ...compare(times.ours, times.broadcast), goal: null },
    { ...goal('bare broadcast, p95', quantile(times.broadcast, 0.95), 150), goal: null },
  ]
}

/** On loopback: these are times, and hold for a machine that does little else. */
function goal(what: string, ours: number, most: number): Comparison {
  const ratio = ours / most
  return { figure: 'L1', what, against: 'the goal', unit: 'ms', ours, reference: most, ratio, spread: [ratio, ratio], goal: 1 }
}

async function shareTrip(backend: LocalSupabase) {
  const password = 'packing-list'
  const emails = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`]
  const [owner, other] = [await backend.createUser(emails[0]!, password, 'Ann'), await backend.createUser(emails[1]!, password, 'Ben')]
  const trip = randomUUID()
  await backend.sql(`insert into public.trips (id, name, created_by) values ($1, 'The Alps', $2)`, [trip, owner.id])
  await backend.sql(`insert into public.trip_members (trip_id, user_id, role, name) values ($1, $2, 'editor', 'Ben')`, [trip, other.id])
  const rows = await backend.sql(
    `insert into public.items (id, trip_id, name, category, position) select gen_random_uuid(), $1, 'Item number ' || n, 'Clothes', n from generate_series(1, $2::int) n returning id`,
    [trip, items],
  )
  const topic = `bench-${randomUUID()}`
  return { itemIds: rows.map(({ id }) => String(id)), accounts: emails.map((email) => ({ url: backend.url, key: backend.anonKey, email, password, items, topic })) }
}
