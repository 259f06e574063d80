import type { LocalSupabase } from '@stowaway/local-supabase'
import { findChromium } from '../../../../scripts/chromium.ts'
import type { Comparison, Part } from '../report.ts'
import type { Browser, Browsers } from './browsers.ts'
import { measureEdits, measureOneRow, measurePeersEdits } from './edits.ts'
import { measureLive } from './live.ts'
import { measureFills, measurePeersStarts, measureStarts } from './starts.ts'

export interface BrowserRun {
  readonly withBrowsers: (measure: (browsers: Browsers) => Promise<Comparison[]>) => Promise<Comparison[]>
  readonly withBackend: (measure: (backend: LocalSupabase) => Promise<Comparison[]>) => Promise<Comparison[]>
  /** Fewer rounds: to see that it runs. */
  readonly isSmall: boolean
  readonly isBesidePeers: boolean
}

/** The figures of a device, in real Chromium on real IndexedDB: each part in a browser of its own, with a profile that nothing was in. */
export function browserParts({ withBrowsers, withBackend, isSmall, isBesidePeers }: BrowserRun): Part[] {
  if (findChromium() === undefined) {
    console.error('No Chromium was found, so the figures of a device are left out. CHROMIUM_PATH names one that stands in no usual place.')
    return []
  }
  const inBrowser = (measure: (browser: Browser) => Promise<Comparison[]>) => () =>
    withBrowsers(async ({ launch }) => {
      const browser = await launch()
      try {
        return await measure(browser)
      } finally {
        await browser.close()
      }
    })
  const rounds = { warmUp: 1, measured: isSmall ? 3 : 11 }
  const fewRounds = { warmUp: 1, measured: isSmall ? 2 : 5 }
  const edits = { pages: isSmall ? 1 : 3, single: { warmUp: 20, measured: isSmall ? 20 : 80 }, many: { warmUp: 1, measured: isSmall ? 2 : 4 } }
  return [
    { figures: ['W1', 'W2'], measure: inBrowser((browser) => measureEdits(browser, edits)) },
    { figures: ['W3'], measure: inBrowser(measureOneRow) },
    { figures: ['C1'], measure: inBrowser((browser) => measureStarts(browser, { figure: 'C1', rows: 10_000, goal: 0.6, rounds })) },
    { figures: ['C2'], measure: inBrowser((browser) => measureStarts(browser, { figure: 'C2', rows: 50_000, goal: 0.5, rounds: fewRounds })) },
    { figures: ['C3'], measure: inBrowser((browser) => measureFills(browser, rounds)) },
    ...(isBesidePeers
      ? [
          { figures: ['W1', 'W2', 'W3'], measure: inBrowser((browser) => measurePeersEdits(browser, { ...edits, pages: 2, many: { warmUp: 0, measured: 2 } })) },
          { figures: ['C1', 'C3'], measure: inBrowser((browser) => measurePeersStarts(browser, { figure: 'C1', rows: 10_000, rounds: fewRounds })) },
          { figures: ['C2', 'C3'], measure: inBrowser((browser) => measurePeersStarts(browser, { figure: 'C2', rows: 50_000, rounds: { warmUp: 0, measured: isSmall ? 1 : 3 } })) },
        ]
      : []),
    { figures: ['L1'], measure: () => withBackend((backend) => withBrowsers((browsers) => measureLive(backend, browsers, { warmUp: 10, measured: isSmall ? 20 : 100 }))) },
  ]
}
