-- Stowaway's server half: pages, and the pull itself.

create function sync.count_changes(scopes uuid[], xids xid8[]) returns int[]
language plpgsql stable set search_path = '' as $$
declare
  counters text := (select string_agg(format(
    'select w.nth, t.n from unnest($1, $2) with ordinality w (scope_id, xid, nth)
       cross join lateral (select count(*) as n from %s t where t.%I = w.scope_id and t.sync_xid = w.xid) t',
    c.relation, c.scope_column), ' union all ') from sync.collections c);
  counts int[];
begin
  execute 'select array_agg(n order by nth) from (
             select nth, sum(n)::int as n from (
               select nth, count(*) as n from sync.tombstones_of($1, $2) group by nth union all
               select nth, 0 from unnest($1) with ordinality w (scope_id, nth) union all ' || counters || ') c group by nth) s'
    into counts using scopes, xids;
  return counts;
end $$;
comment on function sync.count_changes(uuid[], xid8[]) is 'How many rows and tombstones each commit would add to a page.';

create function sync.changes_page(wanted sync.wanted[], room int, out page sync.page, out giant sync.wanted)
language plpgsql stable set search_path = '' as $$
declare
  collection sync.collections;
  scopes     uuid[];
  xids       xid8[];
  seqs       bigint[];
  counts     int[];
  fitting    int := 0;
  size       int := 0;
  found      text;
  deleted    jsonb;
begin
  page := ('{}', '{}', '[]', '{}', 0, false);
  select array_agg(c.scope_id), array_agg(c.xid), array_agg(c.seq) into scopes, xids, seqs
    from (select * from sync.commits_since(array(select w.scope_id from unnest(wanted) w),
                                           array(select w.since from unnest(wanted) w), room + 1)
           order by scope_id, seq) c;
  if scopes is null then return; end if;

  -- Whole commits only: a cursor stands between commits. One that no page can hold makes its scope be sent whole instead.
  counts := sync.count_changes(scopes, xids);
  while fitting < cardinality(scopes) and (size + counts[fitting + 1] <= room or fitting = 0) loop
    if counts[fitting + 1] > greatest(room, 10000) then
      giant := (select w from unnest(wanted) w where w.scope_id = scopes[1]);
      return;
    end if;
    fitting := fitting + 1;
    size := size + counts[fitting];
  end loop;

  -- Commits whose rows were all written again since take no room: as many as were asked for may fit, with more of them above.
  page.more := fitting < cardinality(scopes) or cardinality(scopes) > room;
  scopes := scopes[1:fitting];
  xids := xids[1:fitting];
  for collection in select c.* from sync.collections c order by c.ordinal loop
    execute format('select json_agg(row_to_json(t.*))::text from unnest($1, $2) w (scope_id, xid) cross join lateral
                      (select * from %s t where t.%I = w.scope_id and t.sync_xid = w.xid offset 0) t',
                   collection.relation, collection.scope_column)
      into found using scopes, xids;
    page.rows := sync.append_rows(page.rows, collection.ordinal, found);
  end loop;
  select coalesce(jsonb_agg(jsonb_build_object('collection', t.collection, 'id', t.row_id,
                                               'scope', t.scope_id, 'version', t.version)), '[]')
    into deleted from sync.tombstones_of(scopes, xids) t;
  page.deleted := deleted;
  page.scopes := (select jsonb_object_agg(c.scope_id, c.seq::text)
                    from (select u.scope_id, max(u.seq) as seq
                            from unnest(scopes, seqs[1:fitting]) u (scope_id, seq) group by u.scope_id) c);
  page.size := size;
end $$;
comment on function sync.changes_page(sync.wanted[], int) is
  'What was committed above the cursors, as many whole commits as there is room for, and at least one. giant: nothing was '
  'taken, because the first commit is too large for any page; its scope must be sent whole.';

create function sync.next_keys(wanted sync.wanted[], at_most int, out places int[], out ordinals int[], out ids uuid[])
language plpgsql stable set search_path = '' as $$
declare
  branches text := (select string_agg(format(
    '(select %1$s as ordinal, t.id from %2$s t
       where t.%3$I = w.scope_id and (%1$s, t.id) > (w.after_collection, w.after_id) order by t.id limit $2)',
    c.ordinal, c.relation, c.scope_column), ' union all ') from sync.collections c);
