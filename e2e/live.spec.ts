import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type APIRequestContext, type Browser, type BrowserContext, type Page, type WebSocketRoute } from '@playwright/test'
import { rowsOf } from './database.ts'
import { startBrowser } from './mortal-browser.ts'
import { pagePath, serveTabPage } from './tab-page.ts'

test.slow()

const account = (name: string) => ({ email: `${name}-${crypto.randomUUID()}@example.com`, password: 'packing-list' })
type Account = ReturnType<typeof account>

async function servePage(context: BrowserContext): Promise<void> {
  await serveTabPage(context, 'live-page')
  // A page that a test serves comes from nowhere, to Chromium, and may open no socket to this machine.
  await context.grantPermissions(['local-network-access'])
}

/** `url`: of the backend, for a context that does not know it. */
async function openPage(context: BrowserContext, who: Account, url?: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url === undefined ? pagePath : new URL(pagePath, url).href)
  await page.evaluate((given) => window.live.start(given), who)
  return page
}

async function openDevice(browser: Browser, who: Account): Promise<Page> {
  const context = await browser.newContext()
  await servePage(context)
  return openPage(context, who)
}

const shown = (page: Page) => page.evaluate(() => window.live.shown())
const rests = (page: Page) => expect.poll(() => page.evaluate(() => window.live.rests())).toBe(true)
const channels = (page: Page) => page.evaluate(() => window.live.channels())
const enter = (page: Page, trip: string | null, where: string | null = null) => page.evaluate(([scope, place]) => window.live.enter(scope!, place), [trip, where])
const othersOf = (page: Page, trip: string) => page.evaluate((scope) => window.live.others(scope).map(({ where }) => where), trip)

async function onServer(request: APIRequestContext, trip: string): Promise<Record<string, string>> {
  const rows = await rowsOf<{ id: string; name: string }>(request, `items?select=id,name&trip_id=eq.${trip}`)
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]))
}

/** Stands between a page and Realtime. */
async function lineOf(page: Page) {
  const open = new Set<WebSocketRoute>()
  const line = { isCut: false, loseNextPoke: false, lost: 0, joins: [] as string[] }
  await page.routeWebSocket('**/realtime/v1/websocket*', (socket) => {
    if (line.isCut) return void socket.close()
    const server = socket.connectToServer()
    open.add(socket)
    socket.onMessage((message) => {
      if (typeof message === 'string') {
        const [, , topic, event] = JSON.parse(message) as string[]
        if (event === 'phx_join') line.joins.push(topic!)
      }
      server.send(message)
    })
    server.onMessage((message) => {
      if (line.loseNextPoke && typeof message === 'string' && (JSON.parse(message) as string[])[3] === 'broadcast') {
        line.loseNextPoke = false
        line.lost += 1
        return
      }
      socket.send(message)
    })
  })
  const cut = async () => {
    line.isCut = true
    for (const socket of open) await socket.close()
    open.clear()
  }
  return { cut, heal: () => void (line.isCut = false), losePoke: () => void (line.loseNextPoke = true), lost: () => line.lost, joins: line.joins }
}

