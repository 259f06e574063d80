import { expect, test, type Page, type Route } from '@playwright/test'
import { addItem, badge, createTrip, inviteLink, item, phone, press, signIn, signUp, tick } from './traveller.ts'
import { tripFile } from './trip-file.ts'

const addPerson = async (page: Page, name: string) => {
  await press(page.getByRole('button', { name: 'Add person' }))
  await page.getByRole('dialog', { name: 'Add person' }).locator('input[name=name]').fill(name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listitem', { name, exact: true })).toBeVisible()
  await expect(page.getByRole('dialog', { name: 'Add person' })).toHaveCount(0)
}

/** Wider than the screen, a page slides about under the finger. */
const fits = (page: Page) => expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)

test('[G2] [F1] a slow first sync says that trips are on their way: not that there is none, nor that all is saved', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await expect(badge(ann.page)).toContainText('all saved')
  const trip = ann.page.url()

  const context = await browser.newContext()
  const page = await context.newPage()
  // Held up until it is asked for on.
  const held: Route[] = []
  await context.route('**/rpc/sync_pull*', (route) => void held.push(route))
  await page.goto('/')
  await signIn({ page }, ann.email)
  await expect(page.getByRole('heading', { name: 'Your trips are on their way' })).toBeVisible()
  await expect(badge(page)).toContainText('fetching')
  await expect(page.getByText('Where to next?')).toHaveCount(0)
  await page.goto(trip)
  await expect(page.getByRole('heading', { name: 'Your trips are on their way' })).toBeVisible()
  await expect(page.getByText('This trip is not here')).toHaveCount(0)
  await context.unroute('**/rpc/sync_pull*')
  await Promise.all(held.map((route) => route.continue().catch(() => {})))
  await expect(page.getByRole('heading', { name: 'Lakes' })).toBeVisible()
  await expect(badge(page)).toContainText('all saved')
  await context.close()
  await ann.context.close()
})

test('[G3] who follows an invitation is told so, and a link that was made is not taken for one of what is chosen later', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await expect(badge(ann.page)).toContainText('all saved')
  const link = await inviteLink(ann, 'can edit the list')
  await press(ann.page.getByRole('button', { name: 'Share' }))
  await press(ann.page.getByRole('button', { name: 'Create link' }))
  await expect(ann.page.getByLabel('Invitation link')).toHaveValue(/join/)
  await ann.page.getByLabel('Only for this e-mail address').fill('ben@example.com')
  await expect(ann.page.getByLabel('Invitation link')).toHaveCount(0)
  await ann.context.close()

  const context = await browser.newContext(phone)
  const page = await context.newPage()
  await page.goto(link)
  await expect(page.getByText('You are invited to a trip.')).toBeVisible()
  await page.getByLabel('Name').fill('Ben')
  await page.getByLabel('Email').fill(`ben-${crypto.randomUUID()}@example.com`)
  await page.getByLabel('Password', { exact: true }).fill('packing-list')
  await press(page.getByRole('button', { name: 'Create account' }))
  await expect(page.getByRole('heading', { name: 'Lakes' })).toBeVisible()
  await context.close()
})

test('[G1] of a long list all is printed, and a trip that is over stands under the others', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann', { colorScheme: 'dark' })
  const { page } = ann
  await createTrip(ann, 'Lakes')
  await press(page.getByRole('link', { name: 'Stowaway, all trips' }))
  await page.locator('input[type=file]').setInputFiles(tripFile(200, { inOneCategory: true }))
  await expect(item(page, 'Thing 0')).toBeVisible()
  await expect(item(page, 'Thing 199')).toHaveCount(0)
  await page.evaluate(() => {
    const printed = { rows: 0, ink: '' }
    Object.assign(globalThis, { printed })
    matchMedia('print').addEventListener('change', ({ matches }) => {
      if (!matches) return
      printed.rows = document.querySelectorAll('[data-item]').length
      printed.ink = getComputedStyle(document.querySelector('[data-item] bdi')!).color
    })
  })
  await page.pdf()
  expect(await page.evaluate(() => (globalThis as unknown as { printed: object }).printed)).toEqual({ rows: 200, ink: 'rgb(0, 0, 0)' })
  // On screen it is as it was.
  await expect(item(page, 'Thing 199')).toHaveCount(0)
  await press(page.getByRole('link', { name: 'All trips', exact: true }))
  await expect(page.getByRole('region', { name: 'Past trips' }).getByRole('listitem')).toHaveText([/Round the world/])
  await expect(page.getByRole('listitem')).toHaveText([/Lakes/, /Round the world/])
  await ann.context.close()
})

