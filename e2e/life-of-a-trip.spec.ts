import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { badge, createTrip, inviteLink, item, quantity, rename, signUp, tick, type Traveller } from './traveller.ts'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true }

async function onPhone(browser: Browser, name: string): Promise<Traveller> {
  const traveller = await signUp(browser, name)
  await traveller.page.setViewportSize(phone.viewport)
  return traveller
}

async function looksAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

const menu = async (page: Page, entry: string) => {
  const choice = page.getByRole('menuitem', { name: entry })
  // What arrives while it opens may close it again.
  await expect(async () => {
    if (!(await choice.isVisible())) await page.getByRole('button', { name: 'More about this trip' }).click()
    await choice.click({ timeout: 2_000 })
  }).toPass()
}

const allSaved = ({ page }: Traveller) => expect(badge(page)).toContainText('all saved')

test('[G1] [G3] [G4] [PL4] [OB7] [CO4] [A6] the life of a trip: three people, three devices', async ({ browser }) => {
  test.setTimeout(240_000)
  const ann = await signUp(browser, 'Ann')
  const [ben, cleo] = [await onPhone(browser, 'Ben'), await onPhone(browser, 'Cleo')]

  await test.step('rules begin each trip, and follow its days, its people and what it is like', async () => {
    const { page } = ann
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'My packing rules' }).click()
    await page.getByRole('button', { name: 'Begin with some usual ones' }).click()
    await expect(page.getByRole('listitem', { name: 'Socks' })).toContainText('at most 7')
    await looksAccessible(page)
    await page.getByRole('link', { name: 'Stowaway, all trips' }).click()
    await createTrip(ann, 'Lakes')
    await page.getByRole('button', { name: 'Add person' }).click()
    await page.getByLabel('Name').fill('Mia')
    await page.getByRole('dialog', { name: 'Add person' }).getByRole('button', { name: 'Add', exact: true }).click()
    await expect(quantity(page, 'Socks')).toHaveValue('1')
    await expect(item(page, 'Swimsuit')).toHaveCount(0)
    await menu(page, 'Edit trip')
    await page.getByLabel('First day').fill('2026-07-01')
    await page.getByLabel('Last day').fill('2026-07-05')
    await page.getByText('swimming', { exact: true }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(quantity(page, 'Socks')).toHaveValue('5')
    await expect(item(page, 'Swimsuit')).toBeVisible()
    await tick(page, 'Toothbrush').check()
    await page.getByLabel('Add an item').fill('2 books for Mia')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
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
    await tick(ben.page, 'books').check()
    await expect(tick(ann.page, 'books')).toBeChecked()
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
    await ann.page.getByRole('button', { name: /^Sync: needs you/ }).click()
    const card = ann.page.getByRole('list', { name: 'Please decide' }).getByRole('listitem', { name: 'Picture books' })
    await expect(card).toContainText('Novels')
    await expect(card).toContainText('Ben,')
    await looksAccessible(ann.page)
    await card.getByRole('button', { name: 'Choose field by field' }).click()
    await card.getByLabel('Something else').check()
    await card.getByLabel('Something else: name').fill('Books')
    await card.getByRole('button', { name: 'Use these' }).click()
    await ann.page.keyboard.press('Escape')
    await expect(item(ben.page, 'Books')).toBeVisible()
    await allSaved(ann)
  })

  await test.step('who may no longer edit learns what was refused, and loses nothing', async () => {
    await ben.context.setOffline(true)
    await ann.page.getByRole('button', { name: 'Share' }).click()
    await ann.page.getByLabel('What Ben may do').selectOption('viewer')
    await ann.page.keyboard.press('Escape')
    await allSaved(ann)
    await quantity(ben.page, 'Books').fill('9')
    await ben.context.setOffline(false)
    await expect(badge(ben.page)).toContainText('needs you')
    await ben.page.getByRole('button', { name: /^Sync: needs you/ }).click()
    const refused = ben.page.getByRole('list', { name: 'Not accepted' }).getByRole('listitem', { name: /quantity to 9/ })
    await expect(refused).toContainText('not allowed')
    await refused.getByRole('button', { name: 'Discard' }).click()
    await ben.page.keyboard.press('Escape')
    await allSaved(ben)
    await expect(ben.page.getByText('Quantity of Books: 2')).toHaveCount(0)
    await expect(ben.page.getByLabel('Quantity of Books: 2')).toBeVisible()
  })

  await test.step('one is removed, and the trip leaves their device', async () => {
    await ann.page.getByRole('button', { name: 'Share' }).click()
    await ann.page.getByRole('button', { name: 'Remove Cleo from the trip' }).click()
    await ann.page.keyboard.press('Escape')
    await expect(cleo.page.getByRole('heading', { name: 'This trip is not here' })).toBeVisible()
  })

  await test.step('what was synced can be taken back', async () => {
    await ann.page.getByRole('button', { name: 'Remove Books' }).click()
    await expect(item(ben.page, 'Books')).toHaveCount(0)
    await ann.page.getByRole('button', { name: 'Undo' }).click()
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
    await page.getByRole('link', { name: 'Stowaway, all trips' }).click()
    await page.locator('input[type=file]').setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{"format": "stowaway-trip"') })
    await expect(page.getByRole('alert')).toContainText('not JSON')
    await page.keyboard.press('Escape')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a file' }).click()
    await (await chooser).setFiles(file)
    await expect(item(page, 'Books')).toBeVisible()
    await expect(tick(page, 'Books')).not.toBeChecked()
    await allSaved(ann)
  })
  for (const { context } of [ann, ben, cleo]) await context.close()
})