test('[PL2] complaint 1, 2: realtime is cut while fifty rows change elsewhere, and one poke was lost before: once it is back the view is the server’s, without a poll', async ({ browser, request }) => {
  const who = account('ann')
  const other = await openDevice(browser, who)
  const [trip, ...ids] = Array.from({ length: 61 }, () => crypto.randomUUID())
  await other.evaluate(([tripId, ...all]) => {
    window.live.addTrip(tripId!)
    window.live.addItems(all, tripId!)
  }, [trip!, ...ids])
  await rests(other)

  const context = await browser.newContext()
  await servePage(context)
  const page = await context.newPage()
  const line = await lineOf(page)
  const polls: string[] = []
  page.on('request', (sent) => void (sent.url().includes('/rpc/sync_pull') && polls.push(sent.url())))
  await page.clock.install()
  await page.goto(pagePath)
  await page.evaluate((given) => window.live.start(given), who)
  await expect.poll(() => shown(page)).toEqual(await onServer(request, trip!))
  await expect.poll(() => line.joins.length).toBe(1)
  // It is live: what changes elsewhere is there, though the next poll is minutes away.
  await other.evaluate((id) => window.live.rename(id, 'Live'), ids[0]!)
  await expect.poll(() => shown(page)).toEqual({ ...(await onServer(request, trip!)), [ids[0]!]: 'Live' })
  await rests(page)

  // From here on no time passes on the device: nothing is polled.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000))
  polls.length = 0
  line.losePoke()
  await other.evaluate((id) => window.live.rename(id, 'Nobody told'), ids[1]!)
  await expect.poll(line.lost).toBe(1)
  await rests(other)
  await line.cut()
  for (const [nth, id] of ids.slice(2, 52).entries()) {
    const made = crypto.randomUUID()
    await other.evaluate(
      ([act, item, fresh, tripId]) => {
        if (act === 0) window.live.remove(item)
        else if (act === 1) window.live.addItems([fresh], tripId)
        else window.live.rename(item, `Renamed ${item}`)
      },
      [nth % 5, id, made, trip!] as const,
    )
  }
  await rests(other)
  const wanted = await onServer(request, trip!)
  expect(Object.values(wanted).filter((name) => name.startsWith('Renamed'))).toHaveLength(30)
  expect(polls).toEqual([])
  expect(await shown(page)).not.toEqual(wanted)

  line.heal()
  // supabase-js tries again after a second; the first poll without Realtime would be due after eight.
  await page.clock.runFor(2_000)
  await expect.poll(() => line.joins.length).toBe(2)
  await expect.poll(() => shown(page)).toEqual(wanted)

  await page.clock.resume()
  await other.evaluate((id) => window.live.rename(id, 'Live again'), ids[0]!)
  await expect.poll(() => shown(page)).toEqual({ ...wanted, [ids[0]!]: 'Live again' })
  expect(await channels(page)).toHaveLength(1)
  await context.close()
  await other.context().close()
})

test('[C9] devices that have a trip open see each other and where they look; a tab in the background does not count, and one that ends is gone', async ({ browser, baseURL, launchOptions }) => {
  const who = account('ben')
  const [trip, item] = [crypto.randomUUID(), crypto.randomUUID()]
  const watcher = await openDevice(browser, who)
  await watcher.evaluate(([tripId, id]) => {
    window.live.addTrip(tripId!)
    window.live.addItems([id!], tripId!)
  }, [trip, item])
  await rests(watcher)
  await enter(watcher, trip)

  const profile = await mkdtemp(join(tmpdir(), 'stowaway-live-'))
  const { context, kill } = await startBrowser(profile, { ...launchOptions, noDefaults: true })
  try {
    await servePage(context)
    const leader = await openPage(context, who, baseURL)
    await enter(leader, trip, item)
    await expect.poll(() => othersOf(watcher, trip)).toEqual([item])
    await expect.poll(() => othersOf(leader, trip)).toEqual([null])

    // The tab in front is seen, whether it leads or follows; the one behind it is not.
    const follower = await openPage(context, who, baseURL)
    await expect.poll(() => othersOf(watcher, trip)).toEqual([])
    await enter(follower, trip)
    await expect.poll(() => othersOf(watcher, trip)).toEqual([null])
    for (const tab of [leader, follower]) expect((await channels(tab)).length).toBeLessThanOrEqual(2)
    expect(await othersOf(leader, trip)).toEqual([])
    await leader.bringToFront()
    await expect.poll(() => othersOf(watcher, trip)).toEqual([item])

    // Without a word, as when a battery is empty.
    await kill()
    await expect.poll(() => othersOf(watcher, trip)).toEqual([])
  } finally {
    await kill()
    await rm(profile, { recursive: true, force: true })
  }
  await enter(watcher, null)
  await expect.poll(() => channels(watcher)).toHaveLength(1)
  await watcher.context().close()
})
