-- Stowaway's server half: what a device need not pull, because it has pushed it itself.
-- In every doubt the device pulls its own rows once more, which costs a few bytes. A cursor that passed a row which the device
-- does not hold exactly as it is here would lose it.

create function sync.own_commit() returns table (scope_id uuid, seq bigint)
language sql stable security definer set search_path = '' as $$
  select c.scope_id, c.seq from sync.commits c
   where c.xid = pg_current_xact_id_if_assigned() and c.event = 'written' and c.scope_id in (select unnest(sync.my_scopes()))
$$;
comment on function sync.own_commit() is 'The numbers of the running transaction in the scopes that the caller sees.';

create function sync.writes_as_told(relation regclass) returns boolean
language sql stable set search_path = '' as $$
  select not exists (select from pg_trigger t where t.tgrelid = relation and not t.tgisinternal and t.tgname <> 'zz_sync_stamp'
                        and t.tgtype & 18 = 18)  -- before, update
     and not exists (select from pg_attribute a where a.attrelid = relation and a.attgenerated <> '' and not a.attisdropped)
     and not exists (select from pg_class c where c.oid = relation and c.relhasrules)
$$;
comment on function sync.writes_as_told(regclass) is
  'Whether an update of this table changes the columns that it names, and no others.';

create function sync.known_rows(ops sync.op[], answers sync.answer[]) returns uuid[]
language plpgsql stable set search_path = '' as $$
declare
  collection sync.collections;
  found      uuid[];
  known      uuid[] := '{}';
begin
  for collection in select c.* from sync.collections c where c.name in (select o.collection from unnest(ops) o) loop
    execute format($q$
        select array_agg(t.%2$I) from unnest($1) o join unnest($2) a on a.ordinal = o.ordinal and o.collection = $3
               cross join lateral (select * from %1$s t where t.id = o.id and t.sync_xid = pg_current_xact_id_if_assigned()
                                      and t.sync_version = a.version offset 0) t
         where a.status = 'merged'
            or ($4 and a.status = 'applied' and o.kind = 'update' and o.add = '{}' and to_jsonb(t.*) @> o.patch) $q$,
        collection.relation, collection.scope_column)
      into found using ops, answers, collection.name, sync.writes_as_told(collection.relation);
    known := known || coalesce(found, '{}');
  end loop;
  return known;
end $$;
comment on function sync.known_rows(sync.op[], sync.answer[]) is
  'For each row that is now as the device knows it from its op and the answer: its scope. Values are compared as the device '
  'sent them, because a date or a number may come back in another form. Nothing but the update has touched them, so that what '
  'contains the patch is the patch.';

create function sync.advance(ops sync.op[], answers sync.answer[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  scopes uuid[];
  seqs   bigint[];
  known  uuid[];
  counts int[];
begin
  if not (select coalesce(bool_and(a.status in ('applied', 'merged')), false) from unnest(answers) a) then return '{}'; end if;
  select array_agg(c.scope_id), array_agg(c.seq) into scopes, seqs from sync.own_commit() c;
  -- What waits for the end of the transaction may write after this.
  if scopes is null or exists (select from pg_trigger t where t.tgdeferrable and not t.tgisinternal
                                  and t.tgrelid <> 'sync.commits'::regclass) then return '{}'; end if;
  known := sync.known_rows(ops, answers);
  if known = '{}' then return '{}'; end if;
  counts := sync.count_changes(scopes, array_fill(pg_current_xact_id_if_assigned(), array[cardinality(scopes)]));
  return (select coalesce(jsonb_object_agg(w.scope_id, jsonb_build_array((w.seq - 1)::text, w.seq::text)), '{}')
            from unnest(scopes, seqs, counts) w (scope_id, seq, changes)
           where w.changes = (select count(*) from unnest(known) k where k = w.scope_id));
end $$;
comment on function sync.advance(sync.op[], sync.answer[]) is
  'Scopes in which the commit of this push holds nothing but rows that the device knows exactly: a cursor that stands before '
  'it may be put behind it. Not creates, in which the server fills in columns, nor deletes, nor what adds to counters.';

revoke execute on function sync.own_commit(), sync.writes_as_told(regclass), sync.known_rows(sync.op[], sync.answer[]),
  sync.advance(sync.op[], sync.answer[]) from public;
grant execute on function sync.own_commit(), sync.writes_as_told(regclass), sync.known_rows(sync.op[], sync.answer[]),
  sync.advance(sync.op[], sync.answer[]) to authenticated;
