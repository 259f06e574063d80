import { compare, interleave, type Ratio } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { fill, type Browser } from './browsers.ts'
import type { EditCost, EditWork, LibraryName } from './page/main.ts'
import { peers } from './peers.ts'

/** Pages in each of which all libraries of a figure edit by turns. */
export interface EditRounds {
  readonly pages: number
  /** Turns of one edit, of a thousand at once. */
  readonly single: EditWork['turns']
  readonly many: EditWork['turns']
}

/** W1 and W2: from an edit until it is durable, where 10,000 rows are stored. */
export async function measureEdits(browser: Browser, { pages, single, many }: EditRounds): Promise<Comparison[]> {
  const [stored, few] = [10_000, 1_000]
  const one = await edited(browser, ['raw', 'bare', 'ours'], { pages, work: { rows: stored, atOnce: 1, turns: single } })
  const thousand = await edited(browser, ['raw', 'bare', 'ours'], { pages, work: { rows: stored, atOnce: 1_000, turns: many } })
  const loop = await edited(browser, ['bareSingly', 'oursSingly'], { pages, work: { rows: few, atOnce: 1_000, turns: many } })
  return [
    line('W1', 'one edit until durable, 10,000 rows stored, after its dispatch', { against: 'raw put of the row', goal: 1.1, ...compare(after(one.ours), durable(one.raw)) }),
    line('W1', '… its dispatch included', { against: 'dispatch without Stowaway and a raw put', goal: 1.1, ...compare(durable(one.ours), durable(one.bare)) }),
    line('W2', '1,000 edits in one action until durable, after its dispatch', { against: 'raw puts in one transaction', goal: 1.25, ...compare(after(thousand.ours), durable(thousand.raw)) }),
    line('W2', '… its dispatch included', { against: 'dispatch without Stowaway and raw puts', goal: 1.25, ...compare(durable(thousand.ours), durable(thousand.bare)) }),
    line('W2', '… as 1,000 actions at once, held back as a loop [A5], 1,000 rows stored', { against: 'dispatches without Stowaway and raw puts', goal: null, ...compare(durable(loop.oursSingly), durable(loop.bareSingly)) }),
  ]
}

/** W3: one item a thousand times at once. */
export async function measureOneRow(browser: Browser): Promise<Comparison[]> {
  await fill(browser, 'oursSingly', 1_000)
  const found = await browser.inPage((page) => page.evaluate(() => window.bench.editOne('oursSingly', { rows: 1_000, times: 1_000 })))
  return [counted('1,000 edits to one row: transactions', 'transactions', found.transactions), counted('… ops on the wire', 'ops', found.ops ?? Infinity)]
}

const counted = (what: string, unit: Comparison['unit'], ours: number): Comparison => ({ figure: 'W3', what, against: 'the goal', unit, ours, reference: 1, ratio: ours, spread: [ours, ours], goal: 1 })

/**
 * The same beside each peer, which shows an edit by its own means: ours with the dispatch of RTK. Each in pages of its own, by turns,
 * and with nothing that waits at first: what one leaves to be done later is not to be paid for by the other.
 */
export async function measurePeersEdits(browser: Browser, { pages, single, many }: EditRounds): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const { library, name } of peers) {
    const beside = async (work: EditWork) => {
      const inPages = (one: LibraryName) => async () => {
        await fill(browser, one, work.rows)
        return (await editInPage(browser, [one], work))[one] ?? []
      }
      const costs = await interleave({ ours: inPages('ours'), theirs: inPages(library) }, { warmUp: 0, measured: pages })
      return { ours: costs.ours.flat(), theirs: costs.theirs.flat() }
    }
    const one = await beside({ rows: 10_000, atOnce: 1, turns: single })
    const thousand = await beside({ rows: 10_000, atOnce: 1_000, turns: many })
    const { transactions } = await browser.inPage((page) => page.evaluate((given) => window.bench.editOne(given, { rows: 10_000, times: 1_000 }), library))
    comparisons.push(
      line('W1', 'one edit until durable, 10,000 rows stored, its dispatch included', { against: name, goal: null, ...compare(durable(one.ours), durable(one.theirs)) }),
      line('W1', '… after its dispatch', { against: name, goal: null, ...compare(after(one.ours), durable(one.theirs)) }),
      line('W2', '1,000 edits until durable, in one action', { against: name, goal: null, ...compare(durable(thousand.ours), durable(thousand.theirs)) }),
      { ...counted('1,000 edits to one row: transactions', 'transactions', 1), against: name, reference: transactions, ratio: 1 / transactions, spread: [1 / transactions, 1 / transactions], goal: null },
    )
  }
  return comparisons
}

/** The costs of all turns in all pages; in each page each library had as many. */
async function edited<Name extends LibraryName>(browser: Browser, names: readonly Name[], { pages, work }: { pages: number; work: EditWork }): Promise<Record<Name, readonly EditCost[]>> {
  for (const name of names) await fill(browser, name, work.rows)
  const all = Object.fromEntries(names.map((name): [Name, EditCost[]] => [name, []])) as Record<Name, EditCost[]>
  for (let page = 0; page < pages; page += 1) {
    const costs = await editInPage(browser, names, work)
    for (const name of names) all[name].push(...(costs[name] ?? []))
  }
  return all
}

const editInPage = (browser: Browser, names: readonly LibraryName[], work: EditWork): Promise<Record<string, readonly EditCost[]>> =>
  browser.inPage((page) => page.evaluate(([libraries, given]) => window.bench.edit(libraries, given), [names, work] as const))

const durable = (costs: readonly EditCost[]): number[] => costs.map((cost) => cost.durable)
/** What the edit's own caller did not wait for. */
const after = (costs: readonly EditCost[]): number[] => costs.map((cost) => cost.durable - cost.held)

const line = (figure: string, what: string, { against, goal, ...ratio }: Ratio & Pick<Comparison, 'against' | 'goal'>): Comparison => ({ figure, what, against, unit: 'ms', ...ratio, goal })
