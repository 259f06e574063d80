import { expect, test, type Browser, type Page, type Response, type Route } from '@playwright/test'
import { rowsOf } from './database.ts'
import { alterSession, badgeTold, expireOnServer, logOf } from './session.ts'
import { addItem, badge, createTrip, item, rename, signIn, signUp, type Traveller } from './traveller.ts'

/** Ann has a trip with a tent, all of it sent. */
async function annWithTent(browser: Browser) {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  return { ann, trip: new URL(ann.page.url()).pathname.split('/').at(-1)! }
}

const names = (trip: string) => `items?select=name&trip_id=eq.${trip}&order=name`

/** Answers to requests of that kind, from now on, as their status. */
function statuses(page: Page, kind: 'sync_push' | 'sync_pull' | 'token'): number[] {
  const seen: number[] = []
  page.on('response', (response: Response) => response.url().includes(`/${kind}`) && seen.push(response.status()))
  return seen
}

/** How often the badge began to ask its user to sign in. */
function asked(told: readonly string[]): number {
  const isAsking = told.map((text) => text.includes('sign in'))
  return isAsking.filter((isNow, index) => isNow && isAsking[index - 1] !== true).length
}

test('[ID1] complaint 7: a token that expires between two requests of one sync is renewed; nothing is lost or doubled, and nobody is asked', async ({ browser, request }) => {
  const { ann, trip } = await annWithTent(browser)
  const { page, context } = ann
  const [pushes, pulls, renewals] = [statuses(page, 'sync_push'), statuses(page, 'sync_pull'), statuses(page, 'token')]
  const told = await badgeTold(page)
  // Before the push, then between the push and the pull that follows.
  await expireOnServer(page)
  await rename(ann, 'Tent', 'Big tent')
  await expect(badge(page)).toContainText('all saved')
  await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }])
  expect(pushes).toEqual([401, 200])
  expect(renewals).toEqual([200])

  await context.route('**/sync_push', async (route) => {
    const response = await route.fetch()
    await expireOnServer(page)
    await route.fulfill({ response })
  }, { times: 1 })
  await addItem(ann, 'Stove')
  await expect.poll(() => renewals).toEqual([200, 200])
  await expect.poll(() => pulls.slice(pulls.indexOf(401))).toEqual([401, 200])
  await expect(badge(page)).toContainText('all saved')
  expect(pushes).toEqual([401, 200, 200])
  expect(await rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }, { name: 'Stove' }])
  const { access_token } = await alterSession(page)
  expect((await logOf(request, trip, access_token)).flatMap(({ patch }) => (patch === null ? [] : (patch['name'] ?? [])))).toEqual(['Lakes', 'Tent', 'Big tent', 'Stove'])
  expect(asked(await told())).toBe(0)
  await context.close()
})

test('[ID1] complaint 8: an app that is opened offline with an expired token shows the user’s data and takes edits; they go out when there is a network, and nobody is asked', async ({ browser, request }) => {
  test.slow()
  const { ann, trip } = await annWithTent(browser)
  const address = ann.page.url()
  await alterSession(ann.page, { expires_at: 1, access_token: 'expired' })
  await ann.page.close()
  await ann.context.setOffline(true)
  const page = await ann.context.newPage()
  let renewals = 0
  page.on('requestfailed', (failed) => failed.url().includes('/auth/v1/token') && (renewals += 1))
  await page.goto(address)
  await expect(item(page, 'Tent')).toBeVisible()
  const told = await badgeTold(page)
  await rename({ ...ann, page }, 'Tent', 'Big tent')
  await expect(badge(page)).toContainText('1 waiting, offline')
  // Then auth-js has given up, after half a minute, and would answer with that for another.
  await expect.poll(() => renewals, { timeout: 60_000 }).toBe(8)
  await expect(badge(page)).toContainText('1 waiting, offline')
  await ann.context.setOffline(false)
  await expect.poll(() => rowsOf(request, names(trip)), { timeout: 20_000 }).toEqual([{ name: 'Big tent' }])
  await expect(badge(page)).toContainText('all saved')
  expect(asked(await told())).toBe(0)
  await ann.context.close()
})

test('[ID1] two tabs that find the token expired at the same moment, and renew it both, stay signed in, and nobody is asked', async ({ browser, request }) => {
  const { ann, trip } = await annWithTent(browser)
  const second = await ann.context.newPage()
  await second.goto(ann.page.url())
  await expect(item(second, 'Tent')).toBeVisible()
  const tabs = [ann.page, second]
  await alterSession(ann.page, { expires_at: 1, access_token: 'expired' })
  await Promise.all(tabs.map((tab) => tab.reload()))
  const told = await Promise.all(tabs.map(badgeTold))
  await rename({ ...ann, page: second }, 'Tent', 'Big tent')
  await addItem(ann, 'Stove')
  for (const tab of tabs) await expect(badge(tab)).toContainText('all saved')
  expect(await rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }, { name: 'Stove' }])
  for (const texts of told) expect(asked(await texts())).toBe(0)
  const { expires_at } = await alterSession(ann.page)
  expect(expires_at).toBeGreaterThan(Date.now() / 1_000)
  await ann.context.close()
})

/** By the one way that the badge offers. */
async function signInAgain(ann: Traveller): Promise<void> {
  await badge(ann.page).getByRole('button').click()
  await ann.page.getByRole('link', { name: 'Sign in to continue syncing' }).click()
  await signIn(ann, ann.email)
}