test('[G5] long names stay on a phone’s page, and on one that is zoomed to the edge of what can be read', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann', phone)
  const { page } = ann
  await createTrip(ann, 'Lakes')
  await addPerson(page, 'Maximiliane-Charlotte von und zu Guttenberg-Hohenlohe-Schillingsfürst')
  await addItem(ann, 'An inflatable sleeping mat with a pillow, a pump and a repair kit')
  const name = item(page, 'An inflatable sleeping mat with a pillow, a pump and a repair kit').locator('bdi')
  await fits(page)
  const lines = () => name.evaluate((element) => Math.round(element.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(element).lineHeight)))
  expect(await lines()).toBeLessThanOrEqual(5)
  await page.setViewportSize({ width: 320, height: 640 })
  await fits(page)
  expect(await lines()).toBeLessThanOrEqual(4)
  await press(page.getByRole('button', { name: /^Edit Maximiliane/ }))
  const remove = page.getByRole('button', { name: /^Remove Maximiliane/ })
  await expect(remove).toBeVisible()
  expect(await remove.evaluate((button) => button.scrollWidth <= button.clientWidth)).toBe(true)
  await ann.context.close()
})

test('[G4] what goes off the list is said, and put back as it was; what is added is said with its place', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  const { page } = ann
  await createTrip(ann, 'Lakes')
  await page.getByRole('combobox', { name: 'Category' }).fill('Gear')
  await addItem(ann, 'Tent')
  await expect(page.getByText('Added: Tent · Gear')).toBeVisible()
  await tick(page, 'Tent').check()
  await page.getByRole('button', { name: 'Remove Tent' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Removed: Tent' })).toBeVisible()
  await expect(page.getByText('Added: Tent')).toHaveCount(0)
  // Something else is done meanwhile: it is still the tent that comes back.
  await addItem(ann, 'Soap')
  await page.getByRole('button', { name: 'Put it back' }).click()
  await expect(tick(page, 'Tent')).toBeChecked()
  await expect(item(page, 'Soap')).toBeVisible()
  await expect(page.getByText('Removed: Tent')).toHaveCount(0)
  await expect(badge(page)).toContainText('all saved')
  await page.reload()
  await expect(tick(page, 'Tent')).toBeChecked()
  await ann.context.close()
})

test('[G5] who wants no motion gets dialogs at once', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann', { reducedMotion: 'reduce' })
  await ann.page.evaluate(() => {
    // Of each kind of movement once, as it begins.
    const moved: string[] = []
    Object.assign(globalThis, { moved })
    for (const kind of ['transitionrun', 'animationstart']) document.addEventListener(kind, ({ target }) => moved.push((target as Element).className))
  })
  await ann.page.getByRole('button', { name: 'New trip' }).click()
  await expect(ann.page.getByRole('dialog')).toBeVisible()
  const moving = await ann.page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved)
  // A field may take on another colour.
  expect(moving.filter((name) => /Modal|Overlay|Progress/.test(name))).toEqual([])
  await ann.context.close()
})

test('[TB1] [TB2] a second tab does not say that nothing was synced, as the first does it for both; one that is opened offline says so', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await expect(badge(ann.page)).toContainText('all saved')
  const page = await ann.context.newPage()
  await page.goto(ann.page.url())
  await badge(page).getByRole('button').click()
  await expect(page.getByText('Another tab of this app sends and fetches for this one')).toBeVisible()
  await expect(page.getByText('Not synced since')).toHaveCount(0)
  await ann.context.setOffline(true)
  await page.reload()
  await expect(badge(page)).toContainText('all saved, offline')
  await ann.context.close()
})

