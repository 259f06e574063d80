-- Stowaway's server half, 4 of 10: what makes a table synced.
-- Everything is done by triggers, so that writes by SQL, Studio or plain supabase-js sync like any other.

create function sync.stamp_row() returns trigger
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
  running xid8 := pg_current_xact_id();
  buried  bigint;
begin
  if tg_op = 'UPDATE' then
    -- Clients can never write these two.
    new.sync_version := old.sync_version;
    new.sync_xid := old.sync_xid;
    -- The same bytes: no news, so no version and nothing to pull.
    if new operator(pg_catalog.*=) old then return new; end if;
    if new.id <> old.id then
      raise exception 'The id of a row of % cannot be changed: delete the row and create another.', tg_table_name
        using errcode = '22023';
    end if;
    new.sync_version := greatest(old.sync_version + 1, running::text::bigint);
  else
    select max(t.version) into buried from sync.tombstones t
     where t.row_id = new.id and t.collection = tg_argv[0]::int;
    new.sync_version := greatest(coalesce(buried, 0) + 1, running::text::bigint);
  end if;
  new.sync_xid := running;
  return new;
end $$;
comment on function sync.stamp_row() is
  'Stamps a written row with its transaction and its next version. Versions of an id only rise, also across a delete and a '
  'new create: a device that knows the old row or its tombstone must see that the new one is later. Argument: the collection.';

create function sync.note_move() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  former uuid := to_jsonb(old) ->> tg_argv[1];
begin
  if former is null then return null; end if;
  insert into sync.commits (xid, scope_id) values (new.sync_xid, former) on conflict (xid, scope_id) do nothing;
  insert into sync.tombstones (row_id, collection, scope_id, xid, version)
    values (old.id, tg_argv[0]::int, former, new.sync_xid, new.sync_version)
  on conflict (row_id, collection, scope_id) do update set xid = excluded.xid, version = excluded.version;
  return null;
end $$;
comment on function sync.note_move() is
  'A row that moved to another scope leaves a tombstone where it was: those who see only the former scope lose it.';

create function sync.note_truncate() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into sync.commits (xid, scope_id, event)
    select pg_current_xact_id(), s.scope_id, tg_argv[0] from sync.scopes s
  on conflict (xid, scope_id) do update set event = excluded.event;
  return null;
end $$;
comment on function sync.note_truncate() is
  'TRUNCATE leaves no rows to make tombstones of, so every client fetches its scopes anew.';

create function sync.check_registrable(relation regclass, scope_column name, server_columns name[]) returns void
language plpgsql set search_path = '' as $$
declare
  missing text;
begin
  if not exists (select from pg_class where oid = relation and relkind = 'r' and not relispartition) then
    raise exception 'sync: % is not an ordinary table; views and partitions cannot be synced.', relation using errcode = '42809';
  end if;
  if not exists (select from pg_class where oid = relation and relrowsecurity) then
    raise exception 'sync: % has no row level security; enable it first, or every user would pull every row.', relation
      using errcode = '42501';
  end if;
  if not exists (select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                  where i.indrelid = relation and i.indisprimary and i.indnkeyatts = 1
                    and a.attname = 'id' and a.atttypid = 'uuid'::regtype) then
    raise exception 'sync: % needs the primary key (id uuid): devices give out ids while offline.', relation
      using errcode = '42P16';
  end if;
  if not exists (select from pg_attribute where attrelid = relation and attname = scope_column
                    and atttypid = 'uuid'::regtype and not attisdropped) then
    raise exception 'sync: % has no uuid column % to be its scope.', relation, scope_column using errcode = '42703';
  end if;
  select string_agg(s, ', ') into missing from unnest(server_columns) s
   where not exists (select from pg_attribute where attrelid = relation and attname = s and attnum > 0 and not attisdropped);
  if missing is not null then
    raise exception 'sync: % has no column % to reserve for the server.', relation, missing using errcode = '42703';
  end if;
end $$;
comment on function sync.check_registrable(regclass, name, name[]) is
  'Refuses what would fail later and less clearly, above all a table without row level security.';

