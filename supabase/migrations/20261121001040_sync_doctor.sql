-- Stowaway's server half: what is wrong with this project, and the SQL that puts it right. `select * from sync.doctor();`
-- Migrations change tables behind the back of what was registered; dashboards change grants. Each finding is one that would show as
-- rows which somebody does not get, or gets and should not.

create type sync.finding as (severity text, object text, problem text, cure text);
comment on type sync.finding is
  'error: something is lost, leaks or fails; warning: it may, or is slow; hint: perhaps meant so. cure: SQL, or a sentence where there is none.';

create function sync.register_call(collection sync.collections) returns text
language sql stable set search_path = '' as $$
  select format('select sync.register_table(%L, %L, %L, %L);', (collection).relation::text, (collection).scope_column, (collection).name,
    array(select a.attname from pg_attribute a where a.attrelid = (collection).relation and a.attnum > 0 and not a.attisdropped
             and a.attname = any ((collection).server_columns) order by a.attnum))
$$;
comment on function sync.register_call(sync.collections) is 'The call that makes a registered table anew what it should be.';

create function sync.find_in_tables() returns setof sync.finding
language sql stable set search_path = '' as $$
  with registered as (
    select c as collection, c.*, t.relrowsecurity, n.nspname, exists (select from pg_policy p where p.polrelid = c.relation) as has_policy,
           (select string_agg(m, ', ') from unnest(array[c.scope_column::text, 'id', 'sync_version', 'sync_xid']) m
             where not exists (select from pg_attribute a where a.attrelid = c.relation and a.attname = m and a.attnum > 0 and not a.attisdropped)) as lost,
           (select string_agg(s, ', ') from unnest(c.server_columns) s
             where not exists (select from pg_attribute a where a.attrelid = c.relation and a.attname = s and a.attnum > 0 and not a.attisdropped)) as unreserved
      from sync.collections c join pg_class t on t.oid = c.relation join pg_namespace n on n.oid = t.relnamespace
  )
  select 'error', c.name, 'The table was dropped, and every pull fails.', format('select sync.unregister_table(%s::oid::regclass);', c.relation::oid)
    from sync.collections c where not exists (select from pg_class t where t.oid = c.relation)
  union all
  select 'error', r.relation::text, 'It has no row level security: every user pulls every row.', format('alter table %s enable row level security;', r.relation)
    from registered r where not r.relrowsecurity
  union all
  select 'warning', r.relation::text, 'It has no policy: nobody sees its rows.',
         format('create policy "members see" on %s for select to authenticated using (%I in (select unnest(sync.my_scopes())));', r.relation, r.scope_column)
    from registered r where r.relrowsecurity and not r.has_policy
  union all
  select 'error', r.relation::text, 'authenticated may not read it: every pull fails.', format('grant select on %s to authenticated;', r.relation)
    from registered r where not has_table_privilege('authenticated', r.relation, 'select')
  union all
  select 'error', r.relation::text, 'authenticated may not use its schema: every pull fails.', format('grant usage on schema %I to authenticated;', r.nspname)
    from registered r where not has_schema_privilege('authenticated', r.nspname, 'usage')
  union all
  select 'hint', r.relation::text, 'authenticated may write none of it: every push to it is refused.', format('grant insert, update, delete on %s to authenticated;', r.relation)
    from registered r where not has_any_column_privilege('authenticated', r.relation, 'insert') and not has_any_column_privilege('authenticated', r.relation, 'update')
     and not has_table_privilege('authenticated', r.relation, 'delete')
  union all
  select 'error', r.relation::text, format('It has lost what sync needs: %s. Writes to it, or pulls, fail.', r.lost),
         case when r.lost like '%sync_%' then sync.register_call(r.collection) else 'Register it again with the scope column that it has now: select sync.register_table(…);' end
    from registered r where r.lost is not null
  union all
  select 'warning', r.relation::text, format('A column that is reserved for the server is not there: %s.', r.unreserved), sync.register_call(r.collection)
    from registered r where r.unreserved is not null
  union all
  select 'warning', r.relation::text, 'It has no index on its scope and sync_xid: every pull reads it whole.',
         format('create index on %s (%I, sync_xid);', r.relation, r.scope_column)
    from registered r where r.lost is null and not sync.has_index(r.collection)
  union all
  select 'warning', r.relation::text, format('It refers to %s, which was registered after it: devices get rows before those that they hang on.', p.relation),
         format('select sync.unregister_table(%1$L); %2$s', r.relation::text, sync.register_call(r.collection))
    from registered r join pg_constraint k on k.conrelid = r.relation and k.contype = 'f' join sync.collections p on p.relation = k.confrelid
   where p.ordinal > r.ordinal
  union all
  select 'hint', t.oid::regclass::text, format('It has a column %s, as synced tables have, and is not synced.', a.attname),
         format('select sync.register_table(%L, %L);', t.oid::regclass::text, a.attname)
    from pg_class t join pg_attribute a on a.attrelid = t.oid and not a.attisdropped and a.atttypid = 'uuid'::regtype
   where t.relkind = 'r' and has_table_privilege('authenticated', t.oid, 'select')
     and t.relnamespace in (select k.relnamespace from pg_class k join sync.collections c on c.relation = k.oid)
     and a.attname in (select c.scope_column from sync.collections c where c.scope_column <> 'id')
     and not exists (select from sync.collections c where c.relation = t.oid)
