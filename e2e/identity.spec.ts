import { expect, test, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { alterSession, badgeTold, logOf } from './session.ts'
import { addItem, badge, createTrip, item, password, rename, signIn, signUp, tick } from './traveller.ts'

async function makeAccount(page: Page, name: string = 'Gil'): Promise<string> {
  const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.com`
  await page.getByRole('button', { name: 'I am new here' }).click()
  await page.getByLabel('Name').fill(name)
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
  const told = await badgeTold(second)
  const email = await makeAccount(page)
  await expect(page.getByText('Lakes')).toBeVisible()
  await expect(badge(page)).toContainText('all saved')
  await expect(badge(second)).toContainText('all saved')
  await expect(item(second, 'Tent')).toBeVisible()
  const trip = new URL(second.url()).pathname.split('/').at(-1)!
  // At once: neither tab said so before it was.
  expect(await rowsOf(request, `items?select=name,packed&trip_id=eq.${trip}`)).toEqual([{ name: 'Tent', packed: true }])
  expect((await told()).filter((text) => text.includes('all saved'))).toHaveLength(1)

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

test('[ID2] [ID3] complaint 9: who signs out with three unsynced changes is asked, and keeps them; the next user sees none of them and sends their own; back again, they go out as their owner’s', async ({ browser, request }) => {
  const ann = await signUp(browser, 'Ann')
  const { page, context } = ann
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(page)).toContainText('all saved')
  const lakes = new URL(page.url()).pathname.split('/').at(-1)!
  const pushed: (string | null)[] = []
  page.on('request', (asked) => void (asked.url().includes('/sync_push') && pushed.push(asked.postData())))
  await context.route('**/rest/v1/rpc/**', (route) => route.abort())
  await rename(ann, 'Tent', 'Big tent')
  await addItem(ann, 'Stove')
  await tick(page, 'Stove').check()
  await expect(badge(page)).toContainText('3 waiting')
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('dialog')).toContainText('3 changes are on this device only.')
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await context.unroute('**/rest/v1/rpc/**')
  pushed.length = 0

  // Ben, at the same device.
  await makeAccount(page, 'Ben')
  await expect(page.getByRole('heading', { name: 'Where to next?' })).toBeVisible()
  await expect(page.getByText('Lakes')).toHaveCount(0)
  await page.goto(`/trips/${lakes}`)
  await expect(item(page, 'Stove')).toHaveCount(0)
  await page.goto('/')
  await createTrip(ann, 'Alps')
  await addItem(ann, 'Rope')
  await expect(badge(page)).toContainText('all saved')
  const alps = new URL(page.url()).pathname.split('/').at(-1)!
  expect(pushed.join()).not.toMatch(/Stove|Big tent/)
  expect(await rowsOf(request, `items?select=name&trip_id=eq.${lakes}`)).toEqual([{ name: 'Tent' }])
  const ben = await alterSession(page)
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()

  await signIn(ann, ann.email)
  await expect(page.getByText('Alps')).toHaveCount(0)
  await page.getByText('Lakes').click()
  await expect(item(page, 'Big tent')).toBeVisible()
  await expect(tick(page, 'Stove')).toBeChecked()
  await expect(badge(page)).toContainText('all saved')
  expect(await rowsOf(request, `items?select=name,packed&trip_id=eq.${lakes}&order=name`)).toEqual([{ name: 'Big tent', packed: false }, { name: 'Stove', packed: true }])
  const own = await alterSession(page)
  const writers = async (scope: string, { access_token }: typeof own) => new Set((await logOf(request, scope, access_token)).map(({ user }) => user))
  expect([await writers(lakes, own), await writers(alps, ben)]).toEqual([new Set([own.user.id]), new Set([ben.user.id])])
  await context.close()
})
