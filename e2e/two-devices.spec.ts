import { expect, test, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { addItem, badge, createTrip, inviteLink, item, press, quantity, rename, shownItems, signUp, tick } from './traveller.ts'

test('[CO1] [OB2] [PL1] two people edit one list without a signal, reload, come back, and agree; then they see each other live', async ({ browser, request }) => {
  const ann = await signUp(browser, 'Ann')
  const ben = await signUp(browser, 'Ben')
  await createTrip(ann, 'Lakes')
  for (const name of ['Brush', 'Socks', 'Tent', 'Soap']) await addItem(ann, name)
  await expect(badge(ann.page)).toContainText('all saved')
  await ben.page.goto(await inviteLink(ann, 'can edit the list'))
  await expect(item(ben.page, 'Soap')).toBeVisible()

  await ann.context.setOffline(true)
  await ben.context.setOffline(true)
  await rename(ann, 'Brush', 'Toothbrush')
  await tick(ann.page, 'Socks').check()
  await tick(ann.page, 'Tent').check()
  await addItem(ann, 'Map')
  await quantity(ben.page, 'Brush').fill('3')
  await ben.page.getByRole('button', { name: 'Remove Soap' }).click()
  await ben.page.getByRole('button', { name: 'Add person' }).click()
  await ben.page.getByLabel('Name').fill('Kim')
  await ben.page.getByRole('dialog', { name: 'Add person' }).getByRole('button', { name: 'Add', exact: true }).click()
  await expect(badge(ann.page)).toContainText('4 waiting, offline')
  await expect(badge(ben.page)).toContainText('3 waiting, offline')

  await ann.page.reload()
  await ben.page.reload()
  await expect(badge(ann.page)).toContainText('4 waiting, offline')
  await expect(badge(ben.page)).toContainText('3 waiting, offline')
  expect(await shownItems(ann.page)).toEqual([
    { name: 'Map', quantity: 1, packed: false },
    { name: 'Soap', quantity: 1, packed: false },
    { name: 'Socks', quantity: 1, packed: true },
    { name: 'Tent', quantity: 1, packed: true },
    { name: 'Toothbrush', quantity: 1, packed: false },
  ])
  expect(await shownItems(ben.page)).toEqual([
    { name: 'Brush', quantity: 3, packed: false },
    { name: 'Socks', quantity: 1, packed: false },
    { name: 'Tent', quantity: 1, packed: false },
  ])
  await expect(ben.page.getByRole('listitem', { name: 'Kim' })).toBeVisible()

  await ann.context.setOffline(false)
  await ben.context.setOffline(false)
  const agreed = [
    { name: 'Map', quantity: 1, packed: false },
    { name: 'Socks', quantity: 1, packed: true },
    { name: 'Tent', quantity: 1, packed: true },
    { name: 'Toothbrush', quantity: 3, packed: false },
  ]
  for (const { page } of [ann, ben]) {
    await expect.poll(() => shownItems(page)).toEqual(agreed)
    await expect(badge(page)).toContainText('all saved')
    await expect(page.getByRole('listitem', { name: 'Kim' })).toHaveCount(1)
  }
  const trip = new URL(ann.page.url()).pathname.split('/').at(-1)!
  expect(await rowsOf(request, `items?select=name,quantity,packed&trip_id=eq.${trip}&order=name`)).toEqual(agreed)
  expect(await rowsOf(request, `people?select=name&trip_id=eq.${trip}`)).toEqual([{ name: 'Kim' }])

  await tick(ben.page, 'Toothbrush').check()
  await expect(tick(ann.page, 'Toothbrush')).toBeChecked()
  await ann.context.close()
  await ben.context.close()
})

const where = (page: Page) => page.getByLabel(/^Where on Wed/)

test('[G1] [OB2] what is being typed about a day outlives what arrives meanwhile, and is kept though the field is never left', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  const ben = await signUp(browser, 'Ben')
  await press(ann.page.getByRole('button', { name: 'New trip' }))
  await ann.page.getByLabel('Trip name').fill('Lakes')
  await ann.page.getByLabel('First day').fill('2026-07-01')
  await ann.page.getByLabel('Last day').fill('2026-07-02')
  await press(ann.page.getByRole('button', { name: 'Create trip' }))
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  await ben.page.goto(await inviteLink(ann, 'can edit the list'))
  for (const { page } of [ann, ben]) await press(page.getByText('Days · 2 days'))

  const words = 'Ambleside, by the lake, where the boats are'
  const typing = where(ann.page).pressSequentially(words, { delay: 120 })
  await where(ben.page).fill('Keswick')
  await where(ben.page).blur()
  await tick(ben.page, 'Tent').check()
  await expect(tick(ann.page, 'Tent')).toBeChecked()
  await typing
  await expect(where(ann.page)).toHaveValue(words)
  // Never left: it is the pause that writes it.
  await expect(where(ben.page)).toHaveValue(words)
  await expect(where(ann.page)).toBeFocused()
  await ann.page.close()
  const page = await ann.context.newPage()
  await page.goto(ben.page.url())
  await press(page.getByText('Days · 2 days'))
  await expect(where(page)).toHaveValue(words)
  await ann.context.close()
  await ben.context.close()
})
