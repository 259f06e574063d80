-- [PL4] [PU5] What is told of a scope that is not the caller's: that it is not. And what becomes of an app whose membership function says things twice.
begin;
select plan(9);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');
set constraints all immediate;
create function pg_temp.told(seqs text[]) returns text language sql as $$
  select string_agg(distinct (tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('trip'), s))) -> 'gone')::text, ' ') from unnest(seqs) s
$$;
create function pg_temp.sums() returns jsonb language sql as $$ select tests.pull('{"check": ["items", "people"], "cursors": {}}') -> 'checksums' $$;

select tests.sign_in('stella');
select is(pg_temp.told('{0,1,2,1000000,999999999999999999}'), format('[{"scope": "%s", "reason": "revoked"}]', tests.id('trip')),
  '[PL4] [PU5] whatever number is asked about, the answer is the same: nobody finds the counter, and so when others work, by trying');
select tests.sign_in('ben');
select is(pg_temp.told('{0,1,2,1000000,999999999999999999}'), '[]', '[PL4] a member is told nothing of the kind');
create temporary table sums as select pg_temp.sums() as once;
grant select on sums to public;
select is((select count(*) from sums, jsonb_object_keys(once)), 1::bigint, '[PL7] the trip has a checksum');

select tests.sign_out();
create or replace function sync.my_scopes() returns uuid[] language sql stable security definer set search_path = '' as $$
  select array_agg(m.trip_id) || array_agg(m.trip_id) || auth.uid() || null::uuid from public.trip_members m where m.user_id = (select auth.uid())
$$;
select tests.sign_in('ben');
select is(pg_temp.sums(), once, '[PL7] the same one, where the app names its scopes twice, and one that is null') from sums;
select is(jsonb_array_length(tests.pull() #> '{rows,items}'), 1, '[PL1] its rows come once');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "boots"}, "base": {"name": "socks"}}')), 'merged', '[PU5] they can be written');
select is(jsonb_array_length(public.sync_history('items', tests.id('item'))::jsonb -> 'entries'), 1, '[C3] and what was done to them is told once');
select tests.sign_in('stella');
select is(pg_temp.told('{1}'), format('[{"scope": "%s", "reason": "revoked"}]', tests.id('trip')), '[PL4] what is gone is told all the same');
select is(tests.pull() -> 'rows', '{}', '[PU5] and nothing of others is seen');
select * from finish();
rollback;