create function sync.add_change_trigger(collection sync.collections) returns void
language plpgsql set search_path = '' as $outer$
declare
  body constant text := $template$
    create or replace function sync.%1$I() returns trigger
    language plpgsql security definer set search_path = '' set enable_seqscan = off as $body$
    declare
      running xid8 := pg_current_xact_id();
    begin
      if tg_op = 'DELETE' then
        insert into sync.commits (xid, scope_id, event)
          select distinct running, %2$I, %4$L from old_rows where %2$I is not null
        on conflict (xid, scope_id) do update set event = excluded.event where excluded.event = 'ended';
        insert into sync.tombstones (row_id, collection, scope_id, xid, version)
          select id, %3$s, %2$I, running, greatest(sync_version + 1, running::text::bigint)
            from old_rows where %2$I is not null
        on conflict (row_id, collection, scope_id) do update set xid = excluded.xid, version = excluded.version;
      else
        insert into sync.commits (xid, scope_id)
          select distinct running, %2$I from new_rows where sync_xid = running and %2$I is not null
        on conflict (xid, scope_id) do %5$s;
      end if;
      return null;
    end $body$
  $template$;
  name text := 'note_changes_' || collection.ordinal;
  kind record;
begin
  execute format(body, name, collection.scope_column, collection.ordinal,
    case when collection.scope_column = 'id' then 'ended' else 'written' end,
    -- A root that was deleted and made anew in one transaction: its scope has not ended, but lost all its rows.
    case when collection.scope_column = 'id' then 'update set event = ''emptied'' where commits.event = ''ended''' else 'nothing' end);
  execute format('revoke execute on function sync.%I() from public', name);
  execute format('comment on function sync.%I() is %L', name,
    'Once per statement on ' || collection.relation || ': notes the scopes that it wrote to, and buries deleted rows.');
  for kind in select * from (values ('insert', 'new'), ('update', 'new'), ('delete', 'old')) k (event, rows) loop
    execute format('create or replace trigger %I after %s on %s referencing %s table as %I
                      for each statement execute function sync.%I()',
      'zz_sync_' || kind.event, kind.event, collection.relation, kind.rows, kind.rows || '_rows', name);
  end loop;
end $outer$;
comment on function sync.add_change_trigger(sync.collections) is
  'One generated function per table: with the scope column''s name written out, its plans are cached and no row is turned '
  'into json. Per statement, because per row it cost a third of a bulk insert.';

create function sync.register_table(
  relation regclass, scope_column name, collection text default null, server_columns name[] default '{}'
) returns void
language plpgsql set search_path = '' as $$
declare
  table_name text := (select relname from pg_class where oid = relation);
  registered sync.collections;
begin
  perform sync.check_registrable(relation, scope_column, server_columns);
  insert into sync.collections as c (name, relation, scope_column, server_columns)
    values (coalesce(collection, table_name), relation, scope_column, server_columns)
  on conflict on constraint collections_relation_key do update
    set name = excluded.name, scope_column = excluded.scope_column, server_columns = excluded.server_columns
  returning c.* into registered;

  -- Rows written by others between the columns and the triggers would never be numbered.
  execute format('lock table %s in share row exclusive mode', relation);
  -- Constant defaults do not rewrite the table. The rows that are there belong to this transaction's commit.
  execute format('alter table %s add column if not exists sync_version bigint not null default 1,
                                 add column if not exists sync_xid xid8 not null default %L', relation, pg_current_xact_id());
  execute format('insert into sync.commits (xid, scope_id)
                    select distinct sync_xid, %1$I from %2$s where %1$I is not null and sync_xid = pg_current_xact_id()
                  on conflict (xid, scope_id) do nothing', scope_column, relation);
  execute format('create index if not exists %I on %s (%I, sync_xid)', left(table_name, 50) || '_sync', relation, scope_column);

  -- Triggers fire in the order of their names: zz, so that what other triggers change is stamped too.
  execute format('create or replace trigger zz_sync_stamp before insert or update on %s
                    for each row execute function sync.stamp_row(%L)', relation, registered.ordinal);
  execute format('create or replace trigger zz_sync_move after update on %s
                    for each row when (old.%I is distinct from new.%2$I) execute function sync.note_move(%L, %2$L)',
                 relation, scope_column, registered.ordinal);
  execute format('create or replace trigger zz_sync_truncate after truncate on %s
                    for each statement execute function sync.note_truncate(%L)',
                 relation, case when scope_column = 'id' then 'ended' else 'emptied' end);
  perform sync.add_change_trigger(registered);
end $$;
comment on function sync.register_table(regclass, name, text, name[]) is
  'Makes a table synced: two columns, an index and triggers. Register parents before children, after enabling row level '
  'security. Calling it again with other settings changes them. Policies and grants stay the app''s own affair.';

revoke execute on function sync.stamp_row(), sync.note_move(), sync.note_truncate(),
  sync.check_registrable(regclass, name, name[]), sync.add_change_trigger(sync.collections),
  sync.register_table(regclass, name, text, name[]) from public;
