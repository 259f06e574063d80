import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { describe, expect, test } from 'vitest'
import { startLocalSupabase } from './start.ts'
import { migrationsOf, signIn, temporaryFolder } from './testing.ts'

const first = 'create table public.first (id int primary key); insert into public.first values (1);'
const second = 'create table public.second (id int primary key);'

describe.each(['disk', 'postgres'] as const)('on %s', (kind) => {
  test('a second start keeps the data and applies only what is new', async () => {
    // Postgres, started by root, runs as another user, who may not enter a temporary folder of root's.
    const folder = await temporaryFolder('data')
    const database = { kind, folder }
    const before = await startLocalSupabase({ database, migrations: await migrationsOf({ '1_first.sql': first }) })
    const { id } = await signIn(before, 'ann')
    await expect(startLocalSupabase({ database })).rejects.toMatchObject({ code: 'locked' })
    await before.close()

    const migrations = await migrationsOf({ '1_first.sql': first, '2_second.sql': second, 'README.md': 'not SQL' })
    const after = await startLocalSupabase({ database, migrations })
    const client = createClient(after.url, after.anonKey, { auth: { persistSession: false } })
    const { data } = await client.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })
    expect(data.user?.id).toBe(id)
    expect(await after.sql('select version, name from supabase_migrations.schema_migrations order by version')).toEqual([
      { version: '1', name: 'first' },
      { version: '2', name: 'second' },
    ])
    await after.close()
  })
})

test('a migration that fails is rolled back whole, and named', async () => {
  const folder = join(await temporaryFolder('data'), 'pg')
  const migrations = await migrationsOf({ '1_first.sql': first, '2_bad.sql': `${second} select * from nowhere;` })
  const failure = startLocalSupabase({ database: { kind: 'disk', folder }, migrations })
  await expect(failure).rejects.toMatchObject({ code: 'migration_failed', cause: { code: '42P01' } })
  await expect(failure).rejects.toThrow('2_bad.sql')
  const corrected = await migrationsOf({ '1_first.sql': first, '2_good.sql': second })
  const supabase = await startLocalSupabase({ database: { kind: 'disk', folder }, migrations: corrected })
  expect(await supabase.sql('select * from public.first')).toEqual([{ id: 1 }])
  await expect(
    startLocalSupabase({ database: { kind: 'postgres' }, port: Number(new URL(supabase.url).port), migrations: corrected }),
  ).rejects.toMatchObject({ code: 'port_in_use' })
  await supabase.close()
})
