import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type BrowserContextOptions, type Page } from '@playwright/test'
import { badge, createTrip, inviteLink, item, phone, press, quantity, rename, signUp, swipe, tick, type Traveller } from './traveller.ts'

async function looksAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

const menu = async (page: Page, entry: string) => {
  const choice = page.getByRole('menuitem', { name: entry })
  // What arrives while it opens may close it again.
  await expect(async () => {
    if (!(await choice.isVisible())) await press(page.getByRole('button', { name: 'More about this trip' }))
    await choice.click({ timeout: 2_000 })
  }).toPass()
}

/** Who else the trip's head says is here, and what of it they look at. */
const others = ({ page }: Traveller, list = 'Who is here now') => page.getByRole('list', { name: list }).getByRole('listitem')

const language = async (page: Page, { account, to }: { readonly account: string; readonly to: string }) => {
  await press(page.getByRole('button', { name: account }))
  await press(page.getByRole('menuitem', { name: to }))
}

const allSaved = ({ page }: Traveller) => expect(badge(page)).toContainText('all saved')

/** Each device of the three in the other light than the one beside it. */
const devices: readonly { readonly name: string; readonly device: BrowserContextOptions }[] = [
  { name: 'three desktops', device: { viewport: { width: 1280, height: 800 } } },
  { name: 'three phones, with fingers', device: phone },
]

