import { defineConfig } from '@playwright/test'
import { chromiumArguments, findChromium } from './scripts/chromium.ts'

const chromium = findChromium()
const url = 'http://127.0.0.1:4190'

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
    command: 'node packages/local-supabase/src/serve.ts --database memory --port 4190 --app apps/packing-list/dist',
    url,
    reuseExistingServer: false,
    timeout: 60_000,
  },
})
