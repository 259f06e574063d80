import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { chromiumArguments, findChromium } from '../../../../scripts/chromium.ts'
import type { LibraryName } from './page/main.ts'
import { servePage } from './page-server.ts'

/** One real Chromium with a profile of its own on disk. */
export interface Browser {
  /** Runs work in a fresh page, which knows what is on disk and nothing else. */
  readonly inPage: <Result>(work: (page: Page) => Promise<Result>) => Promise<Result>
  /** A page that stays open. */
  readonly open: () => Promise<Page>
  readonly close: () => Promise<void>
}

export interface Browsers {
  /** Opens another Chromium: the devices of two people share nothing. */
  readonly launch: () => Promise<Browser>
  /** Closes all that are still open, and serves the page no more. */
  readonly close: () => Promise<void>
}

export async function openBrowsers(): Promise<Browsers> {
  const server = await servePage()
  const opened = new Set<Browser>()
  return {
    launch: async () => {
      const browser = await launch(server.url)
      opened.add(browser)
      return { ...browser, close: () => browser.close().finally(() => opened.delete(browser)) }
    },
    close: async () => {
      await Promise.all([...opened].map((browser) => browser.close()))
      await server.close()
    },
  }
}

async function launch(url: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'bench-profile-'))
  const executablePath = findChromium()
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath !== undefined && { executablePath }),
    args: [...chromiumArguments, '--js-flags=--expose-gc'],
  })
  const open = async () => {
    const page = await context.newPage()
    page.on('pageerror', (error) => console.error(`In the page: ${error.stack ?? error.message}`))
    await page.goto(url)
    await page.waitForFunction(() => 'bench' in window)
    return page
  }
  return {
    open,
    inPage: async (work) => {
      const page = await open()
      try {
        return await work(page)
      } finally {
        await page.close()
      }
    },
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Milliseconds in which so many rows were stored into an empty database; in a page of its own: what is compiled then is not there later. */
export const fill = (browser: Browser, library: LibraryName, rows: number): Promise<number> =>
  browser.inPage((page) => page.evaluate(([name, count]) => window.bench.fill(name, count), [library, rows] as const))
