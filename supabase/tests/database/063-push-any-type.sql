-- [PU2] [PU3] [PU4] Columns of types that cannot be compared, or not by name, or not even be named by who writes to them.
begin;
select plan(15);
select tests.create_users();
select tests.create_trip();
create extension if not exists hstore schema extensions;
create schema apart;
create type apart.mood as enum ('calm', 'cross');
create domain apart.form as json;
create table public.odd (
  id uuid primary key, trip_id uuid not null, name text, tags extensions.hstore, notes json[], places point[], moods apart.mood[], mood apart.mood,
  form apart.form, path jsonpath, labels extensions.hstore[]
);
alter table public.odd enable row level security;
grant select, insert, update on public.odd to authenticated;
create policy "all of the trip" on public.odd for all to authenticated using (trip_id in (select unnest(sync.my_scopes())));
select sync.register_table('public.odd', 'trip_id');
create function pg_temp.create(name text, value jsonb) returns text language sql as $$
  select tests.statuses(tests.op('odd', 'create', name, jsonb_build_object('patch', jsonb_build_object(name, value))))
$$;
-- The version is another one: all that is left is to compare.
create function pg_temp.update(name text, patch jsonb, base jsonb) returns text language sql as $$
  select tests.statuses(tests.op('odd', 'update', name, jsonb_build_object(
    'base_version', 1, 'patch', jsonb_build_object(name, patch), 'base', jsonb_build_object(name, base))))
$$;
create function pg_temp.lived(name text, first jsonb, second jsonb) returns text language sql as $$
  select concat_ws(' ', pg_temp.create(name, first), pg_temp.create(name, first), pg_temp.create(name, second),
                   pg_temp.update(name, second, first), pg_temp.update(name, first, first), pg_temp.update(name, first, second))
$$;

select tests.sign_in('ben');
select lives_ok(format('insert into public.odd (id, trip_id, mood) values (gen_random_uuid(), %L, ''calm'')', tests.id('trip')),
  'a type of a schema that is closed to the user: plain SQL may write it');
select is(pg_temp.lived('mood', '"calm"', '"cross"'), 'applied applied conflict merged conflict merged', '[PU3] and so may a push');
select is(pg_temp.lived('moods', '["calm"]', '["cross"]'), 'applied applied conflict merged conflict merged', '[PU3] lists of it too');
select is(tests.statuses(tests.op('odd', 'update', 'mood', '{"base_version": 1, "patch": {"name": "x"}, "base": {"name": null}}')), 'merged',
  '[PU2] beside it other columns are as ever');
select is(pg_temp.lived('tags', '"a=>1"', '"a=>2"'), 'applied applied conflict merged conflict merged', '[PU2] [PU4] a type of an extension, whose operators are not at hand');
select is(pg_temp.lived('labels', '["a=>1"]', '["a=>2"]'), 'applied applied conflict merged conflict merged', '[PU2] lists of one');
select is(pg_temp.lived('notes', '[{"a": 1}]', '[{"a": 2}]'), 'applied applied conflict merged conflict merged', '[PU2] lists of json, which has no equality');
select is(pg_temp.lived('form', '{"a": 1}', '{"a": 2}'), 'applied applied conflict merged conflict merged', '[PU2] a domain over it');
select is(pg_temp.lived('places', '["(1,2)"]', '["(1,3)"]'), 'applied applied conflict merged conflict merged', '[PU2] lists of points');
select is(pg_temp.lived('path', '"$.a"', '"$.b"'), 'applied applied conflict merged conflict merged', '[PU2] paths');
select is(pg_temp.create('mood 2', '"angry"'), 'invalid', '[PU6] what is no column is none');
select is(tests.statuses(tests.op('odd', 'create', 'wrong', '{"patch": {"mood": "angry"}}'), tests.op('odd', 'create', 'right', '{"patch": {"mood": "calm"}}')),
  'invalid applied', '[PU3] [PU6] a wrong value of such a type is refused by itself');
select is(tests.statuses(tests.op('odd', 'update', 'right', '{"base_version": 1, "patch": {"mood": "cross", "name": "y"}, "base": {"mood": "calm", "name": null}}'),
  tests.op('odd', 'update', 'moods', '{"base_version": 1, "patch": {"name": "y"}, "base": {"name": null}}')), 'merged merged', '[PU2] several at once');
select tests.sign_out();
select is((select string_agg(sync.comparable('public.odd', 't', a.attname), ' ' order by a.attnum) from pg_attribute a where a.attrelid = 'public.odd'::regclass and a.attnum > 0
             and a.attname not like 'sync%'),
  't.id t.trip_id t.name t.tags::text t.notes::text t.places::text t.moods t.mood t.form::text t.path::text t.labels', 'what is compared as text, and what as it is');
select is(has_schema_privilege('authenticated', 'apart', 'usage'), false, 'the schema is closed to the end');
select * from finish();
rollback;
