-- [PU6] [PL8] What can be synced, and what registering does.
begin;
select plan(55);
select tests.create_users();
select tests.create_trip();

create function pg_temp.refusal(relation text, scope_column name default 'trip_id', collection text default null, server_columns name[] default '{}')
returns text language plpgsql as $$
begin
  perform sync.register_table(relation::regclass, scope_column, collection, server_columns);
  return 'registered';
exception when others then
  return sqlstate || ' ' || regexp_replace(sqlerrm, '^sync: |public\.', '', 'g');
end $$;
create function pg_temp.made(columns text, name text default 'a_table') returns text language plpgsql as $$
begin
  execute format('drop table if exists %s; create table %1$s (%s); alter table %1$s enable row level security; grant select on %1$s to authenticated', name, columns);
  return name;
end $$;

select is(pg_temp.refusal(pg_temp.made('trip_id uuid')), '42P16 a_table has no primary key. It needs (id uuid primary key): devices give out ids while offline.',
  '[PU6] a table without a primary key');
select is(pg_temp.refusal(pg_temp.made('id uuid, trip_id uuid, primary key (trip_id, id)')),
  '42P16 a_table has a primary key of several columns (trip_id, id). Give it (id uuid primary key) and make those unique.', '[PU6] with a composite one');
select is(pg_temp.refusal(pg_temp.made('nr uuid primary key, trip_id uuid')), '42P16 the primary key of a_table is called nr; it must be called id.',
  '[PU6] with one of another name');
select is(pg_temp.refusal(pg_temp.made('id int primary key, trip_id uuid')),
  '42P16 the id of a_table is of type integer, not uuid. Devices give out ids while offline, and numbers would be given twice.', '[PU6] or of another type');
select is(pg_temp.refusal(pg_temp.made('id uuid primary key')), '42703 a_table has no column trip_id to be its scope. A scope is one column, '
  'such as that of the list which an entry belongs to; for the list itself it is id.', '[PU6] without the scope''s column');
select alike(pg_temp.refusal(pg_temp.made('id uuid primary key, trip_id uuid'), 'trip_id, day'), '42703 a_table has no column "trip_id, day" to be its scope. A scope is one column%',
  '[PU6] with two for one');
select is(pg_temp.refusal(pg_temp.made('id uuid primary key, trip_id text')), '42804 the scope of a_table, the column trip_id, is of type text, not uuid. '
  'Change it: alter table a_table alter column trip_id type uuid using …::uuid.', '[PU6] with a scope that is text');
select alike(pg_temp.refusal(pg_temp.made('id uuid primary key, trip_id uuid[]')), '42804 the scope of a_table, the column trip_id, is of type uuid[], not uuid%',
  '[PU6] or several');
select is(pg_temp.refusal(pg_temp.made('id uuid primary key, trip_id uuid generated always as (id) stored')),
  '42P16 the id or the scope of a_table is a generated column; devices must be able to write both.', '[PU6] or generated');
select is(pg_temp.refusal(pg_temp.made('id uuid primary key, trip_id uuid, sync_version int')),
  '42701 a_table has columns sync_version or sync_xid of its own; rename them.', '[PU6] with columns that sync wants to have');
select is(pg_temp.refusal(pg_temp.made('id uuid primary key, trip_id uuid'), 'trip_id', null, '{nope}'), '42703 a_table has no column nope to reserve for the server.',
  '[PU6] without a column that is reserved');
select is(pg_temp.refusal('a_table', 'trip_id', ''), '22023 the collection of a_table needs a name.', '[PU6] without a name');
select is(pg_temp.refusal('a_table', 'trip_id', 'items'), '42710 there is a collection items already, the table items. '
  'Give a_table a name of its own: sync.register_table(…, collection => ''…'').', '[PU6] or with that of another');
select is(pg_temp.refusal('public.items', 'trip_id', 'things'), '42710 items is registered as items already, and devices know it by that name. '
  'To rename it, call sync.unregister_table first.', '[PU6] a second name for the same');
revoke all on a_table from authenticated;
select is(pg_temp.refusal('a_table'), '42501 authenticated may not read a_table, and every pull would fail: grant select on a_table to authenticated.',
  '[PU5] a table that nobody may read');
alter table a_table disable row level security;
select is(pg_temp.refusal('a_table'), '42501 a_table has no row level security; enable it first, or every user would pull every row: '
  'alter table a_table enable row level security.', '[PU5] or everybody');
create view public.a_view as select * from public.items;
create materialized view public.a_copy as select * from public.items;
create table public.parts (id uuid primary key, trip_id uuid) partition by hash (id);
create table public.a_part partition of public.parts for values with (modulus 1, remainder 0);
create table public.heir (id uuid primary key) inherits (a_table);
create temporary table passing (id uuid primary key, trip_id uuid);
create unlogged table public.unlogged (id uuid primary key, trip_id uuid);
select is(pg_temp.refusal('public.a_view'), '42809 a_view cannot be synced: it is a view; register the tables behind it.', '[PU6] a view');
select is(pg_temp.refusal('public.a_copy'), '42809 a_copy cannot be synced: it is a view; register the tables behind it.', '[PU6] a copy of one');
select is(pg_temp.refusal('public.parts'), '42809 parts cannot be synced: it is partitioned; partitions have triggers and rows of their own.', '[PU6] a partitioned table');
select is(pg_temp.refusal('public.a_part'), '42809 a_part cannot be synced: it is a partition.', '[PU6] a part of one');
select is(pg_temp.refusal('public.heir'), '42809 heir cannot be synced: it inherits, or is inherited from.', '[PU6] an heir');
select is(pg_temp.refusal('passing'), '42809 passing cannot be synced: it is temporary.', '[PU6] a temporary table');
select is(pg_temp.refusal('public.unlogged'), '42809 unlogged cannot be synced: it is unlogged; a crash would empty it without a trace.', '[PU6] an unlogged one');

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

