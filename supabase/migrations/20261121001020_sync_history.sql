-- Stowaway's server half: who did what. The log of operations, for the members of a scope to read.

create function sync.entries_of_row(collection int, id uuid, before bigint, at_most int) returns setof sync.operations
language sql stable security definer set search_path = '' set enable_seqscan = off as $$
  select o.* from sync.operations o
   where o.row_id = id and o.collection = $1 and o.proven and o.entry < before and o.scope_id in (select unnest(sync.my_scopes()))
   order by o.entry desc limit at_most
$$;
comment on function sync.entries_of_row(int, uuid, bigint, int) is
  'The last entries about a row, newest first, of those that were made while it was in a scope of the caller''s.';

create function sync.entries_of_scope(scope uuid, before bigint, at_most int) returns setof sync.operations
language sql stable security definer set search_path = '' set enable_seqscan = off as $$
  select o.* from sync.operations o
   where o.scope_id = scope and o.proven and o.entry < before and scope in (select unnest(sync.my_scopes()))
   order by o.entry desc limit at_most
$$;
comment on function sync.entries_of_scope(uuid, bigint, int) is 'The last entries of a scope, newest first, if it is one of the caller''s.';

create function sync.may_see(entries sync.operations[]) returns uuid[]
language plpgsql stable set search_path = '' set enable_seqscan = off as $$
declare
  collection sync.collections;
  ids        uuid[];
  visible    uuid[];
  seen       uuid[] := '{}';
begin
  for collection in select c.* from sync.collections c where c.ordinal in (select e.collection from unnest(entries) e) loop
    ids := array(select distinct e.row_id from unnest(entries) e where e.collection = collection.ordinal);
    execute format('select coalesce(array_agg(t.id), ''{}'') from %s t where t.id = any ($1)', collection.relation)
      into visible using ids;
    seen := seen || visible || sync.buried(collection.ordinal, ids);
  end loop;
  return seen;
end $$;
comment on function sync.may_see(sync.operations[]) is
  'The rows of these entries that the caller may know of: those that row level security shows, and those that were deleted from '
  'a scope of the caller''s, as long as its tombstone is kept. So the log shows nothing that the tables hide.';

create function sync.history_page(entries sync.operations[], at_most int) returns json
language sql stable set search_path = '' as $$
  select json_build_object(
    'entries', coalesce(json_agg(json_build_object(
      'entry', e.entry, 'op_id', e.op_id, 'user', e.user_id, 'device', e.device, 'collection', c.name, 'kind', e.kind, 'id', e.row_id,
      'scope', e.scope_id, 'patch', e.patch, 'base', e.base, 'add', e.add, 'edited_at', e.edited_at, 'at', e.at,
      'version', e.version, 'status', e.status) order by e.entry desc), '[]'),
    'before', case when cardinality(entries) = at_most then entries[at_most].entry end)
    from unnest(entries) e join sync.collections c on c.ordinal = e.collection where e.row_id = any (sync.may_see(entries))
$$;
comment on function sync.history_page(sync.operations[], int) is
  'before: where the next page begins; null: this was the last. A page may hold fewer entries than were asked for, or none, and not be it.';

create function sync.refuse_malformed_history(at_most int) returns void
language plpgsql stable set search_path = '' as $$
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and ask again.' using errcode = 'PT401';
  end if;
  if at_most is null or at_most not between 1 and 200 then
    raise exception 'A page of the history holds 1 to 200 entries.' using errcode = 'PT400';
  end if;
end $$;
comment on function sync.refuse_malformed_history(int) is 'What both histories ask for before they look.';

create function public.sync_history(collection text, id uuid, before bigint default null, at_most int default 50) returns json
language plpgsql stable security invoker set search_path = '' as $$
declare
  ordinal int := (select c.ordinal from sync.collections c where c.name = collection);
begin
  perform sync.refuse_malformed_history(at_most);
  if ordinal is null then
    raise exception 'There is no synced collection of this name.' using errcode = 'PT404';
  end if;
  return sync.history_page(
    array(select e from sync.entries_of_row(ordinal, id, coalesce(before, 9223372036854775807), at_most) e order by e.entry desc), at_most);
end $$;
comment on function public.sync_history(text, uuid, bigint, int) is
  'What was done to a row, by pushes, newest first: {entries, before}; see packages/sync/SPEC.md. Of what plain SQL wrote there is '
  'no more than who and when, in the row''s last commit: not here.';

create function public.sync_scope_history(scope uuid, before bigint default null, at_most int default 50) returns json
language plpgsql stable security invoker set search_path = '' as $$
begin
  perform sync.refuse_malformed_history(at_most);
  return sync.history_page(
    array(select e from sync.entries_of_scope(scope, coalesce(before, 9223372036854775807), at_most) e order by e.entry desc), at_most);
end $$;
comment on function public.sync_scope_history(uuid, bigint, int) is
  'What was done in a scope, by pushes, newest first, for its members; as public.sync_history.';

revoke execute on all functions in schema sync from public;
grant execute on function sync.entries_of_row(int, uuid, bigint, int), sync.entries_of_scope(uuid, bigint, int),
  sync.may_see(sync.operations[]), sync.history_page(sync.operations[], int), sync.refuse_malformed_history(int) to authenticated;
revoke execute on function public.sync_history(text, uuid, bigint, int), public.sync_scope_history(uuid, bigint, int)
  from public, anon, authenticated, service_role;
grant execute on function public.sync_history(text, uuid, bigint, int), public.sync_scope_history(uuid, bigint, int) to authenticated;