for (const { name, device } of devices) test(`[G1] [G3] [G4] [G5] [PL4] [OB7] [CO4] [A6] the life of a trip: three people, ${name}`, async ({ browser }) => {
  test.setTimeout(240_000)
  const isPhone = device === phone
  const ann = await signUp(browser, 'Ann', { ...device, colorScheme: isPhone ? 'dark' : 'light' })
  const ben = await signUp(browser, 'Ben', { ...device, colorScheme: isPhone ? 'light' : 'dark' })
  const cleo = await signUp(browser, 'Cleo', { ...device, colorScheme: 'light' })

  await test.step('rules begin each trip, and follow its days, its people and what it is like', async () => {
    const { page } = ann
    await press(page.getByRole('button', { name: 'Account' }))
    await press(page.getByRole('menuitem', { name: 'My packing rules' }))
    await press(page.getByRole('button', { name: 'Begin with some usual ones' }))
    await expect(page.getByRole('listitem', { name: 'Socks' })).toContainText('at most 7')
    await looksAccessible(page)
    await press(page.getByRole('link', { name: 'Stowaway, all trips' }))
    await createTrip(ann, 'Lakes')
    await press(page.getByRole('button', { name: 'Add person' }))
    await page.getByLabel('Name').fill('Mia')
    await press(page.getByRole('dialog', { name: 'Add person' }).getByRole('button', { name: 'Add', exact: true }))
    await expect(quantity(page, 'Socks')).toHaveValue('1')
    await expect(item(page, 'Swimsuit')).toHaveCount(0)
    await menu(page, 'Edit trip')
    await page.getByLabel('First day').fill('2026-07-01')
    await page.getByLabel('Last day').fill('2026-07-05')
    await press(page.getByText('swimming', { exact: true }))
    await press(page.getByRole('button', { name: 'Save', exact: true }))
    await expect(quantity(page, 'Socks')).toHaveValue('5')
    await expect(item(page, 'Swimsuit')).toBeVisible()
    await press(tick(page, 'Toothbrush'))
    await page.getByLabel('Add an item').fill('2 books for Mia')
    await press(page.getByRole('button', { name: 'Add', exact: true }))
    await expect(quantity(page, 'books')).toHaveValue('2')
    await allSaved(ann)
    await looksAccessible(page)
  })

  await test.step('two join by link, one to edit and one to look', async () => {
    await ben.page.goto(await inviteLink(ann, 'can edit the list'))
    await expect(item(ben.page, 'books')).toBeVisible()
    await cleo.page.goto(await inviteLink(ann, 'can only look at it'))
    await expect(cleo.page.getByText('You can look, but not change')).toBeVisible()
    await expect(cleo.page.getByRole('listitem', { name: 'books' })).toBeVisible()
    await looksAccessible(ben.page)
    await press(tick(ben.page, 'books'))
    await expect(tick(ann.page, 'books')).toBeChecked()
  })

  await test.step('each sees who is here, and where', async () => {
    await expect(others(ann)).toHaveText([/Ben · by category/, /Cleo · by category/])
    await expect(others(cleo)).toHaveText([/Ann · by category/, /Ben · by category/])
    await expect(ann.page.getByText('Here now: Ben and Cleo')).toBeAttached()
    await language(cleo.page, { account: 'Account', to: 'Español' })
    await expect(others(cleo, 'Quién está aquí ahora')).toHaveText([/Ann · por categoría/, /Ben · por categoría/])
    await expect(cleo.page.getByText('Aquí ahora: Ann y Ben')).toBeAttached()
    await looksAccessible(cleo.page)
    await language(cleo.page, { account: 'Cuenta', to: 'English' })
    await press(ben.page.getByText('By person', { exact: true }))
    await expect(others(ann)).toHaveText([/Ben · by person/, /Cleo/])
    await press(ben.page.getByRole('button', { name: 'Edit books', exact: true }))
    await expect(others(ann)).toHaveText([/Ben · books/, /Cleo/])
    await ben.page.keyboard.press('Escape')
    await looksAccessible(ann.page)
    await press(cleo.page.getByRole('link', { name: 'All trips', exact: true }))
    // Supabase lets nobody say more of themselves than a few things in half a minute: Ben has said enough for now.
    await expect(others(ann)).toHaveText([/Ben · by person/])
    await press(ben.page.getByText('By category', { exact: true }))
    await cleo.page.goBack()
  })

  await test.step('on the road: both rename one thing, and a person decides', async () => {
    await ann.context.setOffline(true)
    await rename(ben, 'books', 'Novels')
    await allSaved(ben)
    await rename(ann, 'books', 'Picture books')
    await expect(badge(ann.page)).toContainText('1 waiting, offline')
    await looksAccessible(ann.page)
    await ann.context.setOffline(false)
    await expect(badge(ann.page)).toContainText('needs you')
    await press(ann.page.getByRole('button', { name: /^Sync: needs you/ }))
    const card = ann.page.getByRole('list', { name: 'Please decide' }).getByRole('listitem', { name: 'Picture books' })
    await expect(card).toContainText('Novels')
    await expect(card).toContainText('Ben,')
    await looksAccessible(ann.page)
    // What waits for a person stands above what goes by itself.
    const panel = ann.page.locator('[data-sync-panel]')
    expect((await panel.innerText()).indexOf('Please decide')).toBeLessThan((await panel.innerText()).indexOf('Sync now'))
    await press(card.getByRole('button', { name: 'Something else' }))
    await card.getByLabel('Something else').check()
    await card.getByLabel('Something else: name').fill('Books')
    await press(card.getByRole('button', { name: 'Use these' }))
    await ann.page.keyboard.press('Escape')
    await expect(item(ben.page, 'Books')).toBeVisible()
    await allSaved(ann)
  })

  await test.step('who may no longer edit learns what was refused, and loses nothing', async () => {
    await ben.context.setOffline(true)
    await press(ann.page.getByRole('button', { name: 'Share' }))
    await ann.page.getByLabel('What Ben may do').selectOption('viewer')
    await ann.page.keyboard.press('Escape')
    await allSaved(ann)
    await quantity(ben.page, 'Books').fill('9')
    await ben.context.setOffline(false)
    await expect(badge(ben.page)).toContainText('needs you')
    await press(ben.page.getByRole('button', { name: /^Sync: needs you/ }))
    const refused = ben.page.getByRole('list', { name: 'Not accepted' }).getByRole('listitem', { name: /quantity to 9/ })
    await expect(refused).toContainText('not allowed')
    // No other value would be taken either.
    await expect(refused.getByRole('button')).toHaveText(['Retry', 'Discard'])
    await looksAccessible(ben.page)
    await press(refused.getByRole('button', { name: 'Discard' }))
    await ben.page.keyboard.press('Escape')
    await allSaved(ben)
    await expect(ben.page.getByText('Quantity of Books: 2')).toHaveCount(0)
    await expect(ben.page.getByLabel('Quantity of Books: 2')).toBeVisible()
  })

  await test.step('one is removed, and the trip leaves their device', async () => {
    await press(ann.page.getByRole('button', { name: 'Share' }))
    await press(ann.page.getByRole('button', { name: 'Remove Cleo from the trip' }))
    await ann.page.keyboard.press('Escape')
    await expect(cleo.page.getByRole('heading', { name: 'This trip is not here' })).toBeVisible()
  })

  await test.step('what was synced can be taken back', async () => {
    if (isPhone) await swipe(ann, 'Books', { by: -140 })
    else await press(ann.page.getByRole('button', { name: 'Remove Books' }))
    await expect(item(ben.page, 'Books')).toHaveCount(0)
    await press(ann.page.getByRole('button', { name: 'Undo' }))
    await expect(item(ben.page, 'Books')).toBeVisible()
    await expect(tick(ben.page, 'Books')).toBeChecked()
  })

  await test.step('the history tells who did what', async () => {
    await menu(ben.page, 'History')
    const history = ben.page.getByRole('dialog')
    await expect(history.getByText('You · Changing books: name to Novels')).toBeVisible()
    await expect(history.getByText('Ann · Adding books', { exact: true })).toBeVisible()
    await looksAccessible(ben.page)
    await ben.page.keyboard.press('Escape')
  })

  await test.step('a trip goes into a file and comes back as one of its own; a bad file is told', async () => {
    const { page } = ann
    const download = page.waitForEvent('download')
    await menu(page, 'Save as a file')
    const file = await (await download).path()
    await press(page.getByRole('link', { name: 'Stowaway, all trips' }))
    await page.locator('input[type=file]').setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{"format": "stowaway-trip"') })
    await expect(page.getByRole('alert')).toContainText('not JSON')
    await page.keyboard.press('Escape')
    const chooser = page.waitForEvent('filechooser')
    await press(page.getByRole('button', { name: 'Open a file' }))
    await (await chooser).setFiles(file)
    await expect(item(page, 'Books')).toBeVisible()
    await expect(tick(page, 'Books')).not.toBeChecked()
    await allSaved(ann)
  })
  for (const { context } of [ann, ben, cleo]) await context.close()
})
