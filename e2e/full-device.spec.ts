import { expect, test, type Page } from '@playwright/test'
import { rowsOf } from './database.ts'
import { addItem, badge, createTrip, item, rename, signUp } from './traveller.ts'

/** What the browser lets the app have, in bytes; `undefined`: as much as it likes. It counts for half a minute by what it has last looked up. */
async function quota(page: Page, baseURL: string, quotaSize?: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL).origin, ...(quotaSize !== undefined && { quotaSize }) })
}

/** In the page: takes all the room that is left, in ever smaller pieces, as the photos of somebody's last holiday would. */
async function fill(): Promise<void> {
  const asked = indexedDB.open('filler')
  asked.addEventListener('upgradeneeded', () => asked.result.createObjectStore('pieces', { autoIncrement: true }))
  const database = await new Promise<IDBDatabase>((resolve) => asked.addEventListener('success', () => resolve(asked.result)))
  for (let size = 2_000_000; size > 100; ) {
    const transaction = database.transaction('pieces', 'readwrite')
    // At random, because the browser compresses; so many at once as it gives.
    const piece = new Uint8Array(size)
    for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(piece.subarray(at, at + 65_536))
    transaction.objectStore('pieces').add(piece)
    const fits = await new Promise<boolean>((resolve) => {
      transaction.addEventListener('complete', () => resolve(true))
      transaction.addEventListener('abort', () => resolve(false))
    })
    if (!fits) size = Math.floor(size / 2)
  }
  database.close()
}

const empty = (): Promise<void> =>
  new Promise((resolve) => {
    indexedDB.deleteDatabase('filler').addEventListener('success', () => resolve())
  })

test('[ST2] complaint 20: on a full device the app goes on, says that it cannot keep what is done, sends it, and keeps again when there is room', async ({ browser, request, baseURL }) => {
  test.setTimeout(120_000)
  const ann = await signUp(browser, 'Ann')
  const { page } = ann
  await createTrip(ann, 'Lakes')
  await addItem(ann, 'Tent')
  await expect(badge(page)).toContainText('all saved')
  const trip = new URL(page.url()).pathname.split('/').at(-1)!

  await quota(page, baseURL!, 10_000_000)
  await page.evaluate(fill)
  await ann.context.setOffline(true)
  await rename(ann, 'Tent', 'Big tent')
  await expect(badge(page)).toContainText('1 not safe on this device yet')
  await badge(page).getByRole('button').click()
  await expect(page.getByRole('alert')).toContainText('This device cannot keep your changes.')
  await page.keyboard.press('Escape')

  await ann.context.setOffline(false)
  await expect.poll(() => rowsOf(request, `items?select=name&trip_id=eq.${trip}`)).toEqual([{ name: 'Big tent' }])
  await expect(badge(page)).toContainText('all saved')
  await addItem(ann, 'Stove')
  await expect.poll(() => rowsOf(request, `items?select=name&trip_id=eq.${trip}&order=name`)).toEqual([{ name: 'Big tent' }, { name: 'Stove' }])

  await page.evaluate(empty)
  await quota(page, baseURL!)
  await ann.context.setOffline(true)
  await rename(ann, 'Stove', 'Gas stove')
  await expect(badge(page)).toContainText('1 waiting, offline', { timeout: 45_000 })
  // It is on the device: there it is after a start without a network.
  await page.reload()
  await expect(item(page, 'Gas stove')).toBeVisible()
  await expect(badge(page)).toContainText('1 waiting')
  await ann.context.close()
})