$$;
comment on function sync.find_in_tables() is 'Registered tables that are not what they were when they were registered, and tables that perhaps should be.';

create function sync.find_in_triggers() returns setof sync.finding
language sql stable set search_path = '' as $$
  with expected as (
    select c as collection, c.relation, 'zz_sync_' || e.part as name, e.kind, coalesce(e.function, 'note_changes_' || c.ordinal) as function, sync.change_trigger_source(c) as source
      from sync.collections c join pg_class t on t.oid = c.relation
     cross join (values ('stamp', 23, 'stamp_row'), ('move', 17, 'note_move'), ('truncate', 32, 'note_truncate'),
                        ('insert', 4, null), ('update', 16, null), ('delete', 8, null)) e (part, kind, function)
  ), found as (
    select e.*, case when g.oid is null then 'is missing'
                     when g.tgenabled not in ('O', 'A') then 'is disabled'
                     when p.proname <> e.function or p.pronamespace <> 'sync'::regnamespace or g.tgtype <> e.kind then 'does something else'
                     when e.name in ('zz_sync_insert', 'zz_sync_update', 'zz_sync_delete') and p.prosrc <> e.source
                       then 'calls a function that was made for other columns or changed' end as fault
      from expected e left join pg_trigger g on g.tgrelid = e.relation and g.tgname = e.name left join pg_proc p on p.oid = g.tgfoid
  )
  select 'error', f.relation::text, format('Its trigger %s %s: what is written to it does not reach the devices.', f.name, f.fault), sync.register_call(f.collection)
    from found f where f.fault is not null
  union all
  select 'warning', c.relation::text, format('Its trigger %s fires after the row was stamped: what it changes may get no version.', g.tgname),
         format('alter trigger %I on %s rename to %I;', g.tgname, c.relation, left('a_' || g.tgname, 63))
    from sync.collections c join pg_trigger g on g.tgrelid = c.relation and not g.tgisinternal
   where g.tgtype & 3 = 3 and g.tgtype & 20 <> 0 and g.tgname > 'zz_sync_stamp'
  union all
  select 'error', 'sync.commits', 'Its trigger number_at_commit is missing or disabled: nothing that is written by plain SQL reaches the devices.',
         'alter table sync.commits enable trigger number_at_commit; select sync.begin_epoch();'
   where not exists (select from pg_trigger g where g.tgrelid = 'sync.commits'::regclass and g.tgname = 'number_at_commit' and g.tgenabled in ('O', 'A'))
$$;
comment on function sync.find_in_triggers() is 'Triggers that are missing, disabled or changed, and such as fire too late.';

create function sync.find_in_grants() returns setof sync.finding
language sql stable set search_path = '' as $$
  select 'error', 'the API', 'The schema sync is exposed through it: its functions trust their caller.',
         format('Take sync out of %s, in the settings of the API.', e.setting)
    from (select split_part(s, '=', 2) as setting from pg_db_role_setting d cross join unnest(d.setconfig) s where s like 'pgrst.db_schemas=%') e
   where 'sync' = any (regexp_split_to_array(e.setting, '\s*,\s*'))
  union all
  select 'error', 'sync', format('%s may use the schema.', r.name), format('revoke usage on schema sync from %s;', r.name)
    from (values ('anon'), ('public')) r (name) where has_schema_privilege(r.name, 'sync', 'usage')
  union all
  select 'error', t.oid::regclass::text, format('%s may do more with it than it should.', r.name),
         format('revoke all on %s from %s;', t.oid::regclass, r.name)
         || case when r.name = 'authenticated' and t.relname in ('collections', 'settings') then format(' grant select on %s to authenticated;', t.oid::regclass) else '' end
    from pg_class t cross join (values ('anon'), ('authenticated')) r (name)
   where t.relnamespace = 'sync'::regnamespace and t.relkind = 'r'
     and has_table_privilege(r.name, t.oid, case when r.name = 'authenticated' and t.relname in ('collections', 'settings')
                                                 then 'insert, update, delete, truncate' else 'select, insert, update, delete, truncate' end)
  union all
  select 'error', t.oid::regclass::text, 'It has no row level security.', format('alter table %s enable row level security;', t.oid::regclass)
    from pg_class t where t.relnamespace = 'sync'::regnamespace and t.relkind = 'r' and not t.relrowsecurity
  union all
  select 'error', p.oid::regprocedure::text, 'anon may call it.', format('revoke execute on function %s from public, anon;', p.oid::regprocedure)
    from pg_proc p where p.pronamespace = 'sync'::regnamespace and has_function_privilege('anon', p.oid, 'execute')
  union all
  select 'error', p.oid::regprocedure::text, 'It runs as its owner: row level security decides nothing.', format('alter function %s security invoker;', p.oid::regprocedure)
    from pg_proc p where p.prosecdef and p.oid in ('public.sync_push(json,text)'::regprocedure, 'public.sync_pull(jsonb)'::regprocedure,
                                                   'sync.push(json,text)'::regprocedure, 'sync.pull(jsonb)'::regprocedure)
  union all
  select 'error', f.function::regprocedure::text, format('%s may not call it.', r.name), format('grant execute on function %s to %s;', f.function::regprocedure, r.name)
    from (values ('public.sync_push(json,text)'), ('public.sync_pull(jsonb)')) f (function) cross join (values ('anon'), ('authenticated')) r (name)
   where not has_function_privilege(r.name, f.function::regprocedure, 'execute')
  union all
  select 'error', p.oid::regprocedure::text, 'It is still the one that the app is to replace: nobody sees anything.',
         'create or replace function … : see the migration sync_membership.'
    from pg_proc p where p.oid in ('sync.my_scopes()'::regprocedure, 'sync.my_writable_scopes()'::regprocedure, 'sync.scope_members(uuid)'::regprocedure)
     and btrim(p.prosrc) = 'select ''{}''::uuid[]'