begin
  execute 'select array_agg(place), array_agg(ordinal), array_agg(id) from (
             select w.place, k.ordinal, k.id
               from (select place, scope_id, coalesce(after_collection, 0) as after_collection,
                            coalesce(after_id, ''00000000-0000-0000-0000-000000000000'') as after_id
                       from unnest($1) with ordinality w (scope_id, seq, since, after_collection, after_id, whole, reset, behind, place)) w
                    cross join lateral (' || branches || ') k
              order by 1, 2, 3 limit $2) k'
    into places, ordinals, ids using wanted, at_most;
end $$;
comment on function sync.next_keys(sync.wanted[], int) is
  'The next rows of these scopes, in the order of scopes, collections and ids, which no write can change.';

create function sync.whole_page(page sync.page, wanted sync.wanted[], room int) returns sync.page
language plpgsql stable set search_path = '' as $$
declare
  at_once constant int := 50;  -- scopes a query: enough to fill a page, without reading the keys of all
  first   int := 1;
  scope   sync.wanted;
  keys    record;
  last    int;
begin
  while first <= cardinality(wanted) and room > 0 loop
    select * into keys from sync.next_keys(wanted[first:first + at_once - 1], room) k;
    last := coalesce(cardinality(keys.ids), 0);
    for place in 1 .. least(at_once, cardinality(wanted) - first + 1) loop
      scope := wanted[first + place - 1];
      if last = room and place > keys.places[last] then
        page.more := true;
        exit;
      end if;
      -- Where the page ends its last scope may have ended too: the next page is then empty and says so.
      page.scopes := page.scopes || jsonb_build_object(scope.scope_id,
        case when last = room and place = keys.places[last] then concat_ws(':', scope.since, keys.ordinals[last], keys.ids[last])
             else scope.since::text end);
      -- Changed since its first page was sent: those commits are still to be fetched.
      page.more := page.more or last = room or scope.since < scope.seq;
      if scope.reset then page.reset := page.reset || scope.scope_id; end if;
    end loop;
    page.rows := sync.rows_by_id(page.rows, keys.ordinals, keys.ids);
    room := room - last;
    first := first + at_once;
  end loop;
  page.more := page.more or first <= cardinality(wanted);
  return page;
end $$;
comment on function sync.whole_page(sync.page, sync.wanted[], int) is
  'Adds rows of scopes that are sent whole, as many as there is room for.';

