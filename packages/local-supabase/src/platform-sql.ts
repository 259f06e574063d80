/**
 * What a hosted Supabase project has before its first migration and @supabase/lite has not. It runs at every start,
 * after @supabase/lite has (re)written its own version of the `auth` functions.
 *
 * It is as open as a hosted project is, so that a migration which forgets a revoke or a policy fails here too.
 */
export const platformSql: string = `
do $do$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin; end if;
  if not exists (select from pg_roles where rolname = 'service_role') then create role service_role nologin bypassrls; end if;
end $do$;

create schema if not exists extensions;
create schema if not exists realtime;
grant usage on schema public, auth, extensions, realtime to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;

create or replace function auth.uid() returns uuid language sql stable as $fn$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$fn$;
create or replace function auth.role() returns text language sql stable as $fn$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')::text
$fn$;
create or replace function auth.email() returns text language sql stable as $fn$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')::text
$fn$;

create table if not exists realtime.messages (
  id uuid primary key default gen_random_uuid(),
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  inserted_at timestamp not null default now(),
  updated_at timestamp not null default now()
);
alter table realtime.messages enable row level security;
grant select, insert on realtime.messages to anon, authenticated, service_role;
delete from realtime.messages;

create or replace function realtime.topic() returns text language sql stable as $fn$
  select nullif(current_setting('realtime.topic', true), '')::text
$fn$;

-- A hosted project reads the rows off the write-ahead log; here the commit wakes the stand-in.
create or replace function realtime.announce() returns trigger
language plpgsql security definer set search_path = '' as $fn$
begin
  perform pg_catalog.pg_notify('realtime_messages', pg_catalog.jsonb_build_object(
    'id', new.id, 'topic', new.topic, 'event', new.event, 'payload', new.payload, 'private', new.private)::text);
  return null;
end $fn$;
create or replace trigger announce after insert on realtime.messages
  for each row when (new.extension = 'broadcast' and new.event is not null) execute function realtime.announce();

-- Tries what the caller wants to do and undoes it: the inner block is rolled back with the role it took on.
drop function if exists realtime.access_of(text, text, jsonb);
create or replace function realtime.access_of(
  topic text, extension text, caller_role text, claims jsonb, out may_read boolean, out may_write boolean)
language plpgsql as $fn$
begin
  insert into realtime.messages (topic, extension, private) values (access_of.topic, access_of.extension, true);
  perform set_config('request.jwt.claims', claims::text, true), set_config('realtime.topic', access_of.topic, true);
  perform set_config('role', caller_role, true);
  select exists (select from realtime.messages m where m.topic = access_of.topic and m.extension = access_of.extension) into may_read;
  begin
    insert into realtime.messages (topic, extension, private) values (access_of.topic, access_of.extension, true);
    may_write := true;
  exception when insufficient_privilege then
    may_write := false;
  end;
  raise exception using errcode = 'SB001';
exception when sqlstate 'SB001' then
  return;
end $fn$;
revoke execute on function realtime.access_of from public;

-- Like the hosted one it obeys the policies on realtime.messages for its caller, and never fails its caller.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void language plpgsql as $fn$
begin
  insert into realtime.messages (payload, event, topic, private, extension)
  values (payload, event, topic, private, 'broadcast');
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end $fn$;
`
