-- [PL3] [PL4] [PL9] What a pull answers and to whom. (What needs several commits is tested over connections of their own.)
begin;
select plan(32);
select tests.create_users();
select tests.create_trip();
select tests.create_trip('other');
delete from public.trip_members where trip_id = tests.id('other') and user_id in (tests.id('ben'), tests.id('vera'));
insert into public.trip_members (trip_id, user_id, role) values (tests.id('trip'), tests.id('stella'), 'viewer');
insert into public.items (id, trip_id, name) select gen_random_uuid(), tests.id('trip'), 'item ' || i from generate_series(1, 7) i;
insert into public.default_rules (id, user_id, name, per) values (tests.id('rule'), tests.id('ben'), 'socks', 'day');
set constraints all immediate;

select tests.sign_in('ben');
create temporary table answer as select tests.pull() as a;
select is(a ->> 'user', tests.id('ben')::text, '[PL4] an answer names its user') from answer;
select is((select jsonb_object_agg(c.key, jsonb_array_length(c.value)) from jsonb_each(a -> 'rows') c), '{"trips": 1, "trip_members": 4, "items": 7, "default_rules": 1}',
  '[PL4] a device that has nothing gets all that is shared with its user, and what is the user''s own') from answer;
select is((select array_agg(k order by k) from jsonb_object_keys(a -> 'scopes') k), (select array_agg(i::text order by i::text) from unnest(array[tests.id('trip'), tests.id('ben')]) i),
  '[PL1] with a cursor for each scope') from answer;
select is(a -> 'more', 'false', '[PL3] and that is all') from answer;
select is(tests.pull(jsonb_build_object('etag', a ->> 'etag')), '{"unchanged": true}',
  '[PL9] asked again, it says so in one word') from answer;
select is(tests.pull(jsonb_build_object('etag', a ->> 'etag', 'cursors', a -> 'scopes')), '{"unchanged": true}',
  '[PL9] with cursors too') from answer;
select is(tests.pull(jsonb_build_object('cursors', a -> 'scopes')) -> 'rows', '{}',
  '[PL1] nothing is sent twice') from answer;
select is(tests.pull('{"etag": "old"}') -> 'more', 'true', '[PL9] without cursors it only says that there is something');

select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('trip'), '999'))) -> 'reset', jsonb_build_array(tests.id('trip')),
  '[PL5] a cursor from another history starts the scope anew');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('trip'), '999'))) -> 'behind', jsonb_build_array(tests.id('trip')),
  '[PL4] and says that here is less than the device has seen');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('trip'), null), 'only', true)) -> 'rows' -> 'items' -> 6 ->> 'trip_id', tests.id('trip')::text,
  '[PL2] after a poke, one scope by itself');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('trip'), null), 'only', true)) -> 'etag', 'null',
  '[PL9] which proves nothing about the others');

select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('other'), '1'))) -> 'gone',
  jsonb_build_array(jsonb_build_object('scope', tests.id('other'), 'reason', 'revoked')),
  '[PL4] a scope that one sees no more is gone');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('other'), '0'), 'only', true)) -> 'rows', '{}',
  '[PL4] and nothing of it is sent');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('never'), '1'))) -> 'gone', '[]',
  '[PL4] a scope that was created offline is not gone');
select is(tests.pull(jsonb_build_object('cursors', jsonb_build_object(tests.id('other'), '999'))) -> 'gone' -> 0 ->> 'reason', 'revoked',
  '[PL4] of one that is gone it does not matter how much the device says that it has seen of it');
select is((select count(*) from sync.commits_since(array[tests.id('other')], array[0]::bigint[], 10)), 0::bigint,
  '[PU5] the inner functions keep to one''s own scopes too');

create function pg_temp.all_pages(at_most int) returns text language plpgsql as $$
declare
  answer jsonb;
  cursors jsonb := '{}';
  ids text[] := '{}';
  pages int := 0;
begin
  loop
    answer := tests.pull(jsonb_build_object('cursors', cursors, 'limit', at_most));
    cursors := cursors || (answer -> 'scopes');
    ids := ids || array(select r ->> 'id' from jsonb_each(answer -> 'rows') c, jsonb_array_elements(c.value) r);
    pages := pages + 1;
    exit when answer -> 'more' = 'false' or pages > 50;
  end loop;
  return format('%s rows, %s different, %s', cardinality(ids), (select count(distinct i) from unnest(ids) i), case when pages > 50 then 'no end' else 'done' end);
end $$;
select is(pg_temp.all_pages(n), '13 rows, 13 different, done', format('[PL3] in pages of %s: every row, once', n)) from unnest(array[1, 3, 5, 13, 1000]) n;
select isnt(tests.pull('{"cursors": {}, "limit": 3}') -> 'partial', '[]',
  '[PL3] a scope that goes on in the next page is named');

-- Rows written again by later commits leave commits behind that have none, more of them than a page may hold rows.
select tests.sign_out();
insert into sync.commits (xid, scope_id, seq) select (100 + i)::text::xid8, scope_id, seq + i
  from sync.scopes, generate_series(1, 7) i where scope_id in (tests.id('trip'), tests.id('other'));
update sync.scopes set seq = seq + 7 where scope_id in (tests.id('trip'), tests.id('other'));
create function pg_temp.steps(at_most int, only_one boolean default false) returns text language plpgsql as $$
declare
  answer jsonb;
  cursors jsonb := (select jsonb_object_agg(scope_id, (seq - 7)::text) from sync.my_counters()
                     where scope_id in (tests.id('trip'), tests.id('other')) and not (only_one and scope_id = tests.id('other')));
  steps text := '';
begin
  for page in 1 .. 20 loop
    answer := tests.pull(jsonb_build_object('cursors', cursors, 'limit', at_most, 'only', true));
    cursors := cursors || (answer -> 'scopes');
    steps := steps || (select string_agg((c.seq - (cursors ->> c.scope_id::text)::bigint)::text, ',' order by c.scope_id = tests.id('other'))
                         from sync.my_counters() c where cursors ? c.scope_id::text) || ' ';
    if answer -> 'more' = 'false' then return steps || 'done'; end if;
  end loop;
  return steps;
end $$;
select tests.sign_in('ben');
select is(pg_temp.steps(1), '5 3 1 0 done', '[PL1] [PL3] a page does not end at commits without rows while there are more above them');
select is(pg_temp.steps(6) || ', ' || pg_temp.steps(7), '0 0 done, 0 done', '[PL3] nor says it that there is an end before it has looked');
select tests.sign_in('ann');
select is(pg_temp.steps(6), '0,7 0,0 0,0 done', '[PL3] in several scopes they are counted together');
select is(pg_temp.steps(2), '4,7 1,7 0,5 0,2 0,0 done', '[PL1] and each cursor ends where its counter is');

select tests.sign_in('vera');
create temporary table of_vera as select tests.pull() ->> 'etag' as etag;
select tests.sign_in('stella');
select isnt(tests.pull(jsonb_build_object('etag', etag)), '{"unchanged": true}', '[PL4] an etag is its user''s alone, even of one who sees the same')
  from of_vera;

select throws_ok(format('select public.sync_pull(%L)', bad), 'PT400', null, '[PL3] malformed: ' || bad)
  from unnest(array['[]', '{"cursors": {"x": "1"}}', '{"limit": 0}', '{"check": true}']) bad;
select * from finish();
rollback;
