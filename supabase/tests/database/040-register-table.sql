-- [PU6] [PL8] What can be synced, and what registering does.
begin;
select plan(16);
select tests.create_users();
select tests.create_trip();

create table public.no_security (id uuid primary key, trip_id uuid);
create table public.no_uuid (id int primary key, trip_id uuid);
create table public.no_scope (id uuid primary key, trip_id text);
alter table public.no_uuid enable row level security;
alter table public.no_scope enable row level security;
create view public.a_view as select * from public.items;
select throws_like($$ select sync.register_table('public.no_security', 'trip_id') $$, '%no row level security%',
  '[PU5] a table without row level security is refused');
select throws_like($$ select sync.register_table('public.no_uuid', 'trip_id') $$, '%primary key (id uuid)%',
  'so is one whose id is no uuid');
select throws_like($$ select sync.register_table('public.no_scope', 'trip_id') $$, '%no uuid column trip_id%',
  'or whose scope is none');
select throws_like($$ select sync.register_table('public.no_scope', 'nothing') $$, '%no uuid column nothing%',
  'or is missing');
select throws_like($$ select sync.register_table('public.a_view', 'trip_id') $$, '%not an ordinary table%', 'or a view');
select throws_like($$ select sync.register_table('public.items', 'trip_id', server_columns => '{nope}') $$, '%no column nope%',
  'or a server column that is not there');

create table public."We""ird T" (id uuid primary key, trip_id uuid not null references public.trips on delete cascade, "select" text, t text, o text,
  r text, b text, "c d"";--" json, spot point, upper text generated always as (upper(t)) stored, nr int generated always as identity);
insert into public."We""ird T" (id, trip_id, t) values (tests.id('old'), tests.id('trip'), 'old');
alter table public."We""ird T" enable row level security;
grant select, insert, update, delete on public."We""ird T" to authenticated;
create policy "members" on public."We""ird T" for all to authenticated using (trip_id in (select unnest(sync.my_scopes())));
select lives_ok($$ select sync.register_table('public."We""ird T"', 'trip_id', 'weird') $$,
  '[PL8] a table with rows and odd names can be registered');
select lives_ok($$ select sync.register_table('public."We""ird T"', 'trip_id', 'weird', '{b}') $$,
  'and again, with other settings');
select is((select sync_xid from public."We""ird T"), pg_current_xact_id(),
  '[PL8] rows that were there before belong to the commit that registered the table');

set constraints all immediate;
select tests.sign_in('ann');
select is(jsonb_array_length(tests.pull() -> 'rows' -> 'weird'), 1, '[PL8] and are pulled');
select is(tests.statuses(tests.op('weird', 'create', 'w', '{"patch": {"select": "s", "t": "t", "o": "o", "r": "r", "c d\";--": [1], "spot": "(1,2)"}}')),
  'applied', '[PU6] columns named like anything can be written');
select is(tests.statuses(tests.op('weird', 'update', 'w', '{"base_version": 0, "patch": {"t": "u", "c d\";--": [2], "spot": "(3,4)"}, "base": {"t": "t", "c d\";--": [1], "spot": "(1,2)"}}')),
  'merged', '[PU2] and compared, also where their type has no equality');
select is(tests.statuses(tests.op('weird', 'update', 'w', '{"base_version": 0, "patch": {"spot": "(5,6)"}, "base": {"spot": "(1,2)"}}')),
  'conflict', '[PU2] with the right result');
select is(tests.statuses(
    tests.op('weird', 'update', 'w', '{"patch": {"upper": "x"}}'), tests.op('weird', 'update', 'w', '{"patch": {"nr": 5}}'),
    tests.op('weird', 'update', 'w', '{"patch": {"b": "x"}}'), tests.op('weird', 'update', 'w', '{"patch": {"x\"; drop table items; --": 1}}')),
  'invalid invalid invalid invalid', '[PU5] [PU6] generated, identity, server-owned and unknown columns are refused');
select throws_ok($$ select sync.register_table('public.items', 'trip_id') $$, '42501', null,
  '[PU5] clients cannot register');
select throws_ok($$ update public.items set id = gen_random_uuid() where false; select sync.number_commit_late() $$, '42501', null,
  '[PU5] nor call the triggers');
select * from finish();
rollback;
