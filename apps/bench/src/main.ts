import './production.ts'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { LocalSupabase } from '@stowaway/local-supabase'
import { startBackend } from './backend.ts'
import { openBrowsers, type Browsers } from './browser/browsers.ts'
import { browserParts } from './browser/parts.ts'
import { bundle, measureBundle } from './bundle.ts'
import { measureDispatch } from './dispatch.ts'
import { measureHeap } from './heap.ts'
import { measureLargeSlice } from './large-slice.ts'
import { measurePlan } from './plan.ts'
import { measurePulls as measureMerges } from './pulls.ts'
import { measureCrowd } from './server/crowd.ts'
import { measureInsert } from './server/insert.ts'
import { measureMisses } from './server/misses.ts'
import { measurePoll } from './server/poll.ts'
import { measurePull } from './server/pull.ts'
import { measureServerPush } from './server/push.ts'
import { measureEcho, measureIdle } from './wire/idle.ts'
import { measurePulls } from './wire/pull.ts'
import { loads, measurePush, type Peers } from './wire/push.ts'
import { markdown, table, writeResults, type Comparison, type Part } from './report.ts'

/**
 * All figures in one run, some minutes: the table to the console, everything to results.json.
 * `--only P3,P4` runs just the parts of these figures; `--peers` other libraries beside ours; `--small` a million rows less, and fewer rounds in
 * Chromium; `--modules` names the ten largest modules of the bundle; `--markdown` prints the table in the form of docs/figures.md.
 */
const flag = { type: 'boolean', default: false } as const
const { values } = parseArgs({ options: { only: { type: 'string' }, modules: flag, peers: flag, small: flag, markdown: flag } })

let backend: Promise<LocalSupabase> | undefined
const withBackend = async (measure: (backend: LocalSupabase) => Promise<Comparison[]>) => measure(await (backend ??= startBackend()))
let browsers: Promise<Browsers> | undefined
const withBrowsers = async (measure: (browsers: Browsers) => Promise<Comparison[]>) => measure(await (browsers ??= openBrowsers()))

/** Milliseconds added to each round trip. */
const delays = [0, 50]
/** Loaded when asked for: they take a second, and patch nothing that we use. */
const peers = async (): Promise<Peers> => (values.peers ? (await import('./peers/index.ts')).peers : {})

const parts: readonly Part[] = [
  { figures: ['G1'], measure: measureBundle },
  { figures: ['M1'], measure: measureHeap },
  { figures: ['P3'], measure: measurePlan },
  { figures: ['P4', 'C1'], measure: measureMerges },
  { figures: ['P1', 'P2'], measure: () => withBackend((started) => measureDispatch(started, 1_000)) },
  { figures: ['P1', 'P2'], measure: () => withBackend((started) => measureDispatch(started, 10_000)) },
  { figures: ['P5'], measure: measureLargeSlice },
  ...browserParts({ withBrowsers, withBackend, isSmall: values.small, isBesidePeers: values.peers }),
  ...delays.flatMap((delay) => [
    ...loads.map((load) => ({ figures: [load.figure], measure: () => withBackend(async (started) => measurePush(started, { load, delay, peers: await peers() })) })),
    { figures: ['S4', 'S5'], measure: () => withBackend(async (started) => measurePulls(started, { delay, peers: await peers() })) },
  ]),
  { figures: ['S6'], measure: () => withBackend(measureIdle) },
  { figures: ['S7'], measure: () => withBackend(measureEcho) },
  ...[1, 10, 100, 1_000].map((batch) => ({ figures: ['V1'], measure: () => withBackend((started) => measureServerPush(started, batch)) })),
  { figures: ['V3'], measure: () => withBackend((started) => measureMisses(started, 250)) },
  { figures: ['V4'], measure: () => withBackend((started) => measureCrowd(started, 20)) },
  { figures: ['V5'], measure: () => withBackend(measurePull) },
  { figures: ['V6'], measure: () => withBackend(measureInsert) },
  // Last, because a million rows slow down what comes after.
  { figures: ['V2'], measure: () => withBackend((started) => measurePoll(started, { few: 30_000, many: values.small ? 60_000 : 1_000_000 })) },
]

const wanted = values.only?.split(',')
try {
  const comparisons: Comparison[] = []
  for (const { figures, measure } of parts.filter((part) => wanted?.some((figure) => part.figures.includes(figure)) ?? true)) {
    const start = performance.now()
    const found = await measure()
    comparisons.push(...found)
    // It is a long way to the end.
    console.error(`${figures.join(', ')}: ${((performance.now() - start) / 1_000).toFixed(0)} s\n${table(found)}\n`)
  }
  console.log(`\n${values.markdown ? markdown(comparisons) : table(comparisons)}`)
  if (values.modules) console.log(`\n${(await bundle()).modules.slice(0, 10).map(([path, bytes]) => `${String(bytes).padStart(6)} B  ${path}`).join('\n')}`)
  const results = fileURLToPath(new URL('../results.json', import.meta.url))
  await writeResults(results, comparisons)
  console.log(`\nMedians of interleaved rounds; a ratio is the median of the rounds' own. Machines differ: compare ratios only.\nWritten to ${results}`)
} finally {
  await (await browsers)?.close()
  await (await backend)?.close()
}
// Some libraries leave timers behind that have no end.
if (values.peers) process.exit()
