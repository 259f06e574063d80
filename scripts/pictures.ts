import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { startLocalSupabase } from '../packages/local-supabase/src/index.ts'
import { chromiumArguments, findChromium } from './chromium.ts'
import { demoAccounts, demoPassword, ensureDemoData } from './demo-trip.ts'

/** Makes the README's pictures of the built app: `pnpm pictures`. */
const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs', 'pictures')

const supabase = await startLocalSupabase({ database: { kind: 'memory' }, app: join(root, 'apps', 'packing-list', 'dist'), port: 0 })
await ensureDemoData(supabase)
const executablePath = findChromium()
const browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args: chromiumArguments })
await mkdir(folder, { recursive: true })

const desktop = await open(browser, { viewport: { width: 1100, height: 720 }, colorScheme: 'light' })
await desktop.getByRole('checkbox', { name: 'Passports' }).check()
await desktop.getByRole('checkbox', { name: 'First-aid kit' }).check()
await desktop.getByText('all saved').waitFor()
await desktop.screenshot({ path: join(folder, 'desktop.png') })

const phone = await open(browser, { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5, colorScheme: 'dark' })
await phone.context().setOffline(true)
await phone.getByRole('checkbox', { name: 'Hiking boots' }).check()
await phone.getByRole('button', { name: 'One more Socks' }).click()
await phone.getByText('2 waiting, offline').waitFor()
await phone.getByRole('heading', { name: 'Documents' }).scrollIntoViewIfNeeded()
await phone.screenshot({ path: join(folder, 'phone.png') })

await browser.close()
await supabase.close()

/** The demo's trip, opened by its owner. */
async function open(on: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await on.newContext({ baseURL: supabase.url, locale: 'en-GB', ...options })
  const page = await context.newPage()
  await page.goto('/')
  await page.getByLabel('Email').fill(demoAccounts[0].email)
  await page.getByLabel('Password', { exact: true }).fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('A week in the Alps').click()
  await page.getByText('all saved').waitFor()
  return page
}
