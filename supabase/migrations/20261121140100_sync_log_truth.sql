-- Stowaway's server half: the log says where a row was, and not where a device said that it was. An op that named another scope of
-- its author's, to which the same push wrote, was in the history of that scope, where nobody sees the row, and not in that of its own.

create function sync.misplaced(ops sync.op[], written uuid[]) returns table (ordinal int, scope_id uuid)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off as $$
declare
  collection sync.collections;
begin
  -- Nearly always there is nothing to ask: all of it is in the one scope that was written to.
  if not exists (select from unnest(ops) o where array[o.scope] <> written) then return; end if;
  for collection in select c.* from sync.collections c where c.name in (select o.collection from unnest(ops) o) loop
    return query execute format($q$
        select o.ordinal, coalesce(r.scope, b.scope) from unnest($1) o
          left join lateral (select t.%2$I as scope from %1$s t where t.id = o.id and o.kind <> 'delete' offset 0) r on true
          left join lateral (select k.scope_id as scope from sync.tombstones k
                              where k.row_id = o.id and k.collection = $2 and k.xid = pg_current_xact_id_if_assigned()
                              order by k.scope_id = o.scope desc limit 1) b on true
         where o.collection = $3 and coalesce(r.scope, b.scope) <> o.scope and b.scope is distinct from o.scope $q$,
        collection.relation, collection.scope_column)
      using ops, collection.ordinal, collection.name;
  end loop;
end $$;
comment on function sync.misplaced(sync.op[], uuid[]) is
  'Of ops that took effect, those whose row was in another scope than they said, and in which: by the row, or by the tombstone that '
  'this transaction has made of it. written: the scopes that the transaction wrote to.';

create or replace function sync.record_operations(ops sync.op[], answers sync.answer[], device text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  written uuid[] := array(select m.scope_id from sync.commits m where m.xid = pg_current_xact_id_if_assigned());
begin
  insert into sync.operations
    (user_id, op_id, device, collection, row_id, scope_id, kind, patch, base, add, edited_at, version, status, proven)
    select auth.uid(), o.op_id, left(device, 100), c.ordinal, o.id, coalesce(m.scope_id, o.scope), o.kind,
           case when o.add = '{}' then o.patch
                else o.patch || (select jsonb_object_agg(k, a."row" -> k) from jsonb_object_keys(o.add) k) end,
           case when o.kind in ('update', 'replace') then nullif(case
             -- Nobody asks what a device says was in columns that it does not change: of that the log keeps no more than a little.
             when pg_column_size(o.base) < 1000 or o.base - o.columns::text[] = '{}' then o.base
             else (select jsonb_object_agg(b.key, b.value) from jsonb_each(o.base) b where b.key = any (o.columns::text[])) end, '{}') end,
           nullif(o.add, '{}'), o.edited_at, a.version, a.status, coalesce(m.scope_id, o.scope) = any (written)
      from unnest(answers) a join unnest(ops) o on o.ordinal = a.ordinal join sync.collections c on c.name = o.collection
      left join sync.misplaced(ops, written) m on m.ordinal = o.ordinal
     where a.status in ('applied', 'merged') order by a.ordinal;
end $$;
comment on column sync.operations.scope_id is 'Where the row was, or what the device said where there is none.';
comment on column sync.operations.proven is
  'Whether its transaction wrote to the scope at all: an entry that is not proven makes nobody an author and is in no history.';
comment on column sync.operations.entry is
  'Rises within a scope, because pushes that may write to one wait for each other.';

revoke execute on function sync.misplaced(sync.op[], uuid[]) from public;
