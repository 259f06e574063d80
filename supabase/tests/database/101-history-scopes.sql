-- [C3] [PU5] The log says where a row was, whatever the op said; and keeps nothing of what an op brings along.
begin;
select plan(11);
select tests.create_users();
select tests.create_trip();
insert into public.trips (id, name, created_by) values (tests.id('own'), 'own', tests.id('ben'));
insert into public.items (id, trip_id, name) values
  (tests.id('item'), tests.id('trip'), 'socks'), (tests.id('gone'), tests.id('trip'), 'gone'), (tests.id('moved'), tests.id('trip'), 'moved'), (tests.id('mine'), tests.id('own'), 'mine');
create function pg_temp.lie(kind text, name text, fields jsonb default '{}') returns jsonb language sql as $$
  select tests.op('items', kind, name, jsonb_build_object('scope', tests.id('own')) || fields)
$$;
create function pg_temp.entries(of text) returns text language sql as $$
  select string_agg(e ->> 'kind', ' ' order by e -> 'entry') from jsonb_array_elements(public.sync_scope_history(tests.id(of))::jsonb -> 'entries') e
$$;
create function pg_temp.logged() returns text language sql as $$
  select string_agg(concat_ws(' ', kind, case scope_id when tests.id('trip') then 'trip' when tests.id('own') then 'own' end, proven), ', ' order by entry) from sync.operations
$$;

select tests.sign_in('ben');
select is(tests.statuses(
  pg_temp.lie('update', 'item', '{"patch": {"name": "lied"}, "base": {"name": "socks"}}'), pg_temp.lie('delete', 'gone'),
  pg_temp.lie('update', 'mine', '{"patch": {"name": "x"}, "base": {"name": "mine"}}'), pg_temp.lie('delete', 'never')), 'merged applied merged applied',
  '[PU5] an op may say what it likes of where its row is');
select is(pg_temp.entries('own'), 'update', '[C3] its author finds in a scope what was done in it');
select tests.sign_in('ann');
select is(pg_temp.entries('trip'), 'update delete', '[C3] and so do the others where it was done');
select is(public.sync_history('items', tests.id('item'))::jsonb #>> '{entries,0,patch,name}', 'lied', '[C3] the history of the row has it');
select is(tests.push(tests.op('items', 'update', 'item', '{"patch": {"name": "y"}, "base": {"name": "z"}}')) #>> '{0,fields,name,by}', tests.id('ben')::text, '[PU2] and its author');
select is(jsonb_array_length(public.sync_history('items', tests.id('mine'))::jsonb -> 'entries'), 0, '[PU5] of the other scope they learn nothing');
select tests.sign_out();
select is(pg_temp.logged(), 'update trip t, delete trip t, update own t, delete own t', '[C3] as it is written down');

-- A row that was moved from one to the other: either is true.
delete from sync.operations;
select tests.sign_in('ben');
select is(tests.statuses(
  tests.op('items', 'update', 'moved', jsonb_build_object('patch', jsonb_build_object('trip_id', tests.id('own')), 'base', jsonb_build_object('trip_id', tests.id('trip')))),
  tests.op('items', 'update', 'moved', jsonb_build_object('scope', tests.id('own'), 'patch', '{"name": "there"}'::jsonb, 'base', '{"name": "moved"}'::jsonb))), 'merged merged', '[PU2] a move, and an edit after it');
select tests.sign_out();
select is(pg_temp.logged(), 'update trip t, update own t', '[C3] each is where its op said');

-- What an op says of columns that it does not change.
delete from sync.operations;
select tests.sign_in('ben');
select is(tests.statuses(tests.op('items', 'update', 'item', jsonb_build_object('patch', '{"name": "short"}'::jsonb, 'base', jsonb_build_object('name', 'lied', 'junk', repeat('x', 200000))))), 'merged',
  '[PU2] base values of other columns are not looked at');
select is(public.sync_history('items', tests.id('item'))::jsonb #> '{entries,0,base}', '{"name": "lied"}', '[C3] nor kept, where they are more than a few, for others to fetch');
select * from finish();
rollback;
