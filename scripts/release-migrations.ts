import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { faultsOf, readMigrations } from '../packages/local-supabase/src/released.ts'
import type { Migration } from '../packages/local-supabase/src/released.ts'
import { root } from './run.ts'

// `pnpm release:migrations`, with each release: from then on those migrations are out there, and a test refuses to see them changed.
const list = join(root, 'supabase', 'released.json')
const present = await readMigrations(join(root, 'supabase', 'migrations'))
const faults = faultsOf(JSON.parse(await readFile(list, 'utf8')) as Migration[], present)
if (faults.length === 0) await writeFile(list, `${JSON.stringify(present, null, 2)}\n`)
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
