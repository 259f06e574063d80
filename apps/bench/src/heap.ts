import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compare, interleave, type Variant } from './measure.ts'
import type { Comparison } from './report.ts'

/** M1: what the heap holds for 10,000 rows, in a process of its own for each figure: it is the same each time, and garbage of others is not in it. */
export async function measureHeap(): Promise<Comparison[]> {
  const sizes = await interleave({ bare: grown('bare'), rows: grown('rows'), changes: grown('changes') }, { warmUp: 0, measured: 1 })
  const against = 'same store without Stowaway'
  return [
    { figure: 'M1', what: 'heap, 10,000 rows', against, unit: 'MB', ...compare(sizes.rows, sizes.bare), goal: 1.5 },
    { figure: 'M1', what: '… and a change waiting on each', against, unit: 'MB', ...compare(sizes.changes, sizes.bare), goal: null },
  ]
}

const child = fileURLToPath(new URL('heap-child.ts', import.meta.url))
const run = promisify(execFile)

function grown(held: 'bare' | 'rows' | 'changes'): Variant<number> {
  return async () => {
    const { stdout } = await run(process.execPath, ['--expose-gc', child, held])
    return Number(stdout) / 1_000_000
  }
}