$$;
comment on function sync.find_in_grants() is 'Who may reach what they should not, and the other way round.';

create function sync.find_in_server() returns setof sync.finding
language plpgsql stable set search_path = '' as $$
declare
  policy constant text := 'create policy "a user hears their own pokes" on realtime.messages for select to authenticated '
    'using ((select realtime.topic()) = ''sync:'' || (select auth.uid())::text);';
  job    constant text := 'select cron.schedule(''stowaway-gc'', ''*/10 * * * *'', ''select sync.gc()'');';
  is_scheduled boolean := false;
begin
  if to_regclass('realtime.messages') is null or to_regprocedure('realtime.send(jsonb,text,text,boolean)') is null then
    return next ('hint', 'Realtime', 'It is not there: devices learn of what others did when they poll.', 'Enable Realtime in the project.')::sync.finding;
  elsif not exists (select from pg_policy p where p.polrelid = to_regclass('realtime.messages') and p.polcmd in ('r', '*')
                       and pg_get_expr(p.polqual, p.polrelid) like '%''sync:''%') then
    return next ('warning', 'realtime.messages', 'No policy lets users hear their pokes: devices learn of what others did when they poll.', policy)::sync.finding;
  end if;
  if exists (select from sync.commits c where c.xid >= pg_snapshot_xmax(pg_current_snapshot())
                and c.xid is distinct from pg_current_xact_id_if_assigned()) then
    return next ('error', 'sync.commits', 'It holds numbers of transactions that are yet to come: the database was restored from a dump, and began no new epoch.',
                 'select sync.begin_epoch();')::sync.finding;
  end if;
  if exists (select from sync.commits c where c.seq is null and c.xid < pg_snapshot_xmin(pg_current_snapshot())) then
    return next ('error', 'sync.commits', 'Some have no number: what they wrote reaches no device.', 'select sync.begin_epoch();')::sync.finding;
  end if;
  if to_regclass('cron.job') is not null then
    execute 'select exists (select from cron.job where command like ''%sync.gc(%'' and active)' into is_scheduled;
    if not is_scheduled then
      return next ('hint', 'sync.gc()', 'Nothing calls it: old deletes and the log stay for ever.', job)::sync.finding;
    end if;
  else
    return next ('hint', 'sync.gc()', 'There is no pg_cron to call it: old deletes and the log stay for ever, unless something else does.',
                 'create extension pg_cron; ' || job)::sync.finding;
  end if;
  if (select c.at from sync.commits c order by c.xid limit 1) < now() - 2 * (select s.tombstones_kept from sync.settings s) - interval '1 day' then
    return next ('warning', 'sync.gc()', 'It does not keep up: there are commits twice as old as they should be.', 'select sync.gc(100000);')::sync.finding;
  end if;
end $$;
comment on function sync.find_in_server() is 'What surrounds the tables: Realtime, the history, the schedule.';

create function sync.doctor() returns setof sync.finding
language sql stable set search_path = '' as $$
  select (f).* from (select sync.find_in_tables() union all select sync.find_in_triggers() union all select sync.find_in_grants()
                     union all select sync.find_in_server()) s (f)
   order by array_position('{error,warning,hint}', (f).severity), (f).object, (f).problem
$$;
comment on function sync.doctor() is
  'What is wrong, the worst first, each with its cure. Nothing: all is well. For the owner of the database; changes nothing.';

revoke execute on function sync.register_call(sync.collections), sync.find_in_tables(), sync.find_in_triggers(), sync.find_in_grants(),
  sync.find_in_server(), sync.doctor() from public;
