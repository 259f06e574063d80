-- Stowaway's server half: which tables can be synced. What would fail later and less clearly is refused here, in a sentence that says what to do.

create function sync.check_keys(relation regclass, scope_column name) returns void
language plpgsql set search_path = '' as $$
declare
  keys     text[] := array(select a.attname::text from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k (attnum, place)
                             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
                            where i.indrelid = relation and i.indisprimary order by k.place);
  id_type  text := (select format_type(a.atttypid, null) from pg_attribute a
                     where a.attrelid = relation and a.attname = 'id' and a.attnum > 0 and not a.attisdropped);
  of_scope text := (select format_type(a.atttypid, null) from pg_attribute a
                     where a.attrelid = relation and a.attname = scope_column and a.attnum > 0 and not a.attisdropped);
begin
  if keys = '{}' then
    raise exception 'sync: % has no primary key. It needs (id uuid primary key): devices give out ids while offline.', relation using errcode = '42P16';
  elsif cardinality(keys) > 1 then
    raise exception 'sync: % has a primary key of several columns (%). Give it (id uuid primary key) and make those unique.',
      relation, array_to_string(keys, ', ') using errcode = '42P16';
  elsif keys[1] <> 'id' then
    raise exception 'sync: the primary key of % is called %; it must be called id.', relation, keys[1] using errcode = '42P16';
  elsif id_type <> 'uuid' then
    raise exception 'sync: the id of % is of type %, not uuid. Devices give out ids while offline, and numbers would be given twice.', relation, id_type
      using errcode = '42P16';
  elsif exists (select from pg_attribute a where a.attrelid = relation and a.attname in ('id', scope_column) and a.attgenerated <> '') then
    raise exception 'sync: the id or the scope of % is a generated column; devices must be able to write both.', relation using errcode = '42P16';
  end if;
  if of_scope is null then
    raise exception 'sync: % has no column % to be its scope. A scope is one column, such as that of the list which an entry belongs to; for the list itself it is id.',
      relation, coalesce(quote_ident(scope_column), 'null') using errcode = '42703';
  elsif of_scope <> 'uuid' then
    raise exception 'sync: the scope of %, the column %, is of type %, not uuid. Change it: alter table % alter column % type uuid using …::uuid.',
      relation, quote_ident(scope_column), of_scope, relation, quote_ident(scope_column) using errcode = '42804';
  end if;
end $$;
comment on function sync.check_keys(regclass, name) is 'A row must be named by one uuid and belong to one scope, which is one uuid too.';

create function sync.check_access(relation regclass) returns void
language plpgsql set search_path = '' as $$
declare
  folder name := (select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = relation);
begin
  if not exists (select from pg_class where oid = relation and relrowsecurity) then
    raise exception 'sync: % has no row level security; enable it first, or every user would pull every row: alter table % enable row level security.',
      relation, relation using errcode = '42501';
  end if;
  if not has_schema_privilege('authenticated', folder, 'usage') then
    raise exception 'sync: authenticated may not use the schema %, and every pull would fail: grant usage on schema % to authenticated.',
      quote_ident(folder), quote_ident(folder) using errcode = '42501';
  end if;
  if not has_table_privilege('authenticated', relation, 'select') then
    raise exception 'sync: authenticated may not read %, and every pull would fail: grant select on % to authenticated.', relation, relation
      using errcode = '42501';
  end if;
end $$;
comment on function sync.check_access(regclass) is 'A table that is open to all leaks; one that is closed to all stops everybody''s pulls.';

create function sync.check_name(relation regclass, collection text) returns void
language plpgsql set search_path = '' as $$
declare
  registered text := (select c.name from sync.collections c where c.relation = check_name.relation);
  other      regclass := (select c.relation from sync.collections c where c.name = collection and c.relation <> check_name.relation);
begin
  if collection = '' then
    raise exception 'sync: the collection of % needs a name.', relation using errcode = '22023';
  elsif registered <> collection then
    raise exception 'sync: % is registered as % already, and devices know it by that name. To rename it, call sync.unregister_table first.',
      relation, registered using errcode = '42710';
  elsif other is not null then
    raise exception 'sync: there is a collection % already, the table %. Give % a name of its own: sync.register_table(…, collection => ''…'').',
      collection, other, relation using errcode = '42710';
  end if;
end $$;
comment on function sync.check_name(regclass, text) is 'Two schemas may have a table of one name, and devices know collections by name alone.';

create function sync.check_registrable(relation regclass, scope_column name, server_columns name[]) returns void
language plpgsql set search_path = '' as $$
declare
  kind    text := (select case when c.relkind = 'p' then 'is partitioned; partitions have triggers and rows of their own'
                               when c.relispartition then 'is a partition'
                               when c.relkind in ('v', 'm') then 'is a view; register the tables behind it'
                               when c.relkind <> 'r' then 'is not an ordinary table'
                               when c.relpersistence = 't' then 'is temporary'
                               when c.relpersistence = 'u' then 'is unlogged; a crash would empty it without a trace'
                               when exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)) then 'inherits, or is inherited from' end
                     from pg_class c where c.oid = relation);
  missing text;
begin
  if kind is not null then
    raise exception 'sync: % cannot be synced: it %.', relation, kind using errcode = '42809';
  end if;
  perform sync.check_keys(relation, scope_column);
  perform sync.check_access(relation);
  select string_agg(s, ', ') into missing from unnest(server_columns) s
   where not exists (select from pg_attribute where attrelid = relation and attname = s and attnum > 0 and not attisdropped);
  if missing is not null then
    raise exception 'sync: % has no column % to reserve for the server.', relation, missing using errcode = '42703';
  end if;
  if exists (select from pg_attribute a where a.attrelid = relation and not a.attisdropped and a.attname in ('sync_version', 'sync_xid'))
     and not exists (select from sync.collections c where c.relation = check_registrable.relation) then
    raise exception 'sync: % has columns sync_version or sync_xid of its own; rename them.', relation using errcode = '42701';
  end if;
end $$;
comment on function sync.check_registrable(regclass, name, name[]) is
  'Refuses what would fail later and less clearly, above all a table without row level security.';

revoke execute on function sync.check_keys(regclass, name), sync.check_access(regclass), sync.check_name(regclass, text),
  sync.check_registrable(regclass, name, name[]) from public;
