import { expect, test, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { pagePath, serveTabPage } from './tab-page.ts'

test.slow()

const account = () => ({ email: `ann-${crypto.randomUUID()}@example.com`, password: 'packing-list' })

async function openTab(context: BrowserContext, who: ReturnType<typeof account>): Promise<Page> {
  const page = await context.newPage()
  await page.goto(pagePath)
  await page.evaluate((given) => window.tab.start(given), who)
  return page
}

const leads = (page: Page): Promise<boolean> => page.evaluate(() => window.tab.leads())
const shown = (page: Page) => page.evaluate(() => window.tab.shown())

async function leaderOf(pages: readonly Page[]): Promise<Page> {
  for (const page of pages) if (await leads(page)) return page
  throw new Error('No tab leads.')
}

/** Every tab adds to the quantity, again and again, at random distances; resolves with what it all comes to. */
async function everyTabAdds(pages: readonly Page[], item: string): Promise<number> {
  const sums = await Promise.all(
    pages.map((page) =>
      page.evaluate(async (id) => {
        let sum = 0
        for (let edits = 0; edits < 12; edits += 1) {
          const more = 1 + Math.floor(Math.random() * 9)
          window.tab.add(id, more)
          sum += more
          await new Promise((resolve) => void setTimeout(resolve, Math.random() * 30))
        }
        await window.tab.flush()
        return sum
      }, item),
    ),
  )
  return sums.reduce((sum, added) => sum + added, 0)
}

/**
 * The tab holds its lock and does nothing, until the result is called. By the debugger: what freezes hidden tabs
 * (`Page.setWebLifecycleState`) does nothing to those of a Chromium without a window.
 */
async function freeze(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Debugger.enable')
  const paused = new Promise((resolve) => void session.once('Debugger.paused', resolve))
  await session.send('Debugger.pause')
  // Whatever it does next is where it stops.
  void page.evaluate(() => 'next').catch(() => {})
  await paused
  return async () => {
    await session.send('Debugger.resume')
    await session.detach()
  }
}

async function onServer(request: APIRequestContext, item: string): Promise<number | undefined> {
  const [row] = await rowsOf<{ quantity: number }>(request, `items?select=quantity&id=eq.${item}`)
  return row?.quantity
}

test('[TB1] [TB2] [PU1] four tabs edit at once while their leader is frozen, thawed, closed and crashed: all agree, and each edit counts once', async ({ browser, request }) => {
  const context = await browser.newContext()
  await serveTabPage(context)
  const ann = account()
  let pages: Page[] = []
  for (let tab = 0; tab < 4; tab += 1) pages.push(await openTab(context, ann))
  const [trip, item] = [crypto.randomUUID(), crypto.randomUUID()]
  await pages[0]!.evaluate(([tripId, id]) => {
    window.tab.addTrip(tripId!)
    window.tab.addItem(id!, tripId!)
  }, [trip, item])
  for (const page of pages) await expect.poll(() => shown(page)).toEqual({ [item]: [0, item] })
  let sum = await everyTabAdds(pages, item)
  await expect.poll(() => onServer(request, item)).toBe(sum)

  const frozen = await leaderOf(pages)
  const awake = pages.filter((page) => page !== frozen)
  const thaw = await freeze(frozen)
  sum += await everyTabAdds(awake, item)
  await expect.poll(() => onServer(request, item), { timeout: 30_000 }).toBe(sum)
  const next = await leaderOf(awake)
  await thaw()
  sum += await everyTabAdds(pages, item)
  for (const page of pages) await expect.poll(() => shown(page)).toEqual({ [item]: [sum, item] })
  expect(await leads(frozen)).toBe(false)

  // Closed and crashed just after edits in all tabs: what was flushed goes out all the same.
  sum += await everyTabAdds(pages, item)
  await next.close()
  pages = pages.filter((page) => page !== next)
  sum += await everyTabAdds(pages, item)
  const crashing = await leaderOf(pages)
  const crash = crashing.waitForEvent('crash')
  void (await context.newCDPSession(crashing)).send('Page.crash').catch(() => {})
  await crash
  pages = pages.filter((page) => page !== crashing)
  sum += await everyTabAdds(pages, item)
  for (const page of pages) await expect.poll(() => shown(page)).toEqual({ [item]: [sum, item] })
  await expect.poll(() => onServer(request, item)).toBe(sum)
  for (const page of pages) await expect.poll(() => page.evaluate(() => window.tab.pending())).toBe(0)
  await context.close()
})
