import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { findSystemPostgres } from './system-postgres.ts'

// Hosted projects have pg_cron. Here it is there where Debian's package of it is installed beside Postgres; where not, the report says so.
const programs = findSystemPostgres()
const hasCron = programs !== undefined && existsSync(join(programs, '../lib/pg_cron.so'))

const gc = [{ schedule: '*/10 * * * *', command: 'select sync.gc()', active: true }]
const jobs = (supabase: LocalSupabase) => supabase.sql('select schedule, command, active from cron.job', [])
const findings = (supabase: LocalSupabase) => supabase.sql('select object, cure from sync.doctor()', [])

let supabase: LocalSupabase | undefined
let folder: string | undefined
afterEach(async () => {
  await supabase?.close()
  if (folder !== undefined) await rm(folder, { recursive: true })
})

/** With this as the first of the migrations. */
async function start(first: string): Promise<LocalSupabase> {
  folder = await mkdtemp(join(tmpdir(), 'cron-migrations-'))
  await cp(fileURLToPath(new URL('../../../supabase/migrations', import.meta.url)), folder, { recursive: true })
  await writeFile(join(folder, '00000000000000_first.sql'), first)
  const settings = { shared_preload_libraries: 'pg_cron', 'cron.database_name': 'postgres' }
  return (supabase = await startLocalSupabase({ database: { kind: 'system', programs: programs ?? '', settings }, migrations: folder }))
}

test.skipIf(!hasCron)('[PL6] [C3] where there is pg_cron, the migrations have it call gc, and what it calls forgets', async () => {
  const started = await start('create extension pg_cron')
  expect(await jobs(started)).toEqual(gc)
  expect(await findings(started)).toEqual([])
  await started.sql(`update sync.settings set tombstones_kept = '0'; insert into sync.commits (xid, scope_id, seq) values ('3', gen_random_uuid(), 1)`)
  await started.sql('insert into sync.scopes (scope_id, seq) select scope_id, seq from sync.commits', [])
  for (const { command } of gc) await started.sql(command, [])
  expect(await started.sql('select * from sync.commits', [])).toEqual([])
})

test.skipIf(!hasCron)('[PL6] where it comes later the doctor says what to do, and that does it', async () => {
  const started = await start('select 1')
  const [finding] = await findings(started)
  expect(finding).toMatchObject({ object: 'sync.gc()' })
  await started.sql(String(finding?.['cure']))
  expect(await jobs(started)).toEqual(gc)
  expect(await findings(started)).toEqual([])
})
