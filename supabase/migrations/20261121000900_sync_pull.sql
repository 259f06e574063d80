-- Stowaway's server half: reading what changed. Everything here is STABLE, so that all queries of one pull see one
-- snapshot: the counter and the rows below it are of the same moment, which a volatile function would not promise.
-- What a table holds is read as the caller, under row level security; what sync remembers, through functions that look at
-- the caller's scopes only. Probes are pinned to their index (LATERAL … OFFSET 0, and no sequential scans), because statistics
-- taken when a table was small make the planner read it whole.

create type sync.wanted as (
  scope_id uuid, seq bigint, since bigint, after_collection int, after_id uuid, whole boolean, reset boolean, behind boolean
);
comment on type sync.wanted is
  'A scope that has something for the caller. seq: its counter now. since: the cursor. whole: to be sent from the start, or '
  'from behind (after_collection, after_id). reset: the client has rows of it that may be gone. behind: the client has seen more.';

create type sync.page as (rows text[], scopes jsonb, deleted jsonb, reset uuid[], size int, more boolean);
comment on type sync.page is 'Part of an answer. rows: per collection, by its ordinal, a json array as text.';

create function sync.epoch() returns uuid
language sql stable security definer set search_path = '' as $$ select epoch from sync.server $$;
comment on function sync.epoch() is 'Names this history: see sync.server.';

