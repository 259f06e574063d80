import { expect, test } from '@playwright/test'
import { addItem, badge, createTrip, item, rename, signIn, signUp, tick } from './traveller.ts'

test('[TB1] [OB2] two tabs of one user: both see each edit, and one goes on when the other is closed', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  const second = { ...ann, page: await ann.context.newPage() }
  await second.page.goto(ann.page.url())
  await tick(second.page, 'Tent').check()
  await expect(tick(ann.page, 'Tent')).toBeChecked()

  await ann.context.setOffline(true)
  await rename(second, 'Tent', 'Big tent')
  await expect(item(ann.page, 'Big tent')).toBeVisible()
  await ann.page.close()
  await ann.context.setOffline(false)
  await expect(badge(second.page)).toContainText('all saved')
  await second.page.reload()
  await expect(item(second.page, 'Big tent')).toBeVisible()
  await ann.context.close()
})

test('[ID2] [OB2] unsent work of one user waits on the device, out of the next one’s sight, and goes out as their own', async ({ browser }) => {
  const ann = await signUp(browser, 'Ann')
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(ann.page)).toContainText('all saved')
  // The server is out of reach while the rest of the network is there, as signing out needs no server.
  await ann.context.route('**/rest/v1/rpc/sync_push', (route) => route.abort())
  await rename(ann, 'Tent', 'Big tent')
  await expect(badge(ann.page)).toContainText('1 waiting')
  await ann.page.getByRole('button', { name: 'Account' }).click()
  await ann.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await ann.page.getByRole('button', { name: 'Keep on this device and sign out' }).click()
  await ann.context.unroute('**/rest/v1/rpc/sync_push')

  const ben = await signUp(browser, 'Ben')
  await signIn(ann, ben.email)
  await expect(ann.page.getByRole('heading', { name: 'Where to next?' })).toBeVisible()
  await expect(ann.page.getByText('Lakes')).toHaveCount(0)
  await ann.page.getByRole('button', { name: 'Account' }).click()
  await ann.page.getByRole('menuitem', { name: 'Sign out' }).click()

  await signIn(ann, ann.email)
  await ann.page.getByText('Lakes').click()
  await expect(item(ann.page, 'Big tent')).toBeVisible()
  await expect(badge(ann.page)).toContainText('all saved')
  await ann.context.close()
  await ben.context.close()
})
