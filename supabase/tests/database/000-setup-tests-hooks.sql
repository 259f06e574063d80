-- Helpers of the other files; kept, unlike everything that those do. The people of these tests: ann owns a trip, ben edits it,
-- vera views it, stella is a stranger to it.
begin;
create extension if not exists pgtap with schema extensions;
create schema if not exists tests;
grant usage on schema tests to public;

create or replace function tests.id(name text) returns uuid
language sql immutable as $$ select md5('stowaway test ' || name)::uuid $$;
comment on function tests.id(text) is 'The same id for the same name: of users, trips, rows and ops.';

create or replace function tests.sign_in(name text) returns void
language plpgsql as $$
begin
  perform set_config('role', 'authenticated', true);
  perform set_config('request.jwt.claims', json_build_object('sub', tests.id(name), 'role', 'authenticated')::text, true);
  perform set_config('request.jwt.claim.sub', tests.id(name)::text, true);
end $$;
comment on function tests.sign_in(text) is 'What follows is done as this user. Both forms of the claim, for servers old and new.';

create or replace function tests.sign_out(as_role text default 'none') returns void
language plpgsql as $$
begin
  perform set_config('role', as_role, true);
  perform set_config('request.jwt.claims', '', true);
  perform set_config('request.jwt.claim.sub', '', true);
end $$;
comment on function tests.sign_out(text) is 'What follows is done as the database''s owner, or as anon.';

create or replace function tests.create_users() returns void
language sql as $$
  insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
    select tests.id(u), u || '@example.test', now(), case when u = 'ann' then '{"name": "Ann"}' else '{}' end::jsonb
      from unnest(array['ann', 'ben', 'vera', 'stella']) u
$$;

create or replace function tests.create_trip(name text default 'trip') returns void
language plpgsql as $$
begin
  insert into public.trips (id, name, created_by) values (tests.id(name), name, tests.id('ann'));
  insert into public.trip_members (trip_id, user_id, role)
    values (tests.id(name), tests.id('ben'), 'editor'), (tests.id(name), tests.id('vera'), 'viewer');
end $$;

create or replace function tests.op(collection text, kind text, row_name text, fields jsonb default '{}') returns jsonb
language sql as $$
  select jsonb_build_object('op_id', gen_random_uuid(), 'collection', collection, 'kind', kind, 'id', tests.id(row_name),
                            'scope', tests.id('trip'), 'time', now()) || fields
$$;
comment on function tests.op(text, text, text, jsonb) is 'An op on a row of ann''s trip; fields says the rest, or otherwise.';

create or replace function tests.push(variadic ops jsonb[]) returns jsonb
language sql as $$ select public.sync_push(to_json(ops), 'test')::jsonb -> 'answers' $$;

create or replace function tests.statuses(variadic ops jsonb[]) returns text
language sql as $$
  select string_agg(a ->> 'status', ' ' order by i) from jsonb_array_elements(tests.push(variadic ops)) with ordinality x (a, i)
$$;

create or replace function tests.pull(request jsonb default '{"cursors": {}}') returns jsonb
language sql as $$ select public.sync_pull(request)::jsonb $$;

create or replace function tests.rows_written(statement text) returns int
language plpgsql as $$
declare
  written int;
begin
  execute statement;
  get diagnostics written = row_count;
  return written;
exception when insufficient_privilege then
  return -1;
end $$;
comment on function tests.rows_written(text) is 'How many rows a statement wrote; -1 if it was refused.';

grant execute on all functions in schema tests to public;
commit;

begin;
select plan(1);
select has_schema('tests', 'the helpers are there');
select * from finish();
rollback;