create function sync.checksums(names text[], scopes uuid[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  parts text := (select string_agg(format(
    'select s.scope_id, t.sum from unnest($1) s (scope_id) cross join lateral
       (select bit_xor(uuid_hash_extended(k.id, k.sync_version) & 4294967295) as sum from %s k where k.%I = s.scope_id offset 0) t',
    c.relation, c.scope_column), ' union all ') from sync.collections c where c.name = any (names));
  sums  jsonb;
begin
  if parts is null then return '{}'; end if;
  execute 'select jsonb_object_agg(scope_id, sum) from (
             select scope_id, bit_xor(sum) as sum from (' || parts || ') p group by scope_id having bit_xor(sum) is not null) s'
    into sums using scopes;
  return coalesce(sums, '{}');
end $$;
comment on function sync.checksums(text[], uuid[]) is
  'For each scope that has rows of these collections which the caller sees: all of them, with their versions, in one number. '
  'Computed from the rows, so that it also finds what was written past the triggers. The hash is the one that hash partitions '
  'rely on: Postgres cannot change it.';

create function sync.refuse_malformed_pull(request jsonb) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if coalesce(jsonb_typeof(request), '') <> 'object'
     or coalesce(jsonb_typeof(request -> 'cursors'), 'null') not in ('object', 'null')
     or coalesce(jsonb_typeof(request -> 'etag'), 'null') not in ('string', 'null')
     or coalesce(jsonb_typeof(request -> 'only'), 'null') not in ('boolean', 'null')
     or coalesce(jsonb_typeof(request -> 'check'), 'null') not in ('array', 'null')
     or coalesce(jsonb_typeof(request -> 'limit'), 'null') not in ('number', 'null')
     or request ->> 'limit' !~ '^[0-9]{1,5}$' or (request ->> 'limit')::int not between 1 and 10000 then
    raise exception 'A pull is an object; cursors (object), etag (string), only (boolean), check (array of collections), limit '
      '(1 to 10000) may be left out.' using errcode = 'PT400';
  end if;
end $$;
comment on function sync.refuse_malformed_pull(jsonb) is
  'Says what is wrong in a sentence, where a failed cast would leak an error of its own.';

create function sync.pull(request jsonb) returns json
language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  cursors jsonb := nullif(request -> 'cursors', 'null');
  checked jsonb := nullif(request -> 'check', 'null');
  named   boolean := coalesce((request ->> 'only')::boolean, false) and cursors is not null;
  room    int := coalesce((request ->> 'limit')::int, 2000);
  etag    text;
  wanted  sync.wanted[];
  page    sync.page := ('{}', '{}', '[]', '{}', 0, false);
  whole   sync.wanted[];
  changes record;
  giant   sync.wanted;
begin
  if not named then
    etag := sync.etag();
    if etag = request ->> 'etag' then return json_build_object('unchanged', true); end if;
  end if;

  if cursors is null then
    page.more := true;
  else
    wanted := array(select w from sync.wanted_scopes(cursors, named) w);
    whole := array(select w from unnest(wanted) w where w.whole);
    if exists (select from unnest(wanted) w where not w.whole) then
      select c.page, c.giant into changes from sync.changes_page(array(select w from unnest(wanted) w where not w.whole), room) c;
      page := changes.page;
      giant := changes.giant;
      if giant.scope_id is not null then
        giant.since := giant.seq;
        giant.reset := true;
        whole := giant || whole;
        page.more := true;
      end if;
    end if;
    if whole <> '{}' then page := sync.whole_page(page, whole, room - page.size); end if;
  end if;

  return json_build_object(
    'user', auth.uid(), 'epoch', sync.epoch(), 'as_of', sync.as_of(), 'schema', sync.schema_hash(), 'now', clock_timestamp(),
    'etag', case when not page.more then etag end, 'more', page.more,
    'scopes', page.scopes,
    'partial', coalesce((select json_agg(s.key) from jsonb_each_text(page.scopes) s where s.value like '%:%'), '[]'),
    'reset', to_json(page.reset),
    'behind', array(select w.scope_id from unnest(wanted) w where w.behind),
    'gone', case when cursors is null then '[]' else sync.gone(cursors) end,
    'checksums', case when checked is not null and not page.more then
      sync.checksums(array(select jsonb_array_elements_text(checked)),
                     array(select s from unnest(sync.my_scopes()) s where not named or cursors ? s::text)) end,
    'rows', (select '{' || coalesce(string_agg(to_json(c.name) || ':' || page.rows[c.ordinal], ',' order by c.ordinal), '') || '}'
               from sync.collections c where page.rows[c.ordinal] is not null)::json,
    'deleted', page.deleted);
end $$;
comment on function sync.pull(jsonb) is
  'First what changed in scopes that the client has, then scopes that it lacks. Each page is a step that the client commits '
  'together with its cursors. Settings: as of sync.push.';

create function public.sync_pull(request jsonb) returns json
language plpgsql stable security invoker set search_path = '' as $$
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and pull again.' using errcode = 'PT401';
  end if;
  perform sync.refuse_malformed_pull(request);
  -- Asked by GET too: nothing on the way may keep the answer.
  perform set_config('response.headers', '[{"Cache-Control": "no-store"}]', true);
  return sync.pull(request);
end $$;
comment on function public.sync_pull(jsonb) is
  'Pull: see packages/sync/SPEC.md. STABLE, so it can be called by GET and answered by a read replica. Open to anon for the '
  'same reason as sync_push.';

revoke execute on all functions in schema sync from public;
grant execute on function sync.count_changes(uuid[], xid8[]), sync.changes_page(sync.wanted[], int),
  sync.next_keys(sync.wanted[], int), sync.whole_page(sync.page, sync.wanted[], int), sync.checksums(text[], uuid[]), sync.refuse_malformed_pull(jsonb),
  sync.pull(jsonb) to authenticated;
revoke execute on function public.sync_pull(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.sync_pull(jsonb) to anon, authenticated;
