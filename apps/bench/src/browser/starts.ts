import { compare, interleave, type Rounds, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { fill, type Browser } from './browsers.ts'
import type { LibraryName } from './page/main.ts'

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
  for (const library of ['raw', 'ours'] as const) await fill(browser, library, rows)
  const starts = await interleave({ raw: start('raw'), ours: start('ours') }, rounds)
  const longest = starts.ours.map(({ longestTask }) => longestTask)
  const what = `cold start, ${rows.toLocaleString('en')} rows in the store`
  return [
    { figure, what, against: 'raw getAll, one record per row', unit: 'ms', ...compare(took(starts.ours), took(starts.raw)), goal },
    { figure, what: '… longest task; 0: none over 50 ms', against: 'the goal', unit: 'ms', ...compare(longest, longest.map(() => 50)), goal: figure === 'C2' ? 1 : null },
  ]
}

const took = (starts: readonly { readonly took: number }[]): number[] => starts.map((start) => start.took)

/** C3: what a pull has brought is kept. */
export async function measureFills(browser: Browser, rounds: Rounds): Promise<Comparison[]> {
  const rows = 10_000
  const stored = (library: LibraryName): Variant<number> => () => fill(browser, library, rows)
  const costs = await interleave({ raw: stored('raw'), ours: stored('ours') }, rounds)
  return [{ figure: 'C3', what: '10,000 rows, from the answers of a pull until stored and in the store', against: 'raw puts, one record per row', unit: 'ms', ...compare(costs.ours, costs.raw), goal: 0.1 }]
}
