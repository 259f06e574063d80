import { defineConfig } from '@playwright/test'
import { chromiumArguments, findChromium } from './scripts/chromium.ts'

const chromium = findChromium()
/** Both can be given, so that several runs may stand side by side. */
const port = process.env['E2E_PORT'] ?? '4190'
const app = process.env['E2E_APP'] ?? 'apps/packing-list/dist'
const url = `http://127.0.0.1:${port}`

export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  timeout: 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    baseURL: url,
    launchOptions: { ...(chromium !== undefined && { executablePath: chromium }), args: chromiumArguments },
    trace: 'retain-on-failure',
  },
  // In memory, so that each run begins without data.
  webServer: {
    command: `node packages/local-supabase/src/serve.ts --database memory --port ${port} --app ${app}`,
    url,
    reuseExistingServer: false,
    timeout: 60_000,
  },
})