create function sync.my_counters() returns table (scope_id uuid, seq bigint, floor bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
  return query
    select m.scope_id, s.seq, s.floor from (select distinct unnest(sync.my_scopes())) m (scope_id)
     cross join lateral (select k.seq, k.floor from sync.scopes k where k.scope_id = m.scope_id offset 0) s;
end $$;
comment on function sync.my_counters() is
  'The counters of the caller''s scopes. One without a counter was never written to.';

create function sync.schema_hash() returns text
language plpgsql stable security definer set search_path = '' as $$
begin
  return (select bit_xor(hashtextextended(concat_ws(' ', c.name, c.scope_column, a.attname), a.atttypid::bigint))
            from sync.collections c join pg_catalog.pg_attribute a on a.attrelid = c.relation and a.attnum > 0 and not a.attisdropped);
end $$;
comment on function sync.schema_hash() is
  'Names the form of the rows: the collections with their columns and types. Where it changes, clients fetch everything anew, '
  'because a table that is registered and a column that is added may hold what their cursors have passed. Asked of the '
  'catalogue by each poll, so that no migration can forget it; as a sum without order, which is four times as cheap as a text.';

create function sync.etag() returns text
language sql stable set search_path = '' as $$
  select md5(concat_ws(',', auth.uid(), sync.epoch(), sync.schema_hash(), string_agg(c.scope_id || ':' || c.seq, ',' order by c.scope_id)))
    from sync.my_counters() c
$$;
comment on function sync.etag() is
  'Changes whenever the caller could pull something, or has won or lost a scope. An idle poll reads the counters and no rows.';

create function sync.commits_since(scopes uuid[], since bigint[], at_most int)
returns table (scope_id uuid, xid xid8, seq bigint)
language sql stable security definer set search_path = '' as $$
  select w.scope_id, c.xid, c.seq from unnest(scopes, since) w (scope_id, since)
   cross join lateral (select k.xid, k.seq from sync.commits k
                        where k.scope_id = w.scope_id and k.seq > w.since order by k.seq limit at_most) c
   where w.scope_id in (select unnest(sync.my_scopes())) order by w.scope_id, c.seq limit at_most
$$;
comment on function sync.commits_since(uuid[], bigint[], int) is
  'The commits above the cursors, scope by scope, those without rows included: where as many come as were asked for, there may be more.';

create function sync.tombstones_of(scopes uuid[], xids xid8[])
returns table (nth int, collection text, row_id uuid, scope_id uuid, version bigint)
language sql stable security definer set search_path = '' as $$
  select w.nth::int, c.name, t.row_id, t.scope_id, t.version from unnest(scopes, xids) with ordinality w (scope_id, xid, nth)
   cross join lateral (select * from sync.tombstones k where k.scope_id = w.scope_id and k.xid = w.xid offset 0) t
   join sync.collections c on c.ordinal = t.collection
   where w.scope_id in (select unnest(sync.my_scopes()))
$$;
comment on function sync.tombstones_of(uuid[], xid8[]) is 'What left the scopes in these commits.';

create function sync.read_cursors(cursors jsonb)
returns table (scope_id uuid, since bigint, after_collection int, after_id uuid)
language plpgsql stable set search_path = '' as $$
declare
  uuid_pattern constant text := '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
begin
  if jsonb_typeof(cursors) <> 'object' or exists (
    select from jsonb_each(cursors) c
     where c.key !~ ('^' || uuid_pattern || '$') or (c.value <> 'null' and (jsonb_typeof(c.value) <> 'string'
        or c.value #>> '{}' !~ ('^[0-9]{1,18}(:[0-9]{1,9}:' || uuid_pattern || ')?$')))) then
    raise exception 'The cursors must be those of an earlier answer, by scope; drop them to fetch everything.'
      using errcode = 'PT400';
  end if;
  return query
    select c.key::uuid, split_part(c.value, ':', 1)::bigint, nullif(split_part(c.value, ':', 2), '')::int,
           nullif(split_part(c.value, ':', 3), '')::uuid
      from jsonb_each_text(cursors) c;
end $$;
comment on function sync.read_cursors(jsonb) is
  'A cursor is "seq", or while a scope is being sent whole "seq:collection:id": the counter when that began, and the last row '
  'sent. The counter is kept because what changes meanwhile is found above it. null: the client has nothing of the scope.';

create function sync.gone(cursors jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'scope', s.scope_id, 'reason', case when s.deleted then 'deleted' else 'revoked' end)), '[]')
    from sync.read_cursors(cursors) c join sync.scopes s on s.scope_id = c.scope_id and s.seq >= c.since
   where s.scope_id not in (select unnest(sync.my_scopes()))
$$;
comment on function sync.gone(jsonb) is
  'Scopes that a client has a cursor of and its user no longer sees. One that was never written to here is left out: it was '
  'created offline and is yet to be pushed. So is one of which the client has seen more than there is here: who its members '
  'are by now is not known here either.';

create function sync.wanted_scopes(cursors jsonb, named_only boolean) returns setof sync.wanted
language sql stable set search_path = '' as $$
  select w.scope_id, w.seq, case when w.kept then w.since else w.seq end,
         case when w.kept then w.after_collection end, case when w.kept then w.after_id end,
         not w.kept or w.after_id is not null, w.since is not null and not w.kept, coalesce(w.since > w.seq, false)
    from (select s.scope_id, s.seq, c.since, c.after_collection, c.after_id,
                 coalesce(c.since between s.floor and s.seq, false) as kept
            from sync.my_counters() s left join sync.read_cursors(cursors) c using (scope_id)
           where not named_only or cursors ? s.scope_id::text) w
   where w.since is distinct from w.seq or w.after_id is not null
   order by w.scope_id
$$;
comment on function sync.wanted_scopes(jsonb, boolean) is
  'Compares cursors with counters. A cursor below the floor has missed deletes; one above the counter is from another history, '
  'or has been given by a server that this one lags behind. Both are answered with the scope anew.';

create function sync.append_rows(rows text[], ordinal int, more text) returns text[]
language plpgsql immutable set search_path = '' as $$
begin
  -- By text, because a row is never taken apart here: '[a]' and '[b]' become '[a,b]'.
  if more is not null then
    rows[ordinal] := coalesce(left(rows[ordinal], -1) || ',' || substr(more, 2), more);
  end if;
  return rows;
end $$;
comment on function sync.append_rows(text[], int, text) is 'Adds a json array of rows to a collection''s.';

create function sync.rows_by_id(rows text[], ordinals int[], ids uuid[]) returns text[]
language plpgsql stable set search_path = '' as $$
declare
  collection sync.collections;
  found text;
begin
  for collection in select c.* from sync.collections c where c.ordinal = any (ordinals) order by c.ordinal loop
    execute format('select json_agg(row_to_json(t.*))::text from unnest($1, $2) k (ordinal, id)
                      cross join lateral (select * from %s t where t.id = k.id offset 0) t where k.ordinal = $3',
                   collection.relation)
      into found using ordinals, ids, collection.ordinal;
    rows := sync.append_rows(rows, collection.ordinal, found);
  end loop;
  return rows;
end $$;
comment on function sync.rows_by_id(text[], int[], uuid[]) is 'Whole rows, added to those of a page.';

revoke execute on all functions in schema sync from public;
grant execute on function sync.epoch(), sync.my_counters(), sync.schema_hash(), sync.etag(), sync.gone(jsonb), sync.commits_since(uuid[], bigint[], int),
  sync.tombstones_of(uuid[], xid8[]), sync.read_cursors(jsonb), sync.wanted_scopes(jsonb, boolean),
  sync.append_rows(text[], int, text), sync.rows_by_id(text[], int[], uuid[]) to authenticated;
