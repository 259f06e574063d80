import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base, type APIRequestContext, type BrowserContext, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { startBrowser } from './mortal-browser.ts'
import { pagePath, serveTabPage } from './tab-page.ts'

/** A browser whose tabs are hidden but for the one in front, slowed down, and can be frozen, as a user's are. */
const test = base.extend<{ readonly userBrowser: BrowserContext }>({
  userBrowser: async ({ launchOptions }, use) => {
    const profile = await mkdtemp(join(tmpdir(), 'stowaway-tabs-'))
    const { context, kill } = await startBrowser(profile, { ...launchOptions, noDefaults: true })
    await serveTabPage(context)
    await use(context)
    await kill()
    await rm(profile, { recursive: true, force: true })
  },
})

test.slow()

const account = () => ({ email: `ann-${crypto.randomUUID()}@example.com`, password: 'packing-list' })

async function openTab(context: BrowserContext, { baseURL, who }: { readonly baseURL: string | undefined; readonly who: ReturnType<typeof account> }): Promise<Page> {
  const page = await context.newPage()
  await page.goto(new URL(pagePath, baseURL).href)
  await page.evaluate((given) => window.tab.start(given), who)
  return page
}

const leads = (page: Page): Promise<boolean> => page.evaluate(() => window.tab.leads())
const shown = (page: Page) => page.evaluate(() => window.tab.shown())

async function leaderOf(pages: readonly Page[]): Promise<Page> {
  for (const page of pages) if (await leads(page)) return page
  throw new Error('No tab leads.')
}

/** Every tab adds to the quantity, again and again, at random distances; resolves with what it all comes to. Browsers wake hidden tabs once a second. */
async function everyTabAdds(pages: readonly Page[], item: string): Promise<number> {
  const sums = await Promise.all(
    pages.map((page) =>
      page.evaluate(async (id) => {
        let sum = 0
        for (let moments = 0; moments < 3; moments += 1) {
          for (let edits = Math.floor(Math.random() * 4); edits >= 0; edits -= 1) {
            const more = 1 + Math.floor(Math.random() * 9)
            window.tab.add(id, more)
            sum += more
          }
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
 * As browsers do to tabs that nobody has seen for a while: it does nothing, until the result is called. They spare a tab that is
 * in a transaction: frozen in one, it would hold up all others until Chromium ends that, after a minute.
 */
async function freeze(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  await expect.poll(() => page.evaluate(() => window.tab.rests())).toBe(true)
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  await page.evaluate(() => document.addEventListener('freeze', () => document.documentElement.setAttribute('data-frozen', '')))
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await expect(page.locator('[data-frozen]')).toBeAttached()
  return async () => {
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await session.detach()
  }
}

/** It is in the midst of something and does not come to an end, its lock in its hands, until the result is called. By the debugger. */
async function hang(page: Page): Promise<() => Promise<void>> {
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

test('[TB1] [TB2] [PU1] complaint 19: four tabs edit at once while their leader is frozen, thawed, hung, closed and crashed, and a follower frozen: all agree, and each edit counts once', async ({ userBrowser, baseURL, request }) => {
  const who = account()
  let pages: Page[] = []
  for (let tab = 0; tab < 4; tab += 1) pages.push(await openTab(userBrowser, { baseURL, who }))
  const [trip, item] = [crypto.randomUUID(), crypto.randomUUID()]
  await pages[0]!.evaluate(([tripId, id]) => {
    window.tab.addTrip(tripId!)
    window.tab.addItem(id!, tripId!)
  }, [trip, item])
  for (const page of pages) await expect.poll(() => shown(page)).toEqual({ [item]: [0, item] })
  let sum = await everyTabAdds(pages, item)
  await expect.poll(() => onServer(request, item)).toBe(sum)

  for (const [stop, whom] of [[freeze, 'leader'], [freeze, 'follower'], [hang, 'leader']] as const) {
    const leader = await leaderOf(pages)
    const stopped = whom === 'leader' ? leader : pages.find((page) => page !== leader)!
    const awake = pages.filter((page) => page !== stopped)
    // Only a tab that nobody sees is frozen.
    await awake[0]!.bringToFront()
    const goOn = await stop(stopped)
    sum += await everyTabAdds(awake, item)
    await expect.poll(() => onServer(request, item), { timeout: 30_000 }).toBe(sum)
    await leaderOf(awake)
    await goOn()
    sum += await everyTabAdds(pages, item)
    for (const page of pages) await expect.poll(() => shown(page)).toEqual({ [item]: [sum, item] })
    expect(await leads(stopped)).toBe(false)
  }

  // Closed and crashed just after edits in all tabs: what was flushed goes out all the same.
  const next = await leaderOf(pages)
  sum += await everyTabAdds(pages, item)
  await next.close()
  pages = pages.filter((page) => page !== next)
  sum += await everyTabAdds(pages, item)
  const crashing = await leaderOf(pages)
  const crash = crashing.waitForEvent('crash')
  void (await userBrowser.newCDPSession(crashing)).send('Page.crash').catch(() => {})
  await crash
  pages = pages.filter((page) => page !== crashing)
  sum += await everyTabAdds(pages, item)
  for (const page of pages) await expect.poll(() => shown(page)).toEqual({ [item]: [sum, item] })
  await expect.poll(() => onServer(request, item)).toBe(sum)
  for (const page of pages) await expect.poll(() => page.evaluate(() => window.tab.pending())).toBe(0)
})
