import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findChromium } from './chromium.ts'
import { forget, oneFailed, onePassed, playwrightCounts, sum, vitestCounts } from './counts.ts'
import type { Counts } from './counts.ts'
import { root, run } from './run.ts'

interface Stage {
  readonly name: string
  readonly needsBrowser: boolean
  run(): Promise<Counts>
}

const reports = join(root, 'node_modules', '.cache', 'verify')
const nothing: Counts = { passed: 0, failed: 0 }
const isCi = (process.env['CI'] ?? '') !== ''

const build: Stage = { name: 'build and types', needsBrowser: false, run: () => check(['tsc', '-b']) }
const others: Stage[] = [
  { name: 'lint', needsBrowser: false, run: () => check(['oxlint', '--type-aware', '--deny-warnings']) },
  { name: 'unit', needsBrowser: false, run: () => vitest('unit') },
  { name: 'SQL and integration', needsBrowser: false, run: () => vitest('integration') },
  { name: 'browser', needsBrowser: true, run: () => vitest('browser') },
  { name: 'end to end', needsBrowser: true, run: endToEnd },
]

await mkdir(reports, { recursive: true })
const built = await perform(build)
const all = [built]
if (built.failed > 0) console.log('\nThe build failed, so nothing else was run.')
else for (const stage of others) all.push(await perform(stage))

const { passed, failed } = sum(all)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
console.log(`\n${passed} passed, ${failed} failed`)

async function perform(stage: Stage): Promise<Counts> {
  console.log(`\n=== ${stage.name} ===`)
  const start = performance.now()
  const counts = stage.needsBrowser && findChromium() === undefined ? withoutBrowser() : await stage.run()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`--- ${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`)
  return counts
}

function withoutBrowser(): Counts {
  console.log(
    'Not run: no Chromium was found. Install it ("apt-get install chromium" on Debian), or set CHROMIUM_PATH to one.',
  )
  return isCi ? oneFailed : nothing
}

async function check(words: [string, ...string[]]): Promise<Counts> {
  return (await run({ words })) ? onePassed : oneFailed
}

async function vitest(project: string): Promise<Counts> {
  const report = join(reports, `${project}.json`)
  await forget(report)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return vitestCounts(report, await run({ words: ['vitest', 'run', '--project', project, ...reporters] }))
}

async function endToEnd(): Promise<Counts> {
  const app = join(root, 'apps', 'packing-list')
  if (!(await run({ words: ['vite', 'build', '--logLevel', 'warn'], folder: app }))) return oneFailed
  const report = join(reports, 'end-to-end.json')
  await forget(report)
  const endedWell = await run({
    words: ['playwright', 'test', '--reporter=list,json'],
    environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  return playwrightCounts(report, endedWell)
}
