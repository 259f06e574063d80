import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Browser, type BrowserContext, type LaunchOptions } from '@playwright/test'

/** `noDefaults`: a tab that is not in front is hidden, as for a user; else all of them believe that they are seen. */
interface Settings extends LaunchOptions {
  readonly noDefaults?: boolean
}

/** A browser on a profile that outlives it. */
export interface MortalBrowser {
  readonly context: BrowserContext
  /** Ends all its processes at once, as a loss of power would but for what the system had not written yet. */
  readonly kill: () => Promise<void>
}

export async function startBrowser(profile: string, { executablePath = chromium.executablePath(), args = [], noDefaults = false }: Settings): Promise<MortalBrowser> {
  const portFile = join(profile, 'DevToolsActivePort')
  await rm(portFile, { force: true })
  // What the one before left there would be taken for another browser that is at work on the profile.
  for (const lock of ['SingletonLock', 'SingletonSocket', 'SingletonCookie']) await rm(join(profile, lock), { force: true })
  const words = [...args, '--headless=new', '--no-default-browser-check', '--hide-crash-restore-bubble', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank']
  const child = spawn(executablePath, words, { detached: true, stdio: 'ignore' })
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    // Its group: a browser is many processes.
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await exit
  }
  try {
    const browser = await connect(child, { portFile, noDefaults })
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('The browser has no profile.')
    return { context, kill }
  } catch (error) {
    await kill()
    throw error
  }
}

async function connect(child: ChildProcess, { portFile, noDefaults }: { readonly portFile: string; readonly noDefaults: boolean }): Promise<Browser> {
  while (child.exitCode === null && child.signalCode === null) {
    const [port] = await readFile(portFile, 'utf8').then((text) => text.split('\n'), () => [])
    if (port !== undefined && port !== '') return chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults })
    // The file is all that tells when it listens.
    await sleep(20)
  }
  throw new Error('The browser ended before it listened.')
}
