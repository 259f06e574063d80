import { expect, test, type Locator, type Page } from '@playwright/test'
import { badge, item, password, quantity, rename, signUp, tick } from './traveller.ts'

/** Goes on with Tab until it is there, as somebody without a mouse does; each stop on the way shows where the focus is. */
async function tabTo(page: Page, where: Locator): Promise<void> {
  for (let stops = 0; stops < 60; stops += 1) {
    if (await where.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
    expect(await focusIsSeen(page), `the focus is seen on ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120))}`).toBe(true)
  }
  await expect(where).toBeFocused()
}

/** By an outline of the element, or of what stands for it where it is hidden itself; a field may have a border of another colour instead. */
function focusIsSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const active = document.activeElement
    if (active === null || active === document.body) return true
    const near = [active, active.nextElementSibling, active.parentElement].filter((element) => element !== null)
    if (near.map((element) => getComputedStyle(element)).some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px')) return true
    const plain = document.createElement('div')
    plain.style.borderColor = 'var(--mantine-color-default-border)'
    document.body.append(plain)
    const resting = getComputedStyle(plain).borderTopColor
    plain.remove()
    // The box around a field, where the field has no border of its own.
    const box = active.closest('.mantine-Input-input')
    return box !== null && getComputedStyle(box).borderTopStyle !== 'none' && getComputedStyle(box).borderTopColor !== resting
  })
}

/** Down an open menu. */
async function arrowTo(page: Page, where: Locator): Promise<void> {
  await expect(where).toBeVisible()
  for (let stops = 0; stops < 20; stops += 1) {
    if (await where.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('ArrowDown')
  }
  await expect(where).toBeFocused()
}

async function activate(page: Page, where: Locator): Promise<void> {
  await tabTo(page, where)
  await page.keyboard.press('Enter')
}

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })

async function fillIn(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }))
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}

test('[G5] [CO4] [A6] without a mouse: an account, a trip, its list, a decision, sharing and leaving', async ({ browser }) => {
  test.setTimeout(180_000)
  const context = await browser.newContext()
  const page = await context.newPage()
  const email = `ann-${crypto.randomUUID()}@example.com`
  const ann = { page, context, email }

  await test.step('an account', async () => {
    await page.goto('/')
    await activate(page, button(page, 'I am new here'))
    await fillIn(page, 'Name', 'Ann')
    await fillIn(page, 'Email', email)
    await fillIn(page, 'Password', password)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Where to next?' })).toBeVisible()
  })

  await test.step('a trip, and things on its list', async () => {
    await activate(page, button(page, 'New trip'))
    await expect(page.getByLabel('Trip name')).toBeFocused()
    await page.keyboard.type('Lakes')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Lakes' })).toBeFocused()
    await fillIn(page, 'Add an item', 'Tent')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Soap')
    await page.keyboard.press('Enter')
    await expect(item(page, 'Soap')).toBeVisible()
    await expect(page.getByLabel('Add an item')).toBeFocused()
    await tabTo(page, tick(page, 'Tent'))
    await page.keyboard.press('Space')
    await expect(tick(page, 'Tent')).toBeChecked()
  })

  await test.step('a thing gets another name, another category, somebody whose it is, and another number', async () => {
    await activate(page, button(page, 'Edit Tent'))
    await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('Big tent')
    await page.keyboard.press('Enter')
    await expect(button(page, 'Edit Big tent')).toBeFocused()

    await activate(page, button(page, 'Add person'))
    await expect(page.getByRole('dialog', { name: 'Add person' }).getByLabel('Name')).toBeFocused()
    await page.keyboard.type('Mia')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('listitem', { name: 'Mia' })).toBeVisible()
    await expect(button(page, 'Add person')).toBeFocused()

    await activate(page, button(page, 'Edit Big tent'))
    await tabTo(page, page.getByRole('dialog').getByRole('combobox', { name: 'Category' }))
    await page.keyboard.type('Gear')
    await tabTo(page, page.getByRole('dialog').getByLabel('Person'))
    await page.keyboard.type('Mia')
    await activate(page, button(page, 'Save'))
    await expect(page.getByRole('region', { name: 'Gear' }).getByRole('listitem', { name: 'Big tent' })).toContainText('Mia')
    // It lies elsewhere by now, and the focus has gone with it.
    await expect(button(page, 'Edit Big tent')).toBeFocused()
    await tabTo(page, quantity(page, 'Big tent'))
    await page.keyboard.press('ArrowUp')
    await expect(quantity(page, 'Big tent')).toHaveValue('2')
    await tabTo(page, page.getByRole('radio', { name: 'By category' }))
    await page.keyboard.press('ArrowRight')
    await expect(page.getByRole('region', { name: 'Mia' }).getByRole('listitem', { name: 'Big tent' })).toBeVisible()
  })

  await test.step('a thing is removed, and comes back', async () => {
    await tabTo(page, tick(page, 'Soap'))
    await page.keyboard.press('Delete')
    await expect(item(page, 'Soap')).toHaveCount(0)
    await expect(tick(page, 'Big tent')).toBeFocused()
    await page.keyboard.press('ControlOrMeta+z')
    await expect(item(page, 'Soap')).toBeVisible()
    await expect(badge(page)).toContainText('all saved')
  })

  await test.step('a disagreement is decided, and the focus comes back to where it was opened', async () => {
    const ben = await signUp(browser, 'Ben')
    await ben.page.goto(await shareByKeyboard(page))
    await expect(item(ben.page, 'Big tent')).toBeVisible()
    await context.setOffline(true)
    await rename(ben, 'Big tent', 'Small tent')
    await expect(badge(ben.page)).toContainText('all saved')
    await rename(ann, 'Big tent', 'Huge tent')
    await context.setOffline(false)
    await expect(badge(page)).toContainText('needs you')
    await activate(page, button(page, 'Sync: needs you'))
    await activate(page, button(page, 'Keep mine'))
    await expect(page.getByRole('list', { name: 'Please decide' })).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: /^Sync: / })).toBeFocused()
    await expect(item(ben.page, 'Huge tent')).toBeVisible()
    await ben.context.close()
  })

  await test.step('out, and in again', async () => {
    await expect(badge(page)).toContainText('all saved')
    await activate(page, button(page, 'Account'))
    await arrowTo(page, page.getByRole('menuitem', { name: 'Sign out' }))
    await page.keyboard.press('Enter')
    await fillIn(page, 'Email', email)
    await fillIn(page, 'Password', password)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('listitem', { name: 'Lakes' })).toBeVisible()
  })
  await context.close()
})

/** The link by which others join the trip. */
async function shareByKeyboard(page: Page): Promise<string> {
  await activate(page, button(page, 'Share'))
  await activate(page, button(page, 'Create link'))
  const link = await page.getByLabel('Invitation link').inputValue()
  await page.keyboard.press('Escape')
  await expect(button(page, 'Share')).toBeFocused()
  return link
}
