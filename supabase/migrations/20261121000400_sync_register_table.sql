-- Stowaway's server half: what makes a table synced.
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

create function sync.change_trigger_source(collection sync.collections) returns text
language sql stable set search_path = '' as $outer$
  select format($body$
    declare
      running xid8 := pg_current_xact_id();
    begin
      if tg_op = 'DELETE' then
        insert into sync.commits (xid, scope_id, event)
          select distinct running, %1$I, %3$L from old_rows where %1$I is not null
        on conflict (xid, scope_id) do update set event = excluded.event where excluded.event = 'ended';
        insert into sync.tombstones (row_id, collection, scope_id, xid, version)
          select id, %2$s, %1$I, running, greatest(sync_version + 1, running::text::bigint)
            from old_rows where %1$I is not null
        on conflict (row_id, collection, scope_id) do update set xid = excluded.xid, version = excluded.version;
      else
        insert into sync.commits (xid, scope_id)
          select distinct running, %1$I from new_rows where sync_xid = running and %1$I is not null
        on conflict (xid, scope_id) do %4$s;
      end if;
      return null;
    end $body$, collection.scope_column, collection.ordinal,
    case when collection.scope_column = 'id' then 'ended' else 'written' end,
    -- A root that was deleted and made anew in one transaction: its scope has not ended, but lost all its rows.
    case when collection.scope_column = 'id' then 'update set event = ''emptied'' where commits.event = ''ended''' else 'nothing' end)
$outer$;
comment on function sync.change_trigger_source(sync.collections) is
  'One generated function per table: with the scope column''s name written out, its plans are cached and no row is turned '
  'into json.';

create function sync.add_change_trigger(collection sync.collections) returns void
language plpgsql set search_path = '' as $$
declare
  name text := 'note_changes_' || collection.ordinal;
  kind record;
