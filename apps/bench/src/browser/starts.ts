import { compare, interleave, type Rounds, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { fill, type Browser } from './browsers.ts'
import type { LibraryName } from './page/main.ts'
import { peers } from './peers.ts'

export interface StartSize {
  readonly figure: string
  readonly rows: number
  /** At most so much of the time of the reference. */
  readonly goal: number
  readonly rounds: Rounds
}

/** C1 and C2: a page that has just been opened reads what is on disk, until all rows are in its store. */
export async function measureStarts(browser: Browser, { figure, rows, goal, rounds }: StartSize): Promise<Comparison[]> {
  const start = (library: LibraryName) => () => browser.inPage((page) => page.evaluate(([name, count]) => window.bench.start(name, count), [library, rows] as const))
  for (const library of ['raw', 'ours', 'storageAlone'] as const) await fill(browser, library, rows)
  const starts = await interleave({ raw: start('raw'), ours: start('ours'), alone: start('storageAlone') }, rounds)
  const longest = starts.ours.map(({ longestTask }) => longestTask)
  const what = `cold start, ${rows.toLocaleString('en')} rows in the store`
  return [
    { figure, what, against: 'raw getAll, one record per row', unit: 'ms', ...compare(took(starts.ours), took(starts.raw)), goal },
    { figure, what: '… of that read and unsealed', against: 'raw getAll, one record per row', unit: 'ms', ...compare(took(starts.alone), took(starts.raw)), goal: null },
    { figure, what: '… longest task; 0: none over 50 ms', against: 'the goal', unit: 'ms', ...compare(longest, longest.map(() => 50)), goal: figure === 'C2' ? 1 : null },
  ]
}

const took = (starts: readonly { readonly took: number }[]): number[] => starts.map((start) => start.took)

/** C1 or C2, and C3, beside each peer that keeps rows. */
export async function measurePeersStarts(browser: Browser, { figure, rows, rounds }: Omit<StartSize, 'goal'>): Promise<Comparison[]> {
  const start = (library: LibraryName) => () => browser.inPage((page) => page.evaluate(([name, count]) => window.bench.start(name, count), [library, rows] as const))
  const comparisons: Comparison[] = []
  for (const { library, name } of peers.filter(({ keepsRows }) => keepsRows)) {
    const stored = await interleave({ ours: () => fill(browser, 'ours', rows), theirs: () => fill(browser, library, rows) }, { warmUp: 0, measured: 2 })
    const starts = await interleave({ ours: start('ours'), theirs: start(library) }, rounds)
    comparisons.push(
      { figure, what: `cold start, ${rows.toLocaleString('en')} rows`, against: name, unit: 'ms', ...compare(took(starts.ours), took(starts.theirs)), goal: null },
      { figure: 'C3', what: `${rows.toLocaleString('en')} pulled rows stored`, against: name, unit: 'ms', ...compare(stored.ours, stored.theirs), goal: null },
    )
  }
  return comparisons
}

/** C3: what a pull has brought is kept. */
export async function measureFills(browser: Browser, rounds: Rounds): Promise<Comparison[]> {
  const rows = 10_000
  const stored = (library: LibraryName): Variant<number> => () => fill(browser, library, rows)
  const costs = await interleave({ raw: stored('raw'), ours: stored('ours'), alone: stored('storageAlone') }, rounds)
  const against = 'raw puts, one record per row'
  return [
    { figure: 'C3', what: '10,000 rows, from the answers of a pull until stored and in the store', against, unit: 'ms', ...compare(costs.ours, costs.raw), goal: 0.1 },
    { figure: 'C3', what: '… of that sealed and stored', against, unit: 'ms', ...compare(costs.alone, costs.raw), goal: null },
  ]
}
