import { expect, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test'

/** One person on one device: a browser of their own, and what they do in the app, in the app's words. */
export interface Traveller {
  readonly context: BrowserContext
  readonly page: Page
  readonly email: string
}

export const password = 'packing-list'

export async function signUp(browser: Browser, name: string): Promise<Traveller> {
  const context = await browser.newContext()
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
  await page.getByRole('button', { name: 'New trip' }).click()
  await page.getByLabel('Trip name').fill(name)
  await page.getByRole('button', { name: 'Create trip' }).click()
  await expect(page.getByRole('heading', { name })).toBeVisible()
}

export async function addItem({ page }: Traveller, name: string): Promise<void> {
  await page.getByLabel('Add an item').fill(name)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(item(page, name)).toBeVisible()
}

export const item = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })
export const tick = (page: Page, name: string): Locator => page.getByRole('checkbox', { name, exact: true })
export const quantity = (page: Page, name: string): Locator => page.getByRole('spinbutton', { name: `Quantity of ${name}` })
export const badge = (page: Page): Locator => page.getByRole('status', { name: 'Sync' })

export async function rename({ page }: Traveller, from: string, to: string): Promise<void> {
  await page.getByRole('button', { name: `Edit ${from}`, exact: true }).click()
  await page.getByRole('dialog').getByLabel('Name').fill(to)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(item(page, to)).toBeVisible()
}

export async function inviteLink({ page }: Traveller, role: 'can edit the list' | 'can only look at it'): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click()
  await page.getByLabel(role).check()
  await page.getByRole('button', { name: 'Create link' }).click()
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
