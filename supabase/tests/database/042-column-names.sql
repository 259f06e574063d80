-- [PL8] [PU6] Columns may be called whatever Postgres lets them be: like the variables, the aliases and the types of the functions of sync too.
begin;
select plan(11);
select tests.create_users();
select tests.create_trip();
create function pg_temp.names() returns text[] language sql as $$
  select array(select distinct n from unnest(array['o', 'r', 't', 'b', 'd', 'w', 'k', 'x', 'p', 'n', 'e', 's', 'select', 'table', 'row', 'Mixed Case', 'ä', 'a"b', 'a''b', '%I', '$1', 'old_rows', 'new_rows', 'tg_op', 'excluded']
    -- Every name that a function of sync has for a parameter or a variable.
    || array(select unnest(p.proargnames) from pg_proc p where p.pronamespace = 'sync'::regnamespace)
    || array(select m[1] from pg_proc p, regexp_matches(p.prosrc, '^ {2,6}([a-z_]+) +(?:xid8|uuid|int|bigint|text|sync\.|json|boolean|record|regclass|timestamptz)', 'gm') m where p.pronamespace = 'sync'::regnamespace)
    || array(select a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'sync'::regnamespace and c.relkind in ('r', 'c') and a.attnum > 0)) n
   where n <> '' and n not in ('id', 'sync_version', 'sync_xid') and n not like '...%')
$$;
do $do$
begin
  execute 'create table public.odd (id uuid primary key, trip_id uuid not null, ' || (select string_agg(format('%I text', n), ', ') from unnest(pg_temp.names()) n) || ')';
end $do$;
alter table public.odd enable row level security;
grant select, insert, update, delete on public.odd to authenticated;
create policy "all of the trip" on public.odd for all to authenticated using (odd.trip_id in (select unnest(sync.my_scopes())));
select sync.register_table('public.odd', 'trip_id');
create function pg_temp.row_of(value text) returns jsonb language sql as $$ select jsonb_object_agg(n, value) from unnest(pg_temp.names()) n $$;
create function pg_temp.pulled() returns jsonb language sql as $$ select tests.pull('{"cursors": {}, "check": ["odd"]}') $$;

select is('{running,collection,ops,answers,page}'::text[] <@ pg_temp.names(), true, 'the names are those of the functions');
select tests.sign_in('ben');
select is(tests.statuses(tests.op('odd', 'create', 'x', jsonb_build_object('patch', pg_temp.row_of('v')))), 'applied', '[PU4] such a row can be made');
select is(tests.statuses(tests.op('odd', 'create', 'x', jsonb_build_object('patch', pg_temp.row_of('w')))), 'conflict', '[PU4] compared');
select is(tests.statuses(tests.op('odd', 'update', 'x', jsonb_build_object('base_version', 1, 'patch', pg_temp.row_of('w'), 'base', pg_temp.row_of('v')))), 'merged', '[PU2] changed');
select is(tests.statuses(tests.op('odd', 'update', 'x', jsonb_build_object('base_version', 1, 'patch', pg_temp.row_of('u'), 'base', pg_temp.row_of('v')))), 'conflict', '[PU2] or not');
set constraints all immediate;
set constraints all deferred;
select is(pg_temp.pulled() #> '{rows,odd,0}' @> pg_temp.row_of('w'), true, '[PL8] pulled');
select is(jsonb_typeof(pg_temp.pulled() -> 'checksums' -> tests.id('trip')::text), 'number', '[PL7] summed up');
select is(tests.statuses(tests.op('odd', 'delete', 'x')), 'applied', '[PU4] deleted');
select is((select count(*) from jsonb_array_elements(tests.pull('{"cursors": {}}') -> 'deleted')), 0::bigint, '[PL6] and is gone');
select tests.sign_out();
select lives_ok(format('insert into public.odd (id, trip_id, running) values (gen_random_uuid(), %1$L, true); update public.odd set running = false; delete from public.odd', tests.id('trip')),
  '[PL8] and by plain SQL');
select is((select count(*) from sync.doctor() d where d.severity <> 'hint'), 0::bigint, 'nothing is wrong with it');
select * from finish();
rollback;
