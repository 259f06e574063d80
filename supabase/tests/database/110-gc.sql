-- [PU1] [PL6] [C3] What is forgotten, and what never is.
begin;
select plan(40);
select tests.create_users();
select tests.create_trip();
select tests.create_trip('idle');
create function pg_temp.age(by_how_much interval) returns void language sql as $$
  update sync.commits set at = at - by_how_much;
  update sync.operations set at = at - by_how_much;
  update sync.refusals set at = at - by_how_much;
  update sync.conflicts set at = at - by_how_much;
$$;
create function pg_temp.gc(at_most int default 5000) returns text language sql as $$
  select format('%s %s %s %s %s %s', tombstones, commits, operations, refusals, conflicts, more) from sync.gc(at_most)
$$;
create function pg_temp.cursors(request jsonb default '{"cursors": {}}') returns jsonb language sql as $$
  select jsonb_build_object('cursors', tests.pull(request) -> 'scopes')
$$;
-- All of a test is one transaction: each of its steps would share one number.
create function pg_temp.as_transaction_of_its_own(name text) returns void language sql as $$
  set constraints all immediate;
  set constraints all deferred;
  update sync.commits c set xid = (1000 + c.seq)::text::xid8 where c.scope_id = tests.id(name) and c.xid = pg_current_xact_id();
  update sync.tombstones t set xid = (1000 + (select s.seq from sync.scopes s where s.scope_id = tests.id(name)))::text::xid8, version = 1
   where t.scope_id = tests.id(name) and t.xid = pg_current_xact_id();
$$;

select is(pg_temp.gc(), '0 0 0 0 0 f', '[PL6] what is fresh is kept');
select pg_temp.as_transaction_of_its_own('trip');
select pg_temp.as_transaction_of_its_own('idle');
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks'), (tests.id('hat'), tests.id('trip'), 'hat');
select pg_temp.as_transaction_of_its_own('trip');
select tests.sign_in('ben');
create temporary table before_delete as select pg_temp.cursors() as request;
select tests.sign_out();
delete from public.items where id = tests.id('hat');
select pg_temp.as_transaction_of_its_own('trip');
select tests.sign_in('ben');
create temporary table after_delete as select pg_temp.cursors() as request;
select is(jsonb_array_length(tests.pull(request) -> 'deleted'), 1, '[PL6] one who was away hears of the delete') from before_delete;

select tests.sign_out();
update sync.settings set tombstones_kept = '1 day';
select pg_temp.age('2 days');
create temporary table ages as select gc.* from sync.gc() gc;
select is(tombstones || ' ' || commits, '1 4', '[PL6] a day later it is forgotten, and so are the commits up to it') from ages;
select is((select count(*) from sync.tombstones), 0::bigint, '[PL6] no tombstone is left');
select is((select floor || ' ' || seq from sync.scopes where scope_id = tests.id('trip')), '3 3', '[PL6] the floor says so');
select tests.sign_in('ben');
select is(tests.pull(request) -> 'reset', jsonb_build_array(tests.id('trip')), '[PL6] one who was away for longer is sent the scope whole') from before_delete;
select is(tests.pull(request) #> '{rows,items}' -> 0 ->> 'name', 'socks', '[PL6] with the rows that there are') from before_delete;
select is(jsonb_array_length(tests.pull(request) #> '{rows,items}'), 1, '[PL6] and no others') from before_delete;
select is(tests.pull(request) - '{etag,now,epoch,user,schema,as_of}'::text[] ->> 'reset', '[]', '[PL6] one who had heard of it goes on from where they were') from after_delete;
select is(tests.pull(request) -> 'rows', '{}', '[PL6] without a row') from after_delete;
select is((tests.pull('{"cursors": {}}') -> 'rows' -> 'trips' @> jsonb_build_array(jsonb_build_object('id', tests.id('idle')))), true,
  '[PL3] and is still fetched whole by who has nothing of it');

select tests.sign_out();
select is(pg_temp.gc(), '0 0 0 0 0 f', '[PL6] a second call finds nothing');
insert into public.items (id, trip_id, name) values (tests.id('hat'), tests.id('trip'), 'a new hat');
select pg_temp.as_transaction_of_its_own('trip');
select tests.sign_in('ben');
select is((tests.pull(request) -> 'scopes')::text, format('{"%s": "4"}', tests.id('trip')), '[PL1] numbers go on from where they were') from after_delete;
select tests.sign_out();
select is((select sync_version >= pg_current_xact_id()::text::bigint from public.items where id = tests.id('hat')), true,
  '[PL6] a row that is made again has a version above the one that was forgotten');

-- A version that no transaction has reached yet.
delete from public.items where id = tests.id('hat');
select pg_temp.as_transaction_of_its_own('trip');
update sync.tombstones set version = pg_current_xact_id()::text::bigint + 1000000;
select pg_temp.age('2 days');
select is((select tombstones || ' ' || commits from sync.gc()), '0 1', '[PL6] a tombstone whose version might be given again stays, with its commit');
select is((select count(*) from sync.tombstones), 1::bigint, '[PL6] for now');
update sync.tombstones set version = 1;
select is((select tombstones || ' ' || commits from sync.gc()), '1 1', '[PL6] and goes once no version can reach it');

-- Bounded work.
insert into public.items (id, trip_id, name) select gen_random_uuid(), tests.id('trip'), 'many' from generate_series(1, 10);
delete from public.items where name = 'many';
select pg_temp.as_transaction_of_its_own('trip');
select pg_temp.age('2 days');
select is(pg_temp.gc(4), '4 0 0 0 0 t', '[PL6] no more is done at once than was asked for');
select is((select floor = seq from sync.scopes where scope_id = tests.id('trip')), true, '[PL6] the floor is above all that goes, from the first step on');
select is(pg_temp.gc(4), '4 0 0 0 0 t', '[PL6] the rest comes');
select is(pg_temp.gc(4), '2 1 0 0 0 f', '[PL6] in the calls after it');

-- A scope that has ended.
delete from public.trips where id = tests.id('idle');
select pg_temp.as_transaction_of_its_own('idle');
select pg_temp.age('2 days');
select lives_ok($$ select sync.gc() $$, '[PL4] of a scope that has ended its commits go too');
select tests.sign_in('ben');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('idle'), '1'))) -> 'gone', jsonb_build_array(jsonb_build_object('scope', tests.id('idle'), 'reason', 'deleted')),
  '[PL4] that it has ended is told for ever');

