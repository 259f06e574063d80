-- [PL3] [PL4] [PL7] What a pull tells besides rows: how old it is, the form of the rows, and checksums.
begin;
select plan(14);
select tests.create_users();
select tests.create_trip();
select tests.create_trip('second');
insert into public.items (id, trip_id, name) select tests.id('item ' || i), tests.id('trip'), 'item ' || i from generate_series(1, 5) i;
insert into public.items (id, trip_id, name) values (tests.id('other'), tests.id('second'), 'other');
set constraints all immediate;

-- [PL4] Within one transaction no other can end; what a push answers stands above its own.
select tests.sign_in('ben');
select is((tests.pull() ->> 'as_of')::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
  + pg_snapshot_xmin(pg_current_snapshot())::text::bigint, '[PL4] an answer says how old it is');
select is(tests.pull('{}') -> 'as_of', tests.pull() -> 'as_of', '[PL4] also one without rows');
select is((public.sync_push('[]')::jsonb ->> 'as_of')::bigint, pg_current_xact_id()::text::bigint + 1
  + pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  '[PL4] that of a push is above the push: what does not know of it is older');

create function pg_temp.sums(names text[], scopes text[] default null) returns jsonb language sql as $$
  select tests.pull(jsonb_strip_nulls(jsonb_build_object('check', names, 'only', scopes is not null,
    'cursors', (select coalesce(jsonb_object_agg(tests.id(s), '0'), '{}') from unnest(scopes) s)))) -> 'checksums'
$$;
create function pg_temp.expected(collection text, scope text) returns jsonb language plpgsql as $$
declare
  sum bigint := 0;
  part bigint;
begin
  for part in execute format('select uuid_hash_extended(id, sync_version) & 4294967295 from public.%I where trip_id = $1', collection)
    using tests.id(scope) loop
    sum := sum # part;
  end loop;
  return to_jsonb(sum);
end $$;
select is(pg_temp.sums('{items}'), jsonb_build_object(tests.id('trip'), pg_temp.expected('items', 'trip'), tests.id('second'), pg_temp.expected('items', 'second')),
  '[PL7] a checksum of each scope that has rows, over their ids and versions');
select is(pg_temp.sums('{items}', '{second}'), jsonb_build_object(tests.id('second'), pg_temp.expected('items', 'second')),
  '[PL7] after a poke, of the scopes that were asked for');
select is((pg_temp.sums('{items,trip_members}') ->> tests.id('trip')::text)::bigint,
  (pg_temp.expected('items', 'trip') #>> '{}')::bigint # (pg_temp.expected('trip_members', 'trip') #>> '{}')::bigint,
  '[PL7] over several collections');
select is(pg_temp.sums('{no such,"items; drop table public.items"}'), '{}', '[PL7] collections that there are not are none');
select is(tests.pull() -> 'checksums', 'null', '[PL7] unasked, nothing is computed');
select is(tests.pull('{"check": ["items"], "cursors": {}, "limit": 3}') -> 'checksums', 'null',
  '[PL7] nor while there is more to come: the device could not agree yet');
select tests.sign_in('stella');
select is(pg_temp.sums('{items}'), '{}', '[PL7] [PU5] of what one does not see there is none');

select tests.sign_out();
set session_replication_role = replica;
update public.items set sync_version = sync_version + 1 where id = tests.id('item 1');
set session_replication_role = origin;
create temporary table sums (sum jsonb);
grant all on sums to public;
select tests.sign_in('ben');
insert into sums select pg_temp.sums('{items}') -> tests.id('trip')::text;
select is((select sum from sums), pg_temp.expected('items', 'trip'), '[PL7] [PL8] it is that of the rows, also where triggers were off');

create temporary table form as select tests.pull() ->> 'schema' as was, tests.pull() ->> 'etag' as etag;
select is(tests.pull() ->> 'schema', was, '[PL3] the form of the rows has a name') from form;
select tests.sign_out();
alter table public.people add column nickname text;
select tests.sign_in('ben');
select isnt(tests.pull() ->> 'schema', was, '[PL3] another one when a table gets a column') from form;
select isnt(tests.pull(jsonb_build_object('etag', etag)), '{"unchanged": true}', '[PL3] [PL9] and an idle poll hears of it') from form;
select * from finish();
rollback;
