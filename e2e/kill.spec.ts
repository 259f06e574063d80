import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type APIRequestContext, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { startBrowser, type MortalBrowser } from './mortal-browser.ts'
import { pagePath, serveTabPage } from './tab-page.ts'

/** `SOAK=1`: the long form, of about ten minutes. */
const rounds = process.env['SOAK'] === undefined ? 10 : 100
/** Flushes that a browser lives to see, at most: many short lives tell more than few long ones. */
const mostConfirmations = process.env['SOAK'] === undefined ? 8 : 20
test.setTimeout(60_000 + rounds * 15_000)

/** What is known of the edits of all rounds: what was begun, and of that what `sync.flush()` has confirmed. */
interface Account {
  readonly trip: string
  /** Its quantity is what all rounds add to it. */
  readonly sum: string
  begun: number
  confirmed: number
  readonly confirmedItems: Set<string>
}

/** In the page: makes items and adds to the sum, flushes, and tells what is durable by then; until it is killed. */
async function editWithoutEnd({ trip, sum }: Pick<Account, 'trip' | 'sum'>): Promise<never> {
  const told = window as unknown as { begin: (more: number) => Promise<void>; confirm: (given: { more: number; items: string[] }) => Promise<void> }
  for (;;) {
    const items: string[] = []
    const more = 1 + Math.floor(Math.random() * 9)
    await told.begin(more)
    for (let edits = Math.floor(Math.random() * 4); edits > 0; edits -= 1) {
      const item = crypto.randomUUID()
      window.tab.addItem(item, trip)
      items.push(item)
    }
    window.tab.add(sum, more)
    await window.tab.flush()
    await told.confirm({ more, items })
  }
}

async function openPage({ context }: MortalBrowser, baseURL: string, network: 'on' | 'off'): Promise<Page> {
  await serveTabPage(context)
  const page = await context.newPage()
  if (network === 'off') await page.route('**/rest/v1/rpc/**', (route) => route.abort())
  await page.goto(new URL(pagePath, baseURL).href)
  await page.evaluate((who) => window.tab.start(who), account)
  return page
}

const account = { email: `kim-${crypto.randomUUID()}@example.com`, password: 'packing-list' }

/** What the device shows is what was confirmed, or more, of what had begun. */
async function checkDevice(page: Page, { sum, begun, confirmed, confirmedItems }: Account): Promise<void> {
  const shown = await page.evaluate(() => window.tab.shown())
  const [quantity] = shown[sum] ?? [Number.NaN]
  expect(quantity).toBeGreaterThanOrEqual(confirmed)
  expect(quantity).toBeLessThanOrEqual(begun)
  expect([...confirmedItems].filter((item) => !(item in shown))).toEqual([])
}

interface ItemRow {
  readonly id: string
  readonly quantity: number
  readonly name: string
}

/** All of them: the server gives a thousand rows at once. */
async function itemsOf(request: APIRequestContext, trip: string): Promise<readonly ItemRow[]> {
  const all: ItemRow[] = []
  for (;;) {
    const rows = await rowsOf<ItemRow>(request, `items?select=id,quantity,name&trip_id=eq.${trip}&order=id&limit=1000&offset=${all.length}`)
    all.push(...rows)
    if (rows.length < 1_000) return all
  }
}

test(`[OB2] [OB3] [PU1] a browser is killed ${rounds} times in the middle of edits and pushes: what was flushed is on the device each time, and on the server once`, async ({ request, baseURL, launchOptions }) => {
  const profile = await mkdtemp(join(tmpdir(), 'stowaway-killed-'))
  const all: Account = { trip: crypto.randomUUID(), sum: crypto.randomUUID(), begun: 0, confirmed: 0, confirmedItems: new Set() }
  let browser = await startBrowser(profile, launchOptions)
  try {
    const first = await openPage(browser, baseURL!, 'on')
    await first.evaluate(async ([trip, sum]) => {
      window.tab.addTrip(trip!)
      window.tab.addItem(sum!, trip!)
      await window.tab.flush()
    }, [all.trip, all.sum])
    await browser.kill()
    for (let round = 0; round < rounds; round += 1) {
      browser = await startBrowser(profile, launchOptions)
      const page = await openPage(browser, baseURL!, round % 3 === 1 ? 'off' : 'on')
      await expect.poll(() => page.evaluate((sum) => sum in window.tab.shown(), all.sum)).toBe(true)
      await checkDevice(page, all)
      // What was begun and not confirmed may be there or not; from here on it counts from what is.
      const [from] = (await page.evaluate(() => window.tab.shown()))[all.sum]!
      Object.assign(all, { begun: from, confirmed: from })
      const confirmations = 1 + Math.floor(Math.random() * mostConfirmations)
      const enough = new Promise<void>((resolve) => {
        let left = confirmations
        void page.exposeFunction('begin', (more: number) => void (all.begun += more)).then(() =>
          page.exposeFunction('confirm', ({ more, items }: { more: number; items: string[] }) => {
            all.confirmed += more
            for (const item of items) all.confirmedItems.add(item)
            left -= 1
            if (left === 0) resolve()
          }),
        ).then(() => page.evaluate(editWithoutEnd, { trip: all.trip, sum: all.sum })).catch(() => {})
      })
      await enough
      await browser.kill()
    }
    browser = await startBrowser(profile, launchOptions)
    const page = await openPage(browser, baseURL!, 'on')
    await checkDevice(page, all)
    await expect.poll(() => page.evaluate(() => window.tab.pending()), { timeout: 30_000 }).toBe(0)
    await checkDevice(page, all)
    const shown = await page.evaluate(() => window.tab.shown())
    const rows = await itemsOf(request, all.trip)
    expect(Object.fromEntries(rows.map(({ id, quantity, name }) => [id, [quantity, name]]))).toEqual(shown)
  } finally {
    await browser.kill()
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
})
