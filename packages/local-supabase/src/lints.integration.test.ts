import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lints } from './lints.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'

// The rules of Supabase's database linter (github.com/supabase/splinter, the advisors of a hosted project) over all migrations.
// Not run, and why: 0005 unused_index and 0020 table_bloat speak of a database that has been in use; 0012 asks whether anonymous
// sign-in is on, which is a setting (the last test reads it); 0019, 0022, 0025 and 0031 are about queues, versions of extensions,
// Storage and replication of a hosted project, of which the migrations have nothing; 0027 finds each table that who is signed in
// may select through pg_graphql: here that is what the tables are for, and row level security decides.

/** What is found and meant to be so. */
const meant: Readonly<Record<string, RegExp>> = {
  // No policy: out of everybody's reach, save through functions. All that sync remembers, but the registry and the limits; and invitations.
  '0008 rls_enabled_no_policy': /^(sync\.[a-z_]+|trip_invites)$/,
}

/** Each of these breaks one rule. */
const faulty = `
  create table public.bare (id int, parent int, secret_token text, "proc" regproc);
  create policy "no use" on public.bare for select to authenticated using (auth.uid() is null or (auth.jwt() -> 'user_metadata' ->> 'admin') is not null);
  create policy "again" on public.bare for all to authenticated using (true) with check (true);
  create table public.child (id int primary key, bare uuid references auth.users);
  alter table public.child enable row level security;
  alter table public.child set (autovacuum_enabled = false);
  create index one on public.child (id); create index two on public.child (id);
  create view public.users as select * from auth.users;
  create materialized view public.copies as select 1 as one;
  create function public.loose() returns int language sql security definer as 'select 1';
`

let supabase: LocalSupabase
beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
})
afterAll(() => supabase.close())

const findings = async (sql: string) => (await supabase.sql(`select l.finding from (${sql}) l (finding)`, [])).map(({ finding }) => String(finding))

test.each(lints)('$name', async ({ name, sql }) => {
  const found = await findings(sql)
  expect(found.filter((finding) => meant[name]?.test(finding) !== true)).toEqual([])
})

test('0012 auth_allow_anonymous_sign_ins: they are off', async () => {
  const settings = await readFile(new URL('../../../supabase/config.toml', import.meta.url), 'utf8')
  expect(settings).not.toMatch(/^\s*enable_anonymous_sign_ins\s*=\s*true/m)
})

test('each rule finds what breaks it', async () => {
  await supabase.sql(faulty)
  const silent: string[] = []
  for (const { name, sql } of lints) {
    const found = (await findings(sql)).filter((finding) => meant[name]?.test(finding) !== true)
    if (found.length === 0) silent.push(name)
  }
  // An extension in public, a foreign table, an index that is broken, and a foreign key to a unique column of auth cannot be made here.
  expect(silent).toEqual(['0014 extension_in_public', '0017 foreign_table_in_api', '0021 fkey_to_auth_unique', '0030 invalid_index'])
})