test('[ID1] a token that is garbage is renewed, and nobody is asked', async ({ browser, request }) => {
  const { ann, trip } = await annWithTent(browser)
  const told = await badgeTold(ann.page)
  await alterSession(ann.page, { access_token: 'garbage' })
  await rename(ann, 'Tent', 'Big tent')
  await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }])
  await expect(badge(ann.page)).toContainText('all saved')
  expect(asked(await told())).toBe(0)
  await ann.context.close()
})

const endings: [string, Parameters<typeof alterSession>[1]][] = [
  ['its token garbage', { refresh_token: 'revoked', access_token: 'garbage' }],
  ['its token expired', { refresh_token: 'revoked', access_token: 'expired', expires_at: 1 }],
]
for (const [how, change] of endings) {
  test(`[ID1] [ID2] a session that has been revoked, ${how}: the user is asked once to sign in, sees their data and goes on; it goes out when they have`, async ({ browser, request }) => {
    const { ann, trip } = await annWithTent(browser)
    const { page } = ann
    await alterSession(page, change)
    await page.reload()
    const told = await badgeTold(page)
    await rename(ann, 'Tent', 'Big tent')
    await expect(badge(page)).toContainText('1 waiting, sign in')
    // The network comes and goes, and so do they.
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await addItem(ann, 'Stove')
    await expect(badge(page)).toContainText('2 waiting, sign in')
    expect(await rowsOf(request, names(trip))).toEqual([{ name: 'Tent' }])
    expect(asked(await told())).toBe(1)
    await page.reload()
    await expect(item(page, 'Big tent')).toBeVisible()
    await expect(badge(page)).toContainText('2 waiting, sign in')
    await signInAgain(ann)
    await expect(badge(page)).toContainText('all saved')
    await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }, { name: 'Stove' }])
    await ann.context.close()
  })
}

/** Sends the request as whoever that token is of. */
const as = (token: string) => (route: Route) => route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${token}` } })

test('[ID2] what the server answers to somebody else confirms and refuses nothing, and takes nothing away: 200, 401, push and pull', async ({ browser, request }) => {
  const [{ ann, trip }, ben] = [await annWithTent(browser), await signUp(browser, 'Ben')]
  const { page, context } = ann
  const { access_token: bens } = await alterSession(ben.page)
  const pushes = statuses(page, 'sync_push')
  const asBen = as(bens)
  await context.route('**/sync_p*', asBen)
  await rename(ann, 'Tent', 'Big tent')
  await expect(badge(page)).toContainText('1 waiting, sign in')
  expect(pushes).toEqual([200, 200])
  await expect(item(page, 'Big tent')).toBeVisible()
  expect(await rowsOf(request, names(trip))).toEqual([{ name: 'Tent' }])
  await context.unroute('**/sync_p*', asBen)

  const asNobody = as('garbage')
  await context.route('**/sync_p*', asNobody)
  await page.reload()
  await expect(item(page, 'Big tent')).toBeVisible()
  await expect(badge(page)).toContainText('1 waiting, sign in')
  expect(pushes.slice(2)).toEqual([401, 401])
  await context.unroute('**/sync_p*', asNobody)
  await signInAgain(ann)
  await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }])
  await expect(badge(page)).toContainText('all saved')
  await context.close()
  await ben.context.close()
})

const portals: [string, (route: Route) => Promise<void>][] = [
  ['answers everything with its login page', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<html><h1>Welcome to our hotel</h1></html>' })],
  // auth-js takes it for a refusal of the session, and ends it.
  ['forbids everything, with a page that says so', (route) => route.fulfill({ status: 403, contentType: 'text/html', body: '<html><h1>Blocked</h1></html>' })],
]
for (const [how, portal] of portals) {
  test(`[PL1] [ID1] a network that ${how}, though the browser is online: nothing of it passes for an answer, though the token expires meanwhile, and when it lets through all goes out`, async ({ browser, request }) => {
    const { ann, trip } = await annWithTent(browser)
    const { page, context } = ann
    const backend = /\/(rest|auth)\/v1\//
    await context.route(backend, portal)
    await rename(ann, 'Tent', 'Big tent')
    await expect(badge(page)).toContainText('1 waiting, trying again')
    await alterSession(page, { expires_at: 1, access_token: 'expired' })
    const renewal = page.waitForRequest('**/auth/v1/token*')
    await page.reload()
    const told = await badgeTold(page)
    await renewal
    await expect(item(page, 'Big tent')).toBeVisible()
    await addItem(ann, 'Stove')
    const isEnded = how.startsWith('forbids')
    await expect(badge(page)).toContainText(isEnded ? '2 waiting, sign in' : '2 waiting, trying again', { timeout: 30_000 })
    expect(await rowsOf(request, names(trip))).toEqual([{ name: 'Tent' }])
    await context.unroute(backend, portal)
    if (isEnded) await signInAgain(ann)
    await expect.poll(() => rowsOf(request, names(trip)), { timeout: 30_000 }).toEqual([{ name: 'Big tent' }, { name: 'Stove' }])
    await expect(badge(page)).toContainText('all saved')
    expect(asked(await told())).toBe(isEnded ? 1 : 0)
    await context.close()
  })
}
