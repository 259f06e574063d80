import type { BrowserContext } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import type { TabPage } from '../packages/sync/src/test/tab-page.ts'

export type { TabPage }

export const pagePath = '/tab-page/'
const entry = fileURLToPath(new URL('../packages/sync/src/test/tab-page.ts', import.meta.url))
let script: Promise<string> | undefined

async function bundle(): Promise<string> {
  const built = await build({ configFile: false, logLevel: 'warn', build: { write: false, minify: false, target: 'es2022', rolldownOptions: { input: entry } } })
  const [result] = [built].flat()
  if (result === undefined || !('output' in result)) throw new Error('The page was not built.')
  return result.output[0].code
}

/** From here on the context finds the page at `pagePath`, on the origin of the backend. */
export async function serveTabPage(context: BrowserContext): Promise<void> {
  script ??= bundle()
  const code = await script
  await context.route(`**${pagePath}`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Tab</title><script type="module" src="page.js"></script>' }))
  await context.route(`**${pagePath}page.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: code }))
}
