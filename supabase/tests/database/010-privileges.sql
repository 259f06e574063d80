-- [PU5] Row level security decides: it is on everywhere, and nothing is granted past it.
begin;
select plan(11);

select is(
  (select string_agg(c.oid::regclass::text, ', ') from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'sync') and c.relkind in ('r', 'p') and not c.relrowsecurity),
  null, '[PU5] every table of public and sync has row level security');

select is(
  (select string_agg(distinct p.polname, ', ') from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'sync') and p.polroles <> array['authenticated'::regrole::oid]),
  null, '[PU5] no policy is for anon or for everyone');

select is(
  (select string_agg(c.relname, ', ' order by c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'sync' and c.relkind = 'r' and exists (select from pg_policy p where p.polrelid = c.oid)),
  'collections, settings', '[PU5] of what sync remembers only the registry and the settings can be read');

select is(
  (select string_agg(p.oid::regprocedure::text, ', ' order by p.oid::regprocedure::text) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and has_function_privilege('authenticated', p.oid, 'execute')),
  'accept_invite(text), accept_my_invite(uuid), create_invite(uuid,text,text), hand_over_trip(uuid,uuid), my_invites(), revoke_invite(uuid), sent_invites(uuid), '
  'sync_history(text,uuid,bigint,integer), sync_pull(jsonb), sync_push(json,text), sync_scope_history(uuid,bigint,integer)',
  '[PU5] these functions are the whole API');

select is(
  (select string_agg(p.oid::regprocedure::text, ', ' order by p.oid::regprocedure::text) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'sync', 'packing_list') and has_function_privilege('anon', p.oid, 'execute')),
  'sync_pull(jsonb), sync_push(json,text)', '[ID1] anon may call only what tells it to sign in');

select is(
  (select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'sync', 'packing_list') and p.prosecdef
      and not coalesce(p.proconfig && array['search_path=""'], false)),
  null, '[PU5] every SECURITY DEFINER function has its search path fixed');

select is(
  (select string_agg(c.conname, ', ') from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where n.nspname in ('public', 'sync') and c.contype = 'f' and not exists (
      select from pg_index i where i.indrelid = c.conrelid and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)),
  null, 'every foreign key has an index');

select is(
  (select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'sync') and obj_description(p.oid, 'pg_proc') is null),
  null, 'every function says why it is there');

select is(
  (select string_agg(c.oid::regclass::text, ', ') from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'sync') and c.relkind = 'r' and obj_description(c.oid, 'pg_class') is null),
  null, 'so does every table');

select tests.sign_out('anon');
select throws_ok($$ select public.sync_push('[]') $$, 'PT401', null, '[ID1] a push without a user is refused with 401');
select throws_ok($$ select public.sync_pull('{}') $$, 'PT401', null, '[ID1] a pull without a user is refused with 401');
select * from finish();
rollback;
