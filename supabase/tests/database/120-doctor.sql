-- [PL8] [PU5] What can go wrong with a project is found, and each cure puts it right. Every fault is made, found, cured and gone.
begin;
select plan(48);
select tests.create_users();
select tests.create_trip();
set constraints all immediate;
create function pg_temp.findings() returns text language sql as $$
  select string_agg(concat_ws(' ', severity, object, problem), '; ') from sync.doctor() where object <> 'sync.gc()'
$$;
create function pg_temp.cured() returns boolean language plpgsql as $$
declare
  cure text;
begin
  for cure in select d.cure from sync.doctor() d where d.object <> 'sync.gc()' loop execute cure; end loop;
  return pg_temp.findings() is null;
end $$;
create function pg_temp.found(fault text, expected text, is_curable boolean default true) returns text language plpgsql as $$
declare
  findings text;
  cured    boolean := true;
begin
  execute fault;
  findings := pg_temp.findings();
  if is_curable then cured := pg_temp.cured(); end if;
  raise exception using errcode = 'TESTS', message = case when findings not like expected or findings is null then coalesce(findings, 'nothing') when not cured
    then 'not cured: ' || coalesce(pg_temp.findings(), '') else 'found and cured' end;
exception when sqlstate 'TESTS' then
  return sqlerrm;  -- all of it is rolled back
end $$;

select is(pg_temp.findings(), null, 'a sound project has no findings');
select is(pg_temp.found('drop table public.trip_rules', 'error trip_rules The table was dropped, and every pull fails.'), 'found and cured', '[PL8] a dropped table');
select is(pg_temp.found('alter table public.items disable row level security', 'error public.items It has no row level security: every user pulls every row.'),
  'found and cured', '[PU5] a table without row level security');
select is(pg_temp.found('drop policy "a user''s own rules" on public.default_rules', 'warning public.default_rules It has no policy: nobody sees its rows.'),
  'found and cured', '[PU5] without a policy');
select is(pg_temp.found('revoke select on public.items from authenticated', 'error public.items authenticated may not read it: every pull fails.'),
  'found and cured', '[PU5] without a grant');
select is(pg_temp.found('create schema apart; alter table public.trip_days set schema apart', 'error apart.trip_days authenticated may not use its schema: every pull fails.'),
  'found and cured', '[PU5] in a schema without a grant');
select is(pg_temp.found('revoke insert, update, delete on public.items from authenticated', 'hint public.items authenticated may write none of it: every push to it is refused.'),
  'found and cured', '[PU5] that can only be read');
select is(pg_temp.found('drop index public.items_trip_id_sync_xid_idx', 'warning public.items It has no index on its scope and sync_xid: every pull reads it whole.'),
  'found and cured', '[PL9] without its index');
select is(pg_temp.found('alter table public.items drop column sync_xid', 'error public.items It has lost what sync needs: sync_xid.%'),
  'found and cured', '[PL1] without one of sync''s columns');
select is(pg_temp.found('alter table public.trip_days rename column trip_id to trip', 'error public.trip_days It has lost what sync needs: trip_id.%', false),
  'found and cured', '[PL1] with another scope column');
select is(pg_temp.found('alter table public.items drop column created_at', 'warning public.items A column that is reserved for the server is not there: created_at.'),
  'found and cured', '[PU5] without a reserved column');
select is(pg_temp.found('drop trigger zz_sync_delete on public.items', 'error public.items Its trigger zz_sync_delete is missing: what is written to it does not reach the devices.'),
  'found and cured', '[PL8] without a trigger');
select is(pg_temp.found('alter table public.items disable trigger zz_sync_stamp', 'error public.items Its trigger zz_sync_stamp is disabled:%'),
  'found and cured', '[PL8] with one that is disabled');
select is(pg_temp.found('alter table public.items disable trigger all', 'error public.items Its trigger zz_sync_delete is disabled%zz_sync_update is disabled%'),
  'found and cured', '[PL8] or all');
select is(pg_temp.found('create or replace trigger zz_sync_update after update on public.items for each statement execute function sync.number_commit_late()',
    'error public.items Its trigger zz_sync_update does something else:%'), 'found and cured', '[PL8] with another in its place');
select is(pg_temp.found('update sync.collections set scope_column = ''rule_id'' where name = ''items''; create index on public.items (rule_id, sync_xid)',
    '%error public.items Its trigger zz_sync_delete calls a function that was made for other columns%'), 'found and cured', '[PL8] with a function that no longer fits');
select is(pg_temp.found('create trigger zzz before update on public.items for each row execute function packing_list.name_member()',
    'warning public.items Its trigger zzz fires after the row was stamped: what it changes may get no version.'), 'found and cured', '[PL8] with one that fires too late');
select is(pg_temp.found('alter table public.trip_days drop constraint trip_days_pkey', 'error public.trip_days It has no primary key:%'),
  'found and cured', '[PU1] without its key');
select is(pg_temp.found('alter table public.trip_days drop constraint trip_days_pkey, add primary key (trip_id, id)', 'error public.trip_days Its primary key is not id alone:%', false),
  'found and cured', '[PU1] with another key');
select is(pg_temp.found('alter table public.default_rules alter column id type text', 'error public.default_rules Its column id is of type text, not uuid:%'),
  'found and cured', '[PU6] with an id that is no uuid any more');
select is(pg_temp.found('alter table public.trip_days set unlogged', 'error public.trip_days It is unlogged: a crash empties it without a trace.'),
  'found and cured', '[PL8] unlogged');