test('[G1] a first list can begin with the usual things, once it is known who goes', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  const { page } = ann
  await createTrip(ann, 'Lakes')
  await expect(page.getByText('Who is going? Add them')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Put the usual things on it' })).toHaveCount(0)
  await addPerson(page, 'Mia')
  await page.getByRole('button', { name: 'Put the usual things on it' }).click()
  await expect(item(page, 'Toothbrush')).toContainText('Mia')
  await expect(page.getByLabel('Add an item')).toBeFocused()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: 'Put the usual things on it' })).toBeVisible()
  // What can be opened can be closed again.
  await page.getByRole('button', { name: 'More about this trip' }).click()
  await page.getByRole('menuitem', { name: 'Rules of this trip' }).click()
  await page.getByRole('button', { name: 'Add rule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Add rule' })).toBeVisible()
  await page.getByRole('button', { name: 'Begin with some usual ones' }).click()
  // The button has gone, and the focus has not gone with it.
  await expect(page.getByRole('button', { name: 'Add rule' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(item(page, 'Toothbrush')).toBeVisible()
  await ann.context.close()
})

test('[G3] where the device can send a link to somebody, it is asked to', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann', phone)
  const { page } = ann
  // Chromium on this system has nothing to send it with.
  await page.evaluate(() => Object.assign(navigator, { share: (sent: ShareData) => Promise.resolve(Object.assign(globalThis, { sent })) }))
  await createTrip(ann, 'Lakes')
  await expect(badge(page)).toContainText('all saved')
  await press(page.getByRole('button', { name: 'Share' }))
  await press(page.getByRole('button', { name: 'Create link' }))
  await press(page.getByRole('button', { name: 'Send it' }))
  expect(await page.evaluate(() => (globalThis as unknown as { sent: ShareData }).sent.url)).toBe(await page.getByLabel('Invitation link').inputValue())
  await ann.context.close()
})

test('[ID4] a guest is told that what is made stays on the device and comes along; a panel does not lie over the next page', async ({ browser }) => {
  const context = await browser.newContext(phone)
  const page = await context.newPage()
  const guest = { context, page, email: '' }
  await page.goto('/')
  await press(page.getByRole('button', { name: 'Start without an account' }))
  await createTrip(guest, 'Lakes')
  await press(badge(page).getByRole('button'))
  const panel = page.getByRole('dialog', { name: 'Sync' })
  await expect(panel.getByText('Once you sign in, it comes along.')).toBeVisible()
  await expect(panel.getByText('Not synced since')).toHaveCount(0)
  await press(panel.getByRole('link', { name: 'Sign in' }))
  await expect(page.getByRole('main').getByText('Once you sign in, it comes along.')).toBeVisible()
  await expect(panel).toHaveCount(0)
  await context.close()
})

test('[G3] an invitation that cannot be taken up just now says why, and stays', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  const ben = await signUp(browser, 'Ben')
  await createTrip(ann, 'Lakes')
  await expect(badge(ann.page)).toContainText('all saved')
  await press(ann.page.getByRole('button', { name: 'Share' }))
  await ann.page.getByLabel('Only for this e-mail address').fill(ben.email)
  await press(ann.page.getByRole('button', { name: 'Create link' }))
  await expect(ann.page.getByLabel('Invitation link')).toHaveValue(/join/)
  await ben.page.reload()
  const invitation = ben.page.getByRole('list', { name: 'Invitations' }).getByRole('listitem', { name: 'Lakes' })
  await ben.context.route('**/rpc/accept_my_invite', (route) => route.abort())
  await press(invitation.getByRole('button', { name: 'Join' }))
  await expect(ben.page.getByText('Invitations need a connection.')).toBeVisible()
  await ben.context.unroute('**/rpc/accept_my_invite')
  await press(invitation.getByRole('button', { name: 'Join' }))
  await expect(ben.page.getByRole('heading', { name: 'Lakes' })).toBeVisible()
  await ann.context.close()
  await ben.context.close()
})