-- Another schema, with a table of the same name.
select tests.sign_out();
create schema "Other app";
select pg_temp.made('id uuid primary key default gen_random_uuid(), trip_id uuid not null, day uuid, name text', '"Other app".items') is not null;
create policy "members" on "Other app".items for all to authenticated using (trip_id in (select unnest(sync.my_scopes())));
grant insert, update, delete on "Other app".items to authenticated;
select is(pg_temp.refusal('"Other app".items', 'trip_id', 'other items'), '42501 authenticated may not use the schema "Other app", and every pull would fail: '
  'grant usage on schema "Other app" to authenticated.', '[PU5] a schema that nobody may use');
grant usage on schema "Other app" to authenticated;
select alike(pg_temp.refusal('"Other app".items'), '42710 there is a collection items already, the table items. Give "Other app".items a name%', '[PU6] a table of a name that is taken');
insert into "Other app".items (trip_id, name) values (tests.id('trip'), 'first');
select is(pg_temp.refusal('"Other app".items', 'trip_id', 'other items'), 'registered', '[PL8] is registered under another');
set constraints all immediate;
set constraints all deferred;
select tests.sign_in('ann');
select is(tests.pull() #>> '{rows,other items,0,name}', 'first', '[PL8] pulled');
select is(tests.statuses(tests.op('other items', 'create', 'o', '{"patch": {"name": "second"}}')), 'applied', '[PL8] and pushed to');
select tests.sign_out();
select is((select count(*) from pg_index where indrelid = '"Other app".items'::regclass and not indisprimary), 1::bigint, '[PL9] it has its index');
select is(pg_temp.refusal('"Other app".items', 'trip_id'), 'registered', 'registering again needs no name');
select is((select count(*) from pg_index where indrelid = '"Other app".items'::regclass and not indisprimary), 1::bigint, 'and makes no second index');

-- Another scope.
update "Other app".items set day = tests.id('ann');
set constraints all immediate;
set constraints all deferred;
select tests.sign_in('ann');
create temporary table cursors as select jsonb_build_object('cursors', tests.pull() -> 'scopes') as request;
select tests.sign_out();
-- What follows has a number of its own, though it is the same transaction.
update sync.commits set xid = '1' where xid = pg_current_xact_id();
select is(pg_temp.refusal('"Other app".items', 'day'), 'registered', '[PL1] a table gets another scope');
set constraints all immediate;
set constraints all deferred;
select tests.sign_in('ann');
select is(tests.pull(request) -> 'reset', jsonb_build_array(tests.id('trip')), '[PL1] the scope that its rows were in is sent anew') from cursors;
select is(tests.pull(request) -> 'scopes' ? tests.id('ann')::text, true, '[PL1] and so is the one that they are in now') from cursors;
select tests.sign_out();
select is((select count(*) from pg_index i where indrelid = '"Other app".items'::regclass and not indisprimary), 2::bigint, '[PL9] the new scope has an index');

-- And no more.
delete from "Other app".items where name = 'first';
select lives_ok($$ select sync.unregister_table('"Other app".items') $$, 'a table can be unregistered');
select is((select string_agg(attname, ' ' order by attnum) from pg_attribute where attrelid = '"Other app".items'::regclass and attnum > 0 and not attisdropped),
  'id trip_id day name', 'its columns are as they were');
select is((select count(*) from pg_trigger where tgrelid = '"Other app".items'::regclass) + (select count(*) from pg_index where indrelid = '"Other app".items'::regclass and not indisprimary)
    + (select count(*) from pg_proc where proname = 'note_changes_' || (select max(ordinal) + 1 from sync.collections))
    + (select count(*) from sync.tombstones t where not exists (select from sync.collections c where c.ordinal = t.collection)), 0::bigint,
  'nothing of sync is left: trigger, index, function, tombstone');
select is((select name from "Other app".items), 'second', 'its rows are');
select tests.sign_in('ann');
select is(tests.push(tests.op('other items', 'delete', 'o')) #>> '{0,status}', 'invalid', '[PU6] a push to it is invalid');
select is(tests.pull() -> 'rows' ? 'other items', false, '[PL8] and a pull brings nothing of it');
select tests.sign_out();
select throws_ok($$ select sync.unregister_table('"Other app".items') $$, '42704', null, 'it cannot be unregistered twice');
select is(pg_temp.refusal('"Other app".items', 'trip_id', 'renamed'), 'registered', 'but be registered again, under another name');
set constraints all immediate;
select tests.sign_in('ann');
select is((tests.pull() #>> '{rows,renamed,0,sync_version}')::bigint, pg_current_xact_id()::text::bigint,
  '[PL5] with versions above those that devices may still have');
select throws_ok($$ select sync.unregister_table('public.items') $$, '42501', null, '[PU5] clients cannot unregister');
select * from finish();
rollback;
