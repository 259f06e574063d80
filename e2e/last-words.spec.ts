import { expect, test, type Page } from '@playwright/test'
import { badge, press, signUp } from './traveller.ts'

const where = (page: Page) => page.getByLabel(/^Where on Wed/)

test('[OB2] what was typed just before a page is closed, or loaded again, is there in the next one, and reaches the server', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await press(ann.page.getByRole('button', { name: 'New trip' }))
  await ann.page.getByLabel('Trip name').fill('Lakes')
  await ann.page.getByLabel('First day').fill('2026-07-01')
  await ann.page.getByLabel('Last day').fill('2026-07-02')
  await press(ann.page.getByRole('button', { name: 'Create trip' }))
  await expect(badge(ann.page)).toContainText('all saved')
  const trip = ann.page.url()
  let { page } = ann
  for (const [words, leave] of [['Keswick', 'close'], ['Ambleside', 'reload'], ['Grasmere', 'close'], ['Coniston', 'reload']] as const) {
    await press(page.getByText('Days · 2 days'))
    await where(page).fill(words)
    if (leave === 'reload') await page.reload()
    else {
      await page.close()
      page = await ann.context.newPage()
      await page.goto(trip)
    }
    await press(page.getByText('Days · 2 days'))
    await expect(where(page)).toHaveValue(words)
    await expect(badge(page)).toContainText('all saved')
    await page.reload()
  }
  await ann.context.close()
})
