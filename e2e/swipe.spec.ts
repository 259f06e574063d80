import { expect, test } from '@playwright/test'
import { addItem, badge, createTrip, item, phone, signUp, swipe, tick } from './traveller.ts'

test('[G5] a finger ticks and removes by swiping, and undoes; a short swipe, and one that scrolls the page, do nothing', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann', phone)
  const { page } = ann
  await createTrip(ann, 'Lakes')
  for (const name of ['Tent', 'Soap', 'Socks', 'Map', 'Rope', 'Lamp', 'Stove', 'Cups']) await addItem(ann, name)

  await swipe(ann, 'Soap', { by: 140 })
  await expect(tick(page, 'Soap')).toBeChecked()
  await swipe(ann, 'Soap', { by: 140 })
  await expect(tick(page, 'Soap')).not.toBeChecked()

  await swipe(ann, 'Tent', { by: -140 })
  await expect(item(page, 'Tent')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).tap()
  await expect(item(page, 'Tent')).toBeVisible()

  await swipe(ann, 'Socks', { by: 50 })
  await swipe(ann, 'Socks', { by: -50 })
  const before = await page.evaluate(() => window.scrollY)
  await swipe(ann, 'Socks', { by: 30, down: -160 })
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(before)
  await expect(tick(page, 'Socks')).not.toBeChecked()
  await expect(badge(page)).toContainText('all saved')
  await expect(item(page, 'Socks')).toBeVisible()
  await ann.context.close()
})

test('[G5] who wants no motion sees none: the row is where it was at once', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann', { ...phone, reducedMotion: 'reduce' })
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await swipe(ann, 'Tent', { by: 140 })
  await expect(tick(ann.page, 'Tent')).toBeChecked()
  expect(await item(ann.page, 'Tent').locator('> div').last().evaluate((row) => getComputedStyle(row).transitionDuration)).toBe('0s')
  await ann.context.close()
})