select is(pg_temp.found('create table public.more_days () inherits (public.trip_days); revoke all on public.more_days from authenticated', 'error public.trip_days public.more_days inherits from it:%'),
  'found and cured', '[PL8] with a table that inherits from it');
select is(pg_temp.found('alter table public.items alter constraint items_trip_id_fkey deferrable initially deferred',
    'hint public.items Its constraint items_trip_id_fkey is checked when a transaction ends:%'), 'found and cured', '[PU3] with a reference that is looked at too late');
select is(pg_temp.found('alter table public.trip_days add constraint one_a_day unique (trip_id, day) deferrable initially deferred',
    'hint public.trip_days Its constraint one_a_day is checked when a transaction ends:%'), 'found and cured', '[PU3] or another constraint');
select is(pg_temp.found('alter table public.items alter constraint items_trip_id_fkey deferrable initially immediate', null), 'nothing',
  '[PU3] one that may be put off, and is not, is none of it');
select is(pg_temp.found('alter table sync.commits disable trigger late_event', 'error sync.commits Its trigger late_event is missing or disabled:%'),
  'found and cured', '[PL6] ends that are not noted');
select is(pg_temp.found('drop trigger late_event on sync.commits', 'error sync.commits Its trigger late_event is missing or disabled:%'),
  'found and cured', '[PL6] at all');
select is(pg_temp.found('select sync.unregister_table(''public.people''); select sync.register_table(''public.people'', ''trip_id'', null, ''{created_at}'')',
    'warning public.items It refers to public.people, which was registered after it: devices get rows before those that they hang on.'), 'found and cured',
  '[PL3] a parent after its child');
select is(pg_temp.found('select sync.unregister_table(''public.items'')', 'hint public.items It has a column trip_id, as synced tables have, and is not synced.'),
  'found and cured', '[PL8] a table that was forgotten');
select is(pg_temp.found('alter table sync.commits disable trigger number_at_commit', 'error sync.commits Its trigger number_at_commit is missing or disabled:%'),
  'found and cured', '[PL1] numbers that are not given');
select is(pg_temp.found($$ create role api_test nologin; alter role api_test set pgrst.db_schemas = 'public, sync' $$, 'error the API The schema sync is exposed through it%', false),
  'found and cured', '[PU5] the schema exposed');
select is(pg_temp.found('grant usage on schema sync to anon', 'error sync anon may use the schema.'), 'found and cured', '[PU5] or granted to anon');
select is(pg_temp.found('grant all on all tables in schema sync to authenticated', 'error sync.collections authenticated may do more with it than it should.; %sync.tombstones%'),
  'found and cured', '[PU5] its tables granted');
select is(pg_temp.found('grant select on sync.operations to anon', 'error sync.operations anon may do more with it than it should.'), 'found and cured', '[PU5] to anon');
select is(pg_temp.found('alter table sync.operations disable row level security', 'error sync.operations It has no row level security.'), 'found and cured', '[PU5] or open');
select is(pg_temp.found('grant execute on function sync.gc(int) to public', 'error sync.gc(integer) anon may call it.'), 'found and cured', '[PU5] a function granted to all');
select is(pg_temp.found('alter function public.sync_pull(jsonb) security definer', 'error public.sync_pull(jsonb) It runs as its owner: row level security decides nothing.'),
  'found and cured', '[PU5] a pull past the policies');
select is(pg_temp.found('revoke execute on function public.sync_push(json,text) from authenticated', 'error public.sync_push(json,text) authenticated may not call it.'),
  'found and cured', '[PU5] a push that nobody may call');
select is(pg_temp.found('create or replace function sync.my_scopes() returns uuid[] language sql stable security definer set search_path = '''' as $f$ select ''{}''::uuid[] $f$',
    'error sync.my_scopes() It is still the one that the app is to replace: nobody sees anything.', false), 'found and cured', '[PL4] no membership');
select is(pg_temp.found('drop policy "a user hears their own pokes" on realtime.messages', 'warning realtime.messages No policy lets users hear their pokes:%'),
  'found and cured', '[PL2] pokes that nobody may hear');
select is(pg_temp.found('drop policy "members see who is there" on realtime.messages', 'hint realtime.messages No policy lets members see%'),
  'found and cured', '[C9] presence that nobody may see');
select is(pg_temp.found('drop policy "members say that they are there" on realtime.messages', 'hint realtime.messages No policy lets members say%'),
  'found and cured', '[C9] or tell');
select is(pg_temp.found('update sync.commits set xid = ''999999999999'' where scope_id = tests.id(''trip'')',
    'error sync.commits It holds numbers of transactions that are yet to come: the database was restored from a dump, and began no new epoch.'),
  'found and cured', '[PL5] a restored dump');
select is(pg_temp.found('update sync.commits set xid = ''5'', seq = null where scope_id = tests.id(''trip'')', 'error sync.commits Some have no number: what they wrote reaches no device.'),
  'found and cured', '[PL1] commits without a number');
select is(pg_temp.found('drop function realtime.send(jsonb, text, text, boolean)', 'hint Realtime It is not there: devices learn of what others did when they poll.', false),
  'found and cured', '[PL2] a project without Realtime');
select is((select severity || ' ' || object from sync.doctor()), 'hint sync.gc()', '[PL6] without pg_cron that gc is not called is a hint');
update sync.commits set at = now() - interval '1 year';
select is((select string_agg(severity || ' ' || object, ', ') from sync.doctor()), 'warning sync.gc(), hint sync.gc()', '[PL6] and a warning once it is long overdue');
select tests.sign_in('ann');
select throws_ok($$ select sync.doctor() $$, '42501', null, '[PU5] clients are not told');
select * from finish();
rollback;
