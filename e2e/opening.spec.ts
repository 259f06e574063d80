import { expect, test, type APIRequestContext } from '@playwright/test'
import { badge, item, signUp } from './traveller.ts'
import { tripFile } from './trip-file.ts'

/** What is told by the page itself, as it happens: when the first and the last thing of the list were there, and how much moved that nobody touched. */
function watchOpening(): void {
  const seen = { first: 0, list: 0, shift: 0 }
  Object.assign(globalThis, { seen })
  new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries() as (PerformanceEntry & { readonly value: number; readonly hadRecentInput: boolean })[]) if (!entry.hadRecentInput) seen.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    if (seen.first === 0 && document.querySelector('[data-item]') !== null) seen.first = performance.now()
    if (document.querySelectorAll('[data-item]').length < 300) requestAnimationFrame(look)
    else seen.list = performance.now()
  }
  requestAnimationFrame(look)
}

test('[G2] a trip of 300 things opens without a network, all of it, and nothing on the page moves', async ({ browser }) => {
  test.setTimeout(120_000)
  const ann = await signUp(browser, 'Ann')
  const { page, context } = ann
  await page.locator('input[type=file]').setInputFiles(tripFile(300))
  await expect(item(page, 'Thing 299')).toBeVisible()
  await expect(badge(page)).toContainText('all saved', { timeout: 30_000 })
  await page.addInitScript(watchOpening)
  await context.setOffline(true)
  const times: string[] = []
  for (const _ of Array.from({ length: 5 })) {
    await page.reload()
    await expect(item(page, 'Thing 299')).toBeAttached({ timeout: 30_000 })
    await expect(badge(page)).toContainText('all saved, offline')
    const { first, list, shift } = await page.evaluate(() => (globalThis as unknown as { seen: { first: number; list: number; shift: number } }).seen)
    times.push(`${Math.round(first)} (all ${Math.round(list)})`)
    expect(shift).toBeLessThan(0.1)
  }
  // oxlint-disable-next-line no-console -- a figure, for whoever reads the run
  console.log(`opened offline, the list on screen after ${times.join(', ')} ms from the start of the page`)
  await context.close()
})

const sizeOf = async (request: APIRequestContext, icon: string): Promise<string> => {
  const png = await (await request.get(icon)).body()
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`
}

test('[G2] it can be installed: name, start, icons of the sizes that they claim, and colours by day and night', async ({ page, request }) => {
  await page.goto('/')
  const href = await page.locator('link[rel=manifest]').getAttribute('href')
  const manifest = (await (await request.get(href!)).json()) as { name: string; short_name: string; display: string; start_url: string; scope: string; theme_color: string; background_color: string; icons: { src: string; sizes: string; type: string; purpose: string }[] }
  expect(manifest).toMatchObject({ name: 'Stowaway packing lists', short_name: 'Stowaway', display: 'standalone', start_url: '/', scope: '/', theme_color: expect.stringMatching(/^#/), background_color: expect.stringMatching(/^#/) })
  const pngs = manifest.icons.filter(({ type }) => type === 'image/png')
  expect(pngs.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toEqual(['192x192 any', '512x512 any', '512x512 maskable'])
  for (const { src, sizes } of pngs) expect(await sizeOf(request, src)).toBe(sizes)
  const colours = page.locator('meta[name=theme-color]')
  await expect(colours).toHaveCount(2)
  for (const scheme of ['light', 'dark']) await expect(page.locator(`meta[name=theme-color][media*=${scheme}]`)).toHaveAttribute('content', /^#/)
})
