import { expect, test, type BrowserContext, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { alterSession } from './session.ts'
import { addItem, badge, createTrip, inviteLink, item, rename, signUp, type Traveller } from './traveller.ts'

/** What Chromium does when there is a network again, as it does so at a time of its own. */
async function wakeWorker(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  // Of the same origin, and not the app: no tab of it is open.
  await page.goto('/icon.svg')
  const session = await context.newCDPSession(page)
  const registrations: { registrationId: string; isDeleted: boolean }[] = []
  session.on('ServiceWorker.workerRegistrationUpdated', (event) => registrations.push(...event.registrations))
  await session.send('ServiceWorker.enable')
  await expect.poll(() => registrations.length).toBeGreaterThan(0)
  const { registrationId } = registrations.findLast(({ isDeleted }) => !isDeleted)!
  await session.send('ServiceWorker.dispatchSyncEvent', { origin: new URL(page.url()).origin, registrationId, tag: 'stowaway', lastChance: false })
  return page
}

/** Ann has renamed a thing without a signal, and closed the app; what she uses now has no tab of it. */
async function leftOffline(ann: Traveller): Promise<string> {
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  const trip = new URL(ann.page.url()).pathname.split('/').at(-1)!
  await ann.context.setOffline(true)
  await rename(ann, 'Tent', 'Big tent')
  await expect(badge(ann.page)).toContainText('1 waiting, offline')
  return trip
}

const names = (trip: string) => `items?select=name&trip_id=eq.${trip}`

test('[TB1] [OB2] what was edited without a signal goes out by the service worker when all tabs are closed, and others see it', async ({ browser, request }) => {
  const [ann, ben] = [await signUp(browser, 'Ann'), await signUp(browser, 'Ben')]
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  const address = ann.page.url()
  const trip = new URL(address).pathname.split('/').at(-1)!
  await ben.page.goto(await inviteLink(ann, 'can edit the list'))
  await expect(item(ben.page, 'Tent')).toBeVisible()
  await ann.context.setOffline(true)
  await rename(ann, 'Tent', 'Big tent')
  await expect(badge(ann.page)).toContainText('1 waiting, offline')
  await ann.page.close()
  await ann.context.setOffline(false)
  await wakeWorker(ann.context)
  await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }])
  await expect(item(ben.page, 'Big tent')).toBeVisible()
  // The device knows that it has been sent.
  const page = await ann.context.newPage()
  await page.goto(address)
  await expect(item(page, 'Big tent')).toBeVisible()
  await expect(badge(page)).toContainText('all saved')
  await ann.context.close()
  await ben.context.close()
})

async function countSessions(): Promise<number> {
  const asked = indexedDB.open('stowaway:session')
  const database = await new Promise<IDBDatabase>((resolve) => asked.addEventListener('success', () => resolve(asked.result)))
  const counted = database.transaction('session').objectStore('session').getAllKeys()
  const keys = await new Promise<IDBValidKey[]>((resolve) => counted.addEventListener('success', () => resolve(counted.result)))
  database.close()
  return keys.filter((key) => typeof key === 'string' && key.endsWith('auth-token')).length
}

test('[ID1] [ID2] with a session that has been revoked the worker sends nothing, and nothing is lost', async ({ browser, request }) => {
  const ann = await signUp(browser, 'Ann')
  const trip = await leftOffline(ann)
  const address = ann.page.url()
  await alterSession(ann.page, { expires_at: 1, refresh_token: 'revoked', access_token: 'garbage' })
  await ann.page.close()
  await ann.context.setOffline(false)
  const blank = await wakeWorker(ann.context)
  // The worker has been refused a new token.
  await expect.poll(() => blank.evaluate(countSessions)).toBe(0)
  const page = await ann.context.newPage()
  await page.goto(address)
  await expect(item(page, 'Big tent')).toBeVisible()
  await expect(badge(page)).toContainText('1 waiting, sign in')
  expect(await rowsOf(request, names(trip))).toEqual([{ name: 'Tent' }])
  await ann.context.close()
})

test('[ID1] a token that has expired is renewed by the worker', async ({ browser, request }) => {
  const ann = await signUp(browser, 'Ann')
  const trip = await leftOffline(ann)
  await alterSession(ann.page, { expires_at: 1, access_token: 'expired' })
  await ann.page.close()
  await ann.context.setOffline(false)
  await wakeWorker(ann.context)
  await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }])
  await ann.context.close()
})

test('a new version that has taken over is offered, and nobody is made to take it', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await ann.page.reload()
  await expect(badge(ann.page)).toContainText('all saved')
  // As the browser tells it when another version's worker takes over.
  await ann.page.evaluate(() => navigator.serviceWorker.dispatchEvent(new Event('controllerchange')))
  await expect(ann.page.getByText('A new version is ready.')).toBeVisible()
  await addItem(ann, 'Tent')
  await ann.page.getByRole('button', { name: 'Load it' }).click()
  await expect(ann.page.getByText('A new version is ready.')).toHaveCount(0)
  await expect(item(ann.page, 'Tent')).toBeVisible()
  await ann.context.close()
})

test('[TB3] a newer version in another tab is offered, and what both have is kept', async ({ browser, request }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  const trip = new URL(ann.page.url()).pathname.split('/').at(-1)!
  const { user } = await alterSession(ann.page)
  const other = await ann.context.newPage()
  await other.goto('/icon.svg')
  // As tabs tell each other of a write, some versions from now.
  await other.evaluate((name) => new BroadcastChannel(name).postMessage({ version: 99, told: 'in a form of then' }), `stowaway:${user.id}`)
  await expect(ann.page.getByText('A new version is ready.')).toBeVisible()
  await rename(ann, 'Tent', 'Big tent')
  await expect.poll(() => rowsOf(request, names(trip))).toEqual([{ name: 'Big tent' }])
  await ann.page.getByRole('button', { name: 'Load it' }).click()
  await expect(item(ann.page, 'Big tent')).toBeVisible()
  await expect(ann.page.getByText('A new version is ready.')).toHaveCount(0)
  await ann.context.close()
})
