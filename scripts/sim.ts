import { parseArgs } from 'node:util'
import { simulate, stepsOf, type SimulationStep } from '../packages/sync/src/testing/simulation.ts'

// `pnpm sim --seeds 10000` runs that many lives, from 0 or from `--from`; `pnpm sim --seed 42` tells one, shortened if it fails.

const { values } = parseArgs({ options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' } } })
const first = Number(values.seed ?? values.from ?? 0)
const count = values.seed === undefined ? Number(values.seeds ?? 1_000) : 1
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count)) throw new Error('A seed and a number of seeds are whole numbers.')

const begun = performance.now()
const failed: number[] = []
let recorded = 0
for (let seed = first; seed < first + count; seed += 1) {
  const life = await simulate(seed)
  recorded += life.recorded
  if (life.wrong.length === 0) continue
  failed.push(seed)
  console.log(`seed ${seed}: ${life.wrong[0]}\n  run it again: pnpm sim --seed ${seed}`)
}
if (values.seed !== undefined) await tell(first)
console.log(`${count} seeds, ${recorded} changes, ${failed.length} failed, ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
process.exitCode = failed.length > 0 ? 1 : 0

async function tell(seed: number): Promise<void> {
  const steps = failed.length > 0 ? await shortened(seed, stepsOf(seed)) : stepsOf(seed)
  const { story, wrong } = await simulate(seed, steps)
  console.log([`${steps.length} of ${stepsOf(seed).length} steps:`, ...story, ...wrong].join('\n'))
}

/** Leaves out steps, many at a time and then one by one, as long as it still fails. */
async function shortened(seed: number, all: readonly SimulationStep[]): Promise<readonly SimulationStep[]> {
  let steps = all
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let place = 0; place < steps.length; ) {
      const fewer = [...steps.slice(0, place), ...steps.slice(place + size)]
      if ((await simulate(seed, fewer)).wrong.length > 0) steps = fewer
      else place += size
    }
  }
  return steps
}