-- The log.
create temporary table op as select tests.op('items', 'update', 'item', '{"patch": {"name": "stockings"}, "base": {"name": "socks"}}') as op;
select is(tests.statuses(op), 'merged', '[PU1] an op') from op;
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "y"}}')), 'conflict', '[C3] and a conflict');
create temporary table refused as select tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "y"}, "add": {"quantity": 1}}') as op;
select is(tests.statuses(op), 'conflict', '[PU1] and a refusal that is remembered') from refused;
select tests.sign_out();
select pg_temp.age('89 days');
select is((select operations || ' ' || refusals || ' ' || conflicts from sync.gc()), '0 0 0', '[C3] are kept');
select pg_temp.age('2 days');
select is((select operations || ' ' || refusals || ' ' || conflicts from sync.gc()), '0 0 2', '[C3] conflicts for 90 days');
select pg_temp.age('300 days');
select is((select operations || ' ' || refusals || ' ' || conflicts from sync.gc()), '1 1 0', '[C3] what the op wrote for a year, and refusals');
select results_eq($$ select patch, base, add, kind, user_id from sync.operations $$,
  format($$ values (null::jsonb, null::jsonb, null::jsonb, 'update', %L::uuid) $$, tests.id('ben')), '[PU1] the op itself stays');
select tests.sign_in('ben');
select is(tests.statuses(op), 'duplicate', '[PU1] so that it is done once, however long after it comes again') from op;
select is((public.sync_history('items', tests.id('item')) #>> '{entries,0,kind}'), 'update', '[C3] and that it was done is still in the history');
select is(tests.push(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "y"}}')) #> '{0,fields,name,by}', 'null',
  '[C3] but whose value it was is forgotten');
select is((tests.push(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "y"}}')) #>> '{0,fields,name,at}')::timestamptz, now() - interval '1 day',
  '[CO2] and when is no later than it may be, but always a time');
select throws_ok($$ select sync.gc() $$, '42501', null, '[PU5] clients forget nothing');

-- A restore.
select tests.sign_out();
set constraints all immediate;
create temporary table former as select epoch from sync.server;
grant select on former to public;
select isnt(sync.begin_epoch(), epoch, '[PL5] a new epoch') from former;
select is((select count(*) from sync.commits where seq is not null) + (select count(*) from sync.tombstones), 0::bigint,
  '[PL5] begins without the numbers of the transactions that a dump brought along');
select is((select bool_and(floor = seq) from sync.scopes), true, '[PL5] and with every scope to be fetched whole');
select tests.sign_in('ben');
select isnt((tests.pull() ->> 'epoch')::uuid, epoch, '[PL5] clients are told') from former;
select throws_ok($$ select sync.begin_epoch() $$, '42501', null, '[PU5] and begin none themselves');
select * from finish();
rollback;
