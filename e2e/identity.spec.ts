import { expect, test, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { addItem, badge, createTrip, item, password, rename, signIn, signUp, tick } from './traveller.ts'

async function makeAccount(page: Page): Promise<string> {
  const email = `guest-${crypto.randomUUID()}@example.com`
  await page.getByRole('button', { name: 'I am new here' }).click()
  await page.getByLabel('Name').fill('Gil')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  return email
}

async function signOut(page: Page, how: string): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: how }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
}

test('[ID4] a guest’s lists outlive a reload and become the account’s, once, though two tabs are open', async ({ browser, request }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto('/')
  await page.getByRole('button', { name: 'Start without an account' }).click()
  await createTrip({ context, page, email: '' }, 'Lakes')
  await addItem({ context, page, email: '' }, 'Tent')
  await expect(badge(page)).toContainText('2 waiting, sign in')
  await page.reload()
  await expect(item(page, 'Tent')).toBeVisible()
  const second = await context.newPage()
  await second.goto(page.url())
  await tick(second, 'Tent').check()
  await expect(tick(page, 'Tent')).toBeChecked()

  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign in' }).click()
  const email = await makeAccount(page)
  await expect(page.getByText('Lakes')).toBeVisible()
  await expect(badge(page)).toContainText('all saved')
  await expect(badge(second)).toContainText('all saved')
  await expect(item(second, 'Tent')).toBeVisible()
  const trip = new URL(second.url()).pathname.split('/').at(-1)!
  // One of the tabs adopts; the other's badge may speak of the account as it was before.
  await expect.poll(() => rowsOf(request, `items?select=name,packed&trip_id=eq.${trip}`)).toEqual([{ name: 'Tent', packed: true }])

  const elsewhere = await browser.newContext()
  const other = await elsewhere.newPage()
  await other.goto('/')
  await signIn({ page: other }, email)
  await other.getByText('Lakes').click()
  await expect(tick(other, 'Tent')).toBeChecked()
  await context.close()
  await elsewhere.close()
})

test('[ID3] who signs out with work that cannot be sent is told how much; wiped, it is gone from the device', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  await ann.context.route('**/rest/v1/rpc/**', (route) => route.abort())
  await rename(ann, 'Tent', 'Big tent')
  await ann.page.getByRole('button', { name: 'Account' }).click()
  await ann.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(ann.page.getByRole('dialog')).toContainText('1 change is on this device only.')
  await ann.page.getByRole('button', { name: 'Send first, then sign out' }).click()
  await expect(ann.page.getByRole('alert')).toContainText('You are still signed in.')
  await ann.page.keyboard.press('Escape')
  await expect(item(ann.page, 'Big tent')).toBeVisible()
  await signOut(ann.page, 'Delete from this device and sign out')
  await ann.context.unroute('**/rest/v1/rpc/**')
  await signIn(ann, ann.email)
  await ann.page.getByText('Lakes').click()
  await expect(item(ann.page, 'Tent')).toBeVisible()
  await expect(badge(ann.page)).toContainText('all saved')
  await ann.context.close()
})
