import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { LocalSupabaseError, startLocalSupabase } from '../packages/local-supabase/src/index.ts'
import { demoAccounts, demoPassword, ensureDemoData } from './demo-trip.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'supabase', '.temp', 'demo')
const app = join(root, 'apps', 'packing-list', 'dist')
const usualPort = 4180

try {
  await main()
} catch (error) {
  if (!(error instanceof LocalSupabaseError)) throw error
  const hint = error.code === 'locked' ? 'The demo is already running. ' : ''
  console.error(`\n${hint}${error.message}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  if (!existsSync(join(app, 'index.html'))) {
    console.error('The app is not built yet: run "npm start", which builds it first.')
    process.exitCode = 1
    return
  }
  console.log('Starting the database …')
  const supabase = await startLocalSupabase({ database: { kind: 'disk', folder }, app, port: await freePortFrom(usualPort) })
  await ensureDemoData(supabase)
  console.log(welcome(supabase.url))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log('\nClosing …')
      void supabase.close().finally(() => process.exit())
    })
  }
}

function welcome(url: string): string {
  const accounts = demoAccounts.map(({ email }) => `    ${email}   password: ${demoPassword}`).join('\n')
  return `
  Stowaway runs at ${url}

  Two accounts share a trip:
${accounts}

  What to try:
    1. Sign in as Ann here, and as Ben in a private window or another browser. Tick something off: the other sees it.
    2. Go offline in both: developer tools, Network, "Offline". Rename an item in one and change its quantity in the
       other, add things, delete things, reload: your work stays.
    3. Go online again. Within seconds both agree, and the rename and the quantity are both there.

  The data is kept in supabase/.temp/demo; delete that folder to begin anew. Stop with Ctrl-C.
`
}

/** The address is part of what a browser stores its data under, so the usual port is taken whenever it is free. */
async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + 20; port += 1) {
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
  return 0
}