begin
  execute format('create or replace function sync.%I() returns trigger
                    language plpgsql security definer set search_path = '''' set enable_seqscan = off as %L',
                 name, sync.change_trigger_source(collection));
  execute format('revoke execute on function sync.%I() from public', name);
  execute format('comment on function sync.%I() is %L', name,
    'Once per statement on ' || collection.relation || ': notes the scopes that it wrote to, and buries deleted rows.');
  for kind in select * from (values ('insert', 'new'), ('update', 'new'), ('delete', 'old')) k (event, rows) loop
    execute format('create or replace trigger %I after %s on %s referencing %s table as %I
                      for each statement execute function sync.%I()',
      'zz_sync_' || kind.event, kind.event, collection.relation, kind.rows, kind.rows || '_rows', name);
    execute format('alter table %s enable trigger %I', collection.relation, 'zz_sync_' || kind.event);
  end loop;
end $$;
comment on function sync.add_change_trigger(sync.collections) is
  'Per statement, because per row it cost a third of a bulk insert.';

create function sync.resend_rows(collection sync.collections) returns void
language plpgsql set search_path = '' as $$
begin
  execute format('insert into sync.commits (xid, scope_id, event)
                    select pg_current_xact_id(), s.scope_id, ''emptied''
                      from (select scope_id from sync.scopes where not deleted union select %1$I from %2$s where %1$I is not null) s
                  on conflict (xid, scope_id) do update set event = excluded.event', collection.scope_column, collection.relation);
end $$;
comment on function sync.resend_rows(sync.collections) is
  'Where rows have come to belong to other scopes without having been written: all scopes are fetched anew.';

create function sync.has_index(collection sync.collections) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from pg_index i
      join pg_attribute s on s.attrelid = i.indrelid and s.attnum = i.indkey[0] and s.attname = collection.scope_column
      join pg_attribute x on x.attrelid = i.indrelid and x.attnum = i.indkey[1] and x.attname = 'sync_xid'
     where i.indrelid = collection.relation and i.indisvalid and i.indpred is null)
$$;
comment on function sync.has_index(sync.collections) is 'Whether the rows of one commit in one scope can be found without reading others.';

create function sync.register_table(
  relation regclass, scope_column name, collection text default null, server_columns name[] default '{}'
) returns void
language plpgsql set search_path = '' as $$
declare
  former     sync.collections;
  registered sync.collections;
begin
  select c.* into former from sync.collections c where c.relation = register_table.relation;
  collection := coalesce(collection, former.name, (select relname from pg_class where oid = relation));
  perform sync.check_registrable(relation, scope_column, server_columns);
  perform sync.check_name(relation, collection);
  insert into sync.collections as c (name, relation, scope_column, server_columns)
    values (collection, relation, scope_column, server_columns)
  on conflict on constraint collections_relation_key do update
    set scope_column = excluded.scope_column, server_columns = excluded.server_columns
  returning c.* into registered;

  -- Rows written by others between the columns and the triggers would never be numbered.
  execute format('lock table %s in share row exclusive mode', relation);
  -- Constant defaults do not rewrite the table. The rows that are there belong to this transaction's commit, and their version is
  -- above any that they had, should the table have been registered before.
  execute format('alter table %s add column if not exists sync_version bigint not null default %s,
                                 add column if not exists sync_xid xid8 not null default %L',
                 relation, pg_current_xact_id(), pg_current_xact_id());
  execute format('insert into sync.commits (xid, scope_id)
                    select distinct sync_xid, %1$I from %2$s where %1$I is not null and sync_xid = pg_current_xact_id()
                  on conflict (xid, scope_id) do nothing', scope_column, relation);
  if former.scope_column <> scope_column then perform sync.resend_rows(registered); end if;
  if not sync.has_index(registered) then
    execute format('create index on %s (%I, sync_xid)', relation, scope_column);
  end if;

  -- Triggers fire in the order of their names: zz, so that what other triggers change is stamped too.
  execute format('create or replace trigger zz_sync_stamp before insert or update on %s
                    for each row execute function sync.stamp_row(%L)', relation, registered.ordinal);
  execute format('create or replace trigger zz_sync_move after update on %s
                    for each row when (old.%I is distinct from new.%2$I) execute function sync.note_move(%L, %2$L)',
                 relation, scope_column, registered.ordinal);
  execute format('create or replace trigger zz_sync_truncate after truncate on %s
                    for each statement execute function sync.note_truncate(%L)',
                 relation, case when scope_column = 'id' then 'ended' else 'emptied' end);
  execute format('alter table %s enable trigger zz_sync_stamp, enable trigger zz_sync_move, enable trigger zz_sync_truncate', relation);
  perform sync.add_change_trigger(registered);
end $$;
comment on function sync.register_table(regclass, name, text, name[]) is
  'Makes a table synced, in whatever schema: two columns, an index and triggers. Register parents before children, after enabling '
  'row level security and granting access. Calling it again with another scope or other server columns changes them, and puts '
  'right what sync.doctor() found. collection: the name that devices know it by, by default the table''s.';

create function sync.unregister_table(relation regclass) returns void
language plpgsql set search_path = '' as $$
declare
  registered sync.collections;
  part       text;
begin
  select c.* into registered from sync.collections c where c.relation = unregister_table.relation;
  if registered.ordinal is null then
    raise exception 'sync: % is not registered.', relation using errcode = '42704';
  end if;
  -- Dropped already: what the table had went with it.
  if exists (select from pg_class where oid = relation) then
    foreach part in array array['stamp', 'move', 'truncate', 'insert', 'update', 'delete'] loop
      execute format('drop trigger if exists %I on %s', 'zz_sync_' || part, relation);
    end loop;
    execute format('alter table %s drop column if exists sync_version, drop column if exists sync_xid', relation);
  end if;
  execute format('drop function if exists sync.%I()', 'note_changes_' || registered.ordinal);
  delete from sync.tombstones t where t.collection = registered.ordinal;
  delete from sync.collections c where c.ordinal = registered.ordinal;
end $$;
comment on function sync.unregister_table(regclass) is
  'Undoes sync.register_table: the rows stay, and sync no more; the columns go, and the index with them. The log keeps what was '
  'done, for PU1. Pushes to it are invalid from then on. A table that was dropped is named by its oid: see sync.doctor().';

revoke execute on function sync.stamp_row(), sync.note_move(), sync.note_truncate(),
  sync.change_trigger_source(sync.collections), sync.add_change_trigger(sync.collections), sync.resend_rows(sync.collections),
  sync.has_index(sync.collections), sync.register_table(regclass, name, text, name[]), sync.unregister_table(regclass) from public;
