import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export const root: string = join(import.meta.dirname, '..')

export interface Command {
  /** Of a tool in node_modules/.bin, then its arguments. */
  readonly words: readonly [string, ...string[]]
  /** Default: the repository. */
  readonly folder?: string
  readonly environment?: Record<string, string>
}

/** Runs a tool with its output shown; resolves with whether it ended well. */
export function run({ words: [tool, ...rest], folder, environment }: Command): Promise<boolean> {
  const tools = join(root, 'node_modules', '.bin')
  const child = spawn(tool, rest, {
    cwd: folder ?? root,
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}`, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
    // On Windows the tools are .cmd files, which only a shell can start.
    shell: process.platform === 'win32',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code === 0))
  })
}
