import { join } from 'node:path'
import { run } from './run.ts'

// `pnpm test:soak`: the long form of what `npm test` shows of many writers, kills, a lagging replica and gc, in a quarter of an
// hour; with words, the files whose names begin with one of them. What it measures is printed.
const folder = join('packages', 'local-supabase', 'src', 'soak')
const words = process.argv.slice(2).map((word) => join(folder, word))
const files = words.length > 0 ? words : [folder]
const endedWell = await run({ words: ['vitest', 'run', '--project', 'integration', ...files], environment: { SOAK: '1' } })
process.exitCode = endedWell ? 0 : 1
