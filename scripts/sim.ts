import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { inMemory, type SimulatedWorld } from '../packages/sync/src/testing/simulated-world.ts'
import { hardships, type Hardship } from '../packages/sync/src/testing/simulation-life.ts'
import { shortened } from '../packages/sync/src/testing/simulation-shortened.ts'
import { stepsOf, type SimulationStep } from '../packages/sync/src/testing/simulation-steps.ts'
import { notYet, simulate, type SimulationResult } from '../packages/sync/src/testing/simulation.ts'

// `pnpm sim --seeds 10000` runs that many lives, from 0 or from `--from`. `pnpm sim --seed 42` tells one, and shortens it if it
// fails; with `--steps 3,17` only those of its steps happen. `--spare none` plays out what is not held yet, too, and
// `--spare lag,moves` all but that. `--server sql` takes the real SQL in PGlite instead of the server in memory.

interface Failure {
  readonly seed: number
  readonly wrong: string
}

interface Count {
  readonly recorded: number
  readonly conflicts: SimulationResult['conflicts']
  readonly failures: readonly Failure[]
}

const option = { type: 'string' } as const
const { values } = parseArgs({ options: { seeds: option, from: option, seed: option, steps: option, spare: option, server: option } })
const spared = values.spare === undefined ? notYet : new Set<Hardship>(values.spare.split(',').flatMap((name) => hardships.find((known) => known === name) ?? []))

const again = Object.entries({ spare: values.spare, server: values.server }).flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${value}`])).join('')

if (!isMainThread) parentPort?.postMessage(await inWorld((world) => runAll(workerData as { from: number; count: number; every: number }, world)))
else if (values.seed === undefined) process.exitCode = await main()
else process.exitCode = await inWorld((world) => tell(whole(values.seed ?? ''), world))

async function inWorld<Result>(work: (world: SimulatedWorld) => Promise<Result>): Promise<Result> {
  if (values.server !== 'sql') return work(inMemory)
  // Loaded when needed: PGlite is 20 MB of WebAssembly.
  const { sqlWorld } = await import('../packages/sync/src/test/sql-world.ts')
  const world = await sqlWorld()
  try {
    return await work(world)
  } finally {
    await world.close()
  }
}

function whole(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new Error('A seed, a number of seeds and the places of steps are whole numbers.')
  return number
}

async function main(): Promise<number> {
  const [from, count] = [whole(values.from ?? '0'), whole(values.seeds ?? '1000')]
  const begun = performance.now()
  const every = Math.min(availableParallelism(), Math.ceil(count / 100))
  const counts = await Promise.all(Array.from({ length: every }, (_, part) => inWorker({ from: from + part, count: count - part, every })))
  const failures = counts.flatMap((one) => one.failures).sort((a, b) => a.seed - b.seed)
  for (const { seed, wrong } of failures) console.log(`seed ${seed}: ${wrong}\n  run it again: pnpm sim --seed ${seed}${again}`)
  const recorded = counts.reduce((sum, one) => sum + one.recorded, 0)
  const conflicts = counts.map((one) => one.conflicts).reduce(together)
  const share = `${((100 * conflicts.byPolicy) / Math.max(1, conflicts.all)).toFixed(1)} % of ${conflicts.all.toLocaleString('en')} conflicts decided without a person`
  console.log(`${count} seeds, ${recorded} changes, ${failures.length} failed, ${((performance.now() - begun) / 1_000).toFixed(1)} s; ${share}`)
  return failures.length > 0 ? 1 : 0
}

function inWorker(work: { from: number; count: number; every: number }): Promise<Count> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: work, argv: process.argv.slice(2) })
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}

/** Each `every`th seed of `count` from `from`. */
async function runAll({ from, count, every }: { from: number; count: number; every: number }, world: SimulatedWorld): Promise<Count> {
  const failures: Failure[] = []
  let recorded = 0
  let conflicts: Count['conflicts'] = { byPolicy: 0, all: 0 }
  for (let seed = from; seed < from + count; seed += every) {
    const life = await simulate(seed, { spared, world })
    recorded += life.recorded
    conflicts = together(conflicts, life.conflicts)
    if (life.wrong[0] !== undefined) failures.push({ seed, wrong: life.wrong[0] })
  }
  return { recorded, conflicts, failures }
}

function together(a: Count['conflicts'], b: Count['conflicts']): Count['conflicts'] {
  return { byPolicy: a.byPolicy + b.byPolicy, all: a.all + b.all }
}

async function tell(seed: number, world: SimulatedWorld): Promise<number> {
  const all = stepsOf(seed)
  const given = values.steps === undefined ? all : values.steps.split(',').flatMap((place) => all[whole(place)] ?? [])
  const [first] = (await simulate(seed, { steps: given, spared, world })).wrong
  // Shortened to the same failure: by fewer steps it may fail in another way.
  const rule = first === undefined ? undefined : ruleOf(first)
  const stillFails = async (steps: readonly SimulationStep[]) => (await simulate(seed, { steps, spared, world })).wrong.some((wrong) => ruleOf(wrong) === rule)
  const steps = first === undefined ? given : await shortened(given, stillFails)
  const { story, wrong } = await simulate(seed, { steps, spared, world })
  console.log([`${steps.length} of ${all.length} steps:`, ...story, ...wrong].join('\n'))
  if (wrong.length === 0) return 0
  console.log(`run it again: pnpm sim --seed ${seed} --steps ${steps.map((step) => all.indexOf(step)).join()}${again}`)
  return 1
}

/** What a sentence complains of, without whom and what. */
function ruleOf(sentence: string): string {
  return /\[\w+\]/.exec(sentence)?.[0] ?? sentence
}
