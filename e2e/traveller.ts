import { expect, type Browser, type BrowserContext, type BrowserContextOptions, type Locator, type Page } from '@playwright/test'

/** One person on one device: a browser of their own, and what they do in the app, in the app's words. */
export interface Traveller {
  readonly context: BrowserContext
  readonly page: Page
  readonly email: string
}

export const password = 'packing-list'

/** A phone as it is held, used with a finger. */
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

export async function signUp(browser: Browser, name: string, device?: BrowserContextOptions): Promise<Traveller> {
  const context = await browser.newContext(device)
  const page = await context.newPage()
  const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.com`
  await page.goto('/')
  await page.getByRole('button', { name: 'I am new here' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Where to next?' })).toBeVisible()
  await appIsOnDevice(page)
  return { context, page, email }
}

export async function signIn({ page }: Pick<Traveller, 'page'>, email: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Account' })).toBeVisible()
}

/** From here on the page can be opened without a network. */
async function appIsOnDevice(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (navigator.serviceWorker.controller !== null) return
    await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
  })
}

export async function createTrip({ page }: Traveller, name: string): Promise<void> {
  await press(page.getByRole('button', { name: 'New trip' }))
  await page.getByLabel('Trip name').fill(name)
  await press(page.getByRole('button', { name: 'Create trip' }))
  await expect(page.getByRole('heading', { name })).toBeVisible()
}

export async function addItem({ page }: Traveller, name: string): Promise<void> {
  await page.getByLabel('Add an item').fill(name)
  await press(page.getByRole('button', { name: 'Add', exact: true }))
  await expect(item(page, name)).toBeVisible()
}

export const item = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })
export const tick = (page: Page, name: string): Locator => page.getByRole('checkbox', { name, exact: true })
export const quantity = (page: Page, name: string): Locator => page.getByRole('spinbutton', { name: `Quantity of ${name}` })
export const badge = (page: Page): Locator => page.getByRole('status', { name: 'Sync' })

/** With a finger where the device has one, else with the mouse. */
export async function press(where: Locator): Promise<void> {
  const hasTouch = await where.page().evaluate(() => matchMedia('(pointer: coarse)').matches)
  await (hasTouch ? where.tap() : where.click())
}

export async function rename({ page }: Traveller, from: string, to: string): Promise<void> {
  await press(page.getByRole('button', { name: `Edit ${from}`, exact: true }))
  await page.getByRole('dialog').getByLabel('Name').fill(to)
  await press(page.getByRole('button', { name: 'Save', exact: true }))
  await expect(item(page, to)).toBeVisible()
}

/** A finger goes across the row of an item, by as many pixels: to the right or, below zero, to the left; `down`: and as many down. */
export async function swipe({ context, page }: Traveller, name: string, { by, down = 0 }: { readonly by: number; readonly down?: number }): Promise<void> {
  await item(page, name).scrollIntoViewIfNeeded()
  const box = (await item(page, name).boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const finger = await context.newCDPSession(page)
  const steps = 12
  // It rests before it leaves: a finger that is flung makes Chromium swallow the tap that comes next.
  const began = Date.now() / 1000 - 1
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }], timestamp: began })
  for (let step = 1; step <= steps; step += 1) {
    await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x + (by * step) / steps, y: y + (down * step) / steps }], timestamp: began + step * 0.02 })
  }
  await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: x + by, y: y + down }], timestamp: began + 0.8 })
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [], timestamp: began + 0.9 })
  await finger.detach()
}

export async function inviteLink({ page }: Traveller, role: 'can edit the list' | 'can only look at it'): Promise<string> {
  await press(page.getByRole('button', { name: 'Share' }))
  await press(page.getByLabel(role))
  await press(page.getByRole('button', { name: 'Create link' }))
  const link = await page.getByLabel('Invitation link').inputValue()
  await page.keyboard.press('Escape')
  return link
}

/** What the list shows, sorted by name; all of it at one moment, as rows may come and go meanwhile. */
export async function shownItems(page: Page): Promise<{ name: string; quantity: number; packed: boolean }[]> {
  const rows = page.getByRole('listitem').filter({ has: page.getByRole('spinbutton') })
  const shown = await rows.evaluateAll((elements) =>
    elements.map((element) => ({
      name: element.getAttribute('aria-label') ?? '',
      quantity: element.querySelector<HTMLInputElement>('input[type=number]')!.valueAsNumber,
      packed: element.querySelector<HTMLInputElement>('input[type=checkbox]')!.checked,
    })),
  )
  return shown.toSorted((a, b) => a.name.localeCompare(b.name))
}
