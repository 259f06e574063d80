import type { BrowserContext } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { LivePage } from '../packages/sync/src/test/live-page.ts'
import type { StoragePage } from '../packages/sync/src/test/storage-page.ts'
import type { TabPage } from '../packages/sync/src/test/tab-page.ts'

export type { LivePage, StoragePage, TabPage }

export const pagePath = '/tab-page/'
const scripts = new Map<string, Promise<string>>()

async function bundle(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`../packages/sync/src/test/${name}.ts`, import.meta.url))
  const built = await build({ configFile: false, logLevel: 'warn', build: { write: false, minify: false, target: 'es2022', rolldownOptions: { input: entry } } })
  const [result] = [built].flat()
  if (result === undefined || !('output' in result)) throw new Error('The page was not built.')
  return result.output[0].code
}

/** From here on the context finds the page of that name at `pagePath`, on the origin of the backend. */
export async function serveTabPage(context: BrowserContext, name: 'tab-page' | 'storage-page' | 'live-page' = 'tab-page'): Promise<void> {
  const script = scripts.get(name) ?? bundle(name)
  scripts.set(name, script)
  const code = await script
  await context.route(`**${pagePath}`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Tab</title><script type="module" src="page.js"></script>' }))
  await context.route(`**${pagePath}page.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: code }))
}
