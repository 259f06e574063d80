import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export interface Served {
  readonly url: string
  readonly databaseUrl: string
  /** SIGKILL to Postgres and all its backends, and to the Node process in front of it, at once. */
  kill(): Promise<void>
  close(): Promise<void>
}

const program = fileURLToPath(new URL('../serve.ts', import.meta.url))

/** A backend on embedded Postgres as a process group of its own, which finds its data in `folder` again; it ends with the test at the latest. */
export async function serve(folder: string): Promise<Served> {
  const child = spawn(process.execPath, [program, '--database', 'postgres', '--folder', folder], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => endGroup(child, 'SIGKILL'))
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit')
    if (signal === 'SIGTERM') child.kill(signal)
    else endGroup(child, signal)
    await ended
  }
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    const [, databaseUrl] = /^database (\S+)$/m.exec(printed) ?? []
    const [, url] = /^listening (\S+)$/m.exec(printed) ?? []
    if (url !== undefined && databaseUrl !== undefined) return { url, databaseUrl, kill: () => end('SIGKILL'), close: () => end('SIGTERM') }
  }
  throw new Error(`The backend ended before it listened: ${printed}`)
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), signal)
  } catch {
    // Nothing is left of it.
  }
}
