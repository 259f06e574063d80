import { join } from 'node:path'
import { root, run } from './run.ts'

// `pnpm test:soak`: the long form of what `npm test` shows of many writers, kills, a lagging replica and gc, in a quarter of an
// hour; with words, the files whose names begin with one of them. What it measures is printed.
const folder = join('packages', 'local-supabase', 'src', 'soak')
const words = process.argv.slice(2).map((word) => join(folder, word))
const files = words.length > 0 ? words : [folder]
const environment = { SOAK: '1' }
const endedWell = await run({ words: ['vitest', 'run', '--project', 'integration', ...files], environment })
const browserEndedWell =
  words.length > 0 ||
  ((await run({ words: ['vite', 'build', '--logLevel', 'warn'], folder: join(root, 'apps', 'packing-list') })) && (await run({ words: ['playwright', 'test', 'kill.spec.ts'], environment })))
process.exitCode = endedWell && browserEndedWell ? 0 : 1
