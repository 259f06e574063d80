import './production.ts'
import { fileURLToPath } from 'node:url'
import { startBackend } from './backend.ts'
import { measureDispatch } from './dispatch.ts'
import { measurePush } from './push.ts'
import { table, writeResults } from './report.ts'

/** All figures in one run, about two minutes: the table to the console, everything to results.json. */
const backend = await startBackend()
try {
  const parts = [
    () => measureDispatch(backend, 1_000),
    () => measureDispatch(backend, 10_000),
    () => measurePush(backend, 0),
    () => measurePush(backend, 50),
  ]
  const comparisons = []
  for (const [index, measure] of parts.entries()) {
    const start = performance.now()
    comparisons.push(...(await measure()))
    console.error(`part ${index + 1} of ${parts.length}: ${((performance.now() - start) / 1_000).toFixed(0)} s`)
  }
  console.log(`\n${table(comparisons)}`)
  const results = fileURLToPath(new URL('../results.json', import.meta.url))
  await writeResults(results, comparisons)
  console.log(`\nMedians of interleaved rounds; a ratio is the median of the rounds' own. Machines differ: compare ratios only.\nWritten to ${results}`)
} finally {
  await backend.close()
}
