import { expect, test, type BrowserContext, type Page } from '@playwright/test'
import { pagePath, serveTabPage, type StoragePage } from './tab-page.ts'

async function openPage(context: BrowserContext): Promise<Page> {
  await serveTabPage(context, 'storage-page')
  const page = await context.newPage()
  await page.goto(pagePath)
  return page
}

/** What the browser lets the page's origin have, in bytes; `undefined`: as much as it likes. */
async function quota(page: Page, quotaSize?: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, ...(quotaSize !== undefined && { quotaSize }) })
}

const state = (page: Page): Promise<ReturnType<StoragePage['state']>> => page.evaluate(() => window.device.state())
const megabyte = 1_000_000

test('[ST2] on a device without room trips in which nothing waits make room; then it is told, and all is stored when there is room again', async ({ context }) => {
  const page = await openPage(context)
  await quota(page, 6 * megabyte)
  await page.evaluate((bytes) => window.device.putRows(['alps', 'coast', 'lakes'], bytes), 1.5 * megabyte)
  await page.evaluate(() => {
    window.device.online(false)
    return window.device.start()
  })
  expect(await page.evaluate(() => window.device.shown())).toHaveLength(3)

  await page.evaluate((bytes) => window.device.add('tent', 'dunes', bytes), 2.5 * megabyte)
  await expect.poll(async () => (await state(page)).evicted.length).toBeGreaterThan(0)
  await expect.poll(() => state(page)).toMatchObject({ pending: 1, durable: true, storage: null })
  expect(await page.evaluate(() => window.device.shown())).toHaveLength(4)
  const stored = await page.evaluate(() => window.device.stored())
  expect(stored.filter((key) => key.startsWith('change/'))).toHaveLength(1)

  await quota(page, megabyte)
  await page.evaluate((bytes) => window.device.add('stove', 'dunes', bytes), megabyte)
  await expect.poll(() => state(page)).toMatchObject({ pending: 2, durable: false, storage: 'full' })
  await quota(page)
  await expect.poll(() => state(page), { timeout: 20_000 }).toMatchObject({ pending: 2, durable: true, storage: null })

  await page.reload()
  await page.evaluate(() => window.device.start())
  await expect.poll(async () => (await page.evaluate(() => window.device.sent())).toSorted()).toEqual(['stove', 'tent'])
})

test('[ST2] complaint 20: with nothing left to make room the app goes on and syncs from memory, says so, and stores what waits when there is room', async ({ context }) => {
  const page = await openPage(context)
  await quota(page, 6 * megabyte)
  await page.evaluate(() => {
    window.device.online(false)
    return window.device.start()
  })
  await page.evaluate((bytes) => window.device.add('tent', 'dunes', bytes), 2.5 * megabyte)
  await expect.poll(() => state(page)).toMatchObject({ pending: 1, durable: true })
  await quota(page, megabyte)
  // The browser counts for half a minute by what it has last looked up: more than it thought was left then.
  await page.evaluate((bytes) => window.device.add('stove', 'dunes', bytes), 4 * megabyte)
  await expect.poll(() => state(page), { timeout: 15_000 }).toMatchObject({ pending: 2, durable: false, storage: 'full' })
  expect((await page.evaluate(() => window.device.shown())).toSorted()).toEqual(['stove', 'tent'])

  await page.evaluate(() => window.device.online(true))
  await expect.poll(async () => (await page.evaluate(() => window.device.sent())).toSorted(), { timeout: 15_000 }).toEqual(['stove', 'tent'])
  await page.evaluate(() => window.device.add('map', 'dunes', 50_000))
  await expect.poll(async () => (await page.evaluate(() => window.device.sent())).length).toBe(3)
  await expect.poll(() => state(page)).toMatchObject({ pending: 0, durable: false, storage: 'full' })

  // A crash while it is full: what was stored is there, and goes out as the same op.
  const [sent] = await page.evaluate(() => window.device.sentOps())
  await page.reload()
  await page.evaluate(() => window.device.start())
  await expect.poll(() => page.evaluate(() => window.device.sentOps()), { timeout: 15_000 }).toEqual([sent])
  expect(sent).toMatchObject({ id: 'tent' })

  await page.evaluate(() => window.device.online(false))
  await page.evaluate((bytes) => window.device.add('cup', 'dunes', bytes), 4 * megabyte)
  await expect.poll(() => state(page)).toMatchObject({ pending: 1, durable: false, storage: 'full' })
  await quota(page)
  await expect.poll(() => state(page), { timeout: 30_000 }).toMatchObject({ pending: 1, durable: true, storage: null })
  expect((await page.evaluate(() => window.device.stored())).filter((key) => key.startsWith('change/'))).toHaveLength(1)
  await page.evaluate(() => window.device.online(true))
  await expect.poll(async () => (await page.evaluate(() => window.device.sent())).includes('cup'), { timeout: 15_000 }).toBe(true)
  await expect.poll(() => state(page)).toMatchObject({ pending: 0, durable: true, storage: null })
})

test('[ST2] a database that is deleted under the app is written anew, what waits with it', async ({ context }) => {
  const page = await openPage(context)
  await page.evaluate(() => window.device.putRows(['alps'], 100))
  await page.evaluate(() => {
    window.device.online(false)
    return window.device.start()
  })
  await page.evaluate(() => window.device.add('tent', 'alps', 10))
  await expect.poll(() => state(page)).toMatchObject({ pending: 1, durable: true })
  const other = await context.newPage()
  await other.goto(pagePath)
  expect(await other.evaluate(() => window.device.removeDatabase())).toBe('deleted')
  await page.evaluate(() => window.device.add('stove', 'alps', 10))
  // Not by the state: until the deletion is noticed it says what held before.
  await expect.poll(async () => (await page.evaluate(() => window.device.stored())).filter((key) => key.startsWith('change/'))).toHaveLength(2)
  expect(await state(page)).toMatchObject({ pending: 2, durable: true, storage: null })
  await page.close()
  await other.evaluate(() => window.device.start())
  expect(await other.evaluate(() => window.device.shown())).toEqual(expect.arrayContaining(['alps-item', 'tent', 'stove']))
  await expect.poll(() => other.evaluate(() => window.device.sent())).toEqual(expect.arrayContaining(['tent', 'stove']))
})

test('[ST2] [ST3] an app that is older than the database works in memory, and sends from there', async ({ context }) => {
  const page = await openPage(context)
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const request = indexedDB.open('stowaway:ann', 1_000)
        request.onupgradeneeded = () => request.result.createObjectStore('of a newer app')
        request.onsuccess = () => {
          request.result.close()
          resolve()
        }
      }),
  )
  await page.evaluate(() => window.device.start())
  await page.evaluate(() => window.device.add('tent', 'alps', 10))
  await expect.poll(() => page.evaluate(() => window.device.sent())).toEqual(['tent'])
  expect(await state(page)).toMatchObject({ pending: 0, durable: false, storage: 'newer' })
})
