import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lints } from './lints.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'

// The rules of Supabase's database linter (github.com/supabase/splinter, the advisors of a hosted project) over all migrations.
// Not run, and why:
// 0005 unused_index, 0020 table_bloat: speak of a database that has been in use.
// 0012 auth_allow_anonymous_sign_ins: asks after a setting; the test below reads it.
// 0019 insecure_queue_exposed_in_api: pgmq, of which the migrations have nothing.
// 0022 extension_versions_outdated: the migrations make no extension; which version there is, is the platform's.
// 0025 public_bucket_allows_listing: Storage, of which the migrations have nothing.
// 0031 unused_replication_slot: belongs to a server, not to migrations.

const api = ['public']

/** What is found and meant to be so. */
const meant: Readonly<Record<string, RegExp>> = {
  // No policy: out of everybody's reach, save through functions. All that sync remembers, but the registry and the limits; and invitations.
  '0008 rls_enabled_no_policy': /^(sync\.[a-z_]+|trip_invites)$/,
  // What these hold is read row by row under row level security; their columns are no secret, and are what the client is made for.
  '0027 pg_graphql_authenticated_table_exposed':
    /^(sync\.(collections|settings)|trips|trip_members|trip_days|trip_rules|people|items|default_rules)$/,
  // A push and a pull run as who is signed in, and reach what sync remembers through functions of the owner, each of which asks for the
  // JWT's user. The API does not serve these two schemas (a test below); the linter does not ask which it serves.
  '0029 authenticated_security_definer_function_executable': /^(sync|packing_list)\.[a-z_]+\(/,
}

/** Each of these breaks one rule. */
const faulty = `
  create table public.bare (id int, parent int, secret_token text, "proc" regproc);
  create policy "no use" on public.bare for select to authenticated using (auth.uid() is null or (auth.jwt() -> 'user_metadata' ->> 'admin') is not null);
  create policy "again" on public.bare for all to public using (1 = 1) with check (true);
  create table public.child (id int primary key, bare uuid references auth.users);
  alter table public.child enable row level security;
  alter table public.child set (autovacuum_enabled = false);
  create index one on public.child (id); create index two on public.child (id);
  create view public.users as select * from auth.users;
  create materialized view public.copies as select 1 as one;
  create function public.loose() returns int language sql security definer as 'select 1';
  create table auth.codes (id int primary key, code int unique);
  create table public.coded (id int primary key, code int references auth.codes (code));
  create extension file_fdw schema public;
  create server files foreign data wrapper file_fdw;
  create foreign table public.lines (line text) server files options (filename '/dev/null');
  create table public.halves (id int primary key); create index half on public.halves (id);
  update pg_index set indisvalid = false where indexrelid = 'public.half'::regclass;
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

test('[PU5] the API serves public, and neither of the schemas that functions of the owner are in', async () => {
  const settings = await readFile(new URL('../../../supabase/config.toml', import.meta.url), 'utf8')
  expect(/^schemas\s*=\s*(\[.*\])$/m.exec(settings)?.[1]).toBe(JSON.stringify(api))
})

test('0001: an index covers a foreign key only where it begins with the columns of the key, in their order, and is of all rows', async () => {
  await supabase.sql(`
    create table public.pairs (a int, b int, primary key (a, b));
    create table public.turned (id int primary key, a int, b int, foreign key (a, b) references public.pairs);
    create index turned_about on public.turned (b, a);
    create index turned_partly on public.turned (a, b) where b > 0;
  `)
  const rule = lints.find(({ name }) => name === '0001 unindexed_foreign_keys')
  expect(await findings(rule!.sql)).toEqual(['turned: turned_a_b_fkey'])
  await supabase.sql('create index turned_wholly on public.turned (a, b, id)')
  expect(await findings(rule!.sql)).toEqual([])
  await supabase.sql('drop table public.turned, public.pairs')
})

test('each rule finds what breaks it', async () => {
  await supabase.sql(faulty)
  const silent: string[] = []
  for (const { name, sql } of lints) {
    const found = (await findings(sql)).filter((finding) => meant[name]?.test(finding) !== true)
    if (found.length === 0) silent.push(name)
  }
  // This Postgres brings none of these extensions.
  expect(silent).toEqual(['0025 pg17_deprecated_extensions'])
})
