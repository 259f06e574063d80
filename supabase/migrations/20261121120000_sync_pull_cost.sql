-- Stowaway's server half: first syncs at half the cost. Scopes that fit into a page are read as they lie, not row by row by their
-- ids; and what has been made json once is not written as text and read again, which took as long as to make it.

alter type sync.page alter attribute rows type json[];
comment on type sync.page is 'Part of an answer. rows: per collection, by its ordinal, a json array.';

drop function sync.append_rows(text[], int, text);
create function sync.append_rows(rows json[], ordinal int, more json) returns json[]
language plpgsql immutable set search_path = '' as $$
begin
  if more is null then return rows; end if;
  -- By text, because a row is never taken apart here: '[a]' and '[b]' become '[a,b]'.
  rows[ordinal] := case when rows[ordinal] is null then more
                        else (left(rows[ordinal]::text, -1) || ',' || substr(more::text, 2))::json end;
  return rows;
end $$;
comment on function sync.append_rows(json[], int, json) is 'Adds a json array of rows to a collection''s.';

drop function sync.rows_by_id(text[], int[], uuid[]);
create function sync.rows_by_id(rows json[], ordinals int[], ids uuid[]) returns json[]
language plpgsql stable set search_path = '' as $$
declare
  collection sync.collections;
  found json;
begin
  for collection in select c.* from sync.collections c where c.ordinal = any (ordinals) order by c.ordinal loop
    execute format('select json_agg(row_to_json(t.*)) from %s t where t.id = any ($1)', collection.relation)
      into found using array(select k.id from unnest(ordinals, ids) k (ordinal, id) where k.ordinal = collection.ordinal);
    rows := sync.append_rows(rows, collection.ordinal, found);
  end loop;
  return rows;
end $$;
comment on function sync.rows_by_id(json[], int[], uuid[]) is 'Whole rows, added to those of a page.';

create function sync.rows_of_scopes(rows json[], scopes uuid[]) returns json[]
language plpgsql stable set search_path = '' as $$
declare
  collection sync.collections;
  found json;
begin
  for collection in select c.* from sync.collections c order by c.ordinal loop
    execute format('select json_agg(row_to_json(t.*)) from unnest($1) w (scope_id)
                      cross join lateral (select * from %s t where t.%I = w.scope_id offset 0) t',
                   collection.relation, collection.scope_column)
      into found using scopes;
    rows := sync.append_rows(rows, collection.ordinal, found);
  end loop;
  return rows;
end $$;
comment on function sync.rows_of_scopes(json[], uuid[]) is 'All rows of these scopes, added to those of a page.';

create function sync.count_rows(scopes uuid[], at_most int) returns int[]
language plpgsql stable set search_path = '' as $$
declare
  counters text := (select string_agg(format('(select count(*) from (select from %s t where t.%I = w.scope_id limit $2) l)',
                                               c.relation, c.scope_column), ' + ') from sync.collections c);
  counts int[];
begin
  execute 'select array_agg((' || coalesce(counters, '0') || ')::int order by place) from unnest($1) with ordinality w (scope_id, place)'
    into counts using scopes, at_most;
  return counts;
end $$;
comment on function sync.count_rows(uuid[], int) is
  'How many rows of each of these scopes the caller sees; of each collection no more are counted than could be sent.';

drop function sync.count_changes(uuid[], xid8[]);
create function sync.count_changes(scopes uuid[], xids xid8[], out counts int[], out ordinals int[])
language plpgsql stable set search_path = '' as $$
declare
  counters text := (select string_agg(format(
    'select w.nth, %s, t.n from unnest($1, $2) with ordinality w (scope_id, xid, nth)
       cross join lateral (select count(*) as n from %s t where t.%I = w.scope_id and t.sync_xid = w.xid) t',
    c.ordinal, c.relation, c.scope_column), ' union all ') from sync.collections c);
begin
  execute 'with counted (nth, ordinal, n) as materialized (' || counters || ')
           select array_agg(n order by nth), (select coalesce(array_agg(distinct ordinal), ''{}'') from counted where n > 0) from (
             select nth, sum(n)::int as n from (
               select nth, n from counted union all
               select nth, count(*) from sync.tombstones_of($1, $2) group by nth) c group by nth) s'
    into counts, ordinals using scopes, xids;
end $$;
comment on function sync.count_changes(uuid[], xid8[]) is
  'How many rows and tombstones each commit would add to a page, and which collections the rows are of.';

create or replace function sync.changes_page(wanted sync.wanted[], room int, out page sync.page, out giant sync.wanted)
language plpgsql stable set search_path = '' as $$
declare
  collection sync.collections;
  scopes     uuid[];
  xids       xid8[];
  seqs       bigint[];
  counts     int[];
  ordinals   int[];
  fitting    int := 0;
  size       int := 0;
  found      json;
  deleted    jsonb;
begin
  page := ('{}', '{}', '[]', '{}', 0, false);
  select array_agg(c.scope_id), array_agg(c.xid), array_agg(c.seq) into scopes, xids, seqs
    from (select * from sync.commits_since(array(select w.scope_id from unnest(wanted) w),
                                           array(select w.since from unnest(wanted) w), room + 1)
           order by scope_id, seq) c;
  if scopes is null then return; end if;

  -- Whole commits only: a cursor stands between commits. One that no page can hold makes its scope be sent whole instead.
  select c.counts, c.ordinals into counts, ordinals from sync.count_changes(scopes, xids) c;
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
  for collection in select c.* from sync.collections c where c.ordinal = any (ordinals) order by c.ordinal loop
    execute format('select json_agg(row_to_json(t.*)) from unnest($1, $2) w (scope_id, xid) cross join lateral
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

create function sync.part_page(page sync.page, scope sync.wanted, room int) returns sync.page
language plpgsql stable set search_path = '' as $$
declare
  keys   record;
  is_cut boolean;
  last   int;
begin
  -- One more than there is room for tells whether the scope ends with the page.
  select * into keys from sync.next_keys(array[scope], room + 1) k;
  is_cut := coalesce(cardinality(keys.ids), 0) > room;
  last := least(coalesce(cardinality(keys.ids), 0), room);
  page.scopes := page.scopes || jsonb_build_object(scope.scope_id,
    case when is_cut then concat_ws(':', scope.since, keys.ordinals[last], keys.ids[last]) else scope.since::text end);
  page.more := page.more or is_cut;
  page.rows := sync.rows_by_id(page.rows, keys.ordinals[1:last], keys.ids[1:last]);
  page.size := page.size + last;
  return page;
end $$;
comment on function sync.part_page(sync.page, sync.wanted, int) is 'Adds rows of a scope from behind its cursor, as many as there is room for.';

create or replace function sync.whole_page(page sync.page, wanted sync.wanted[], room int) returns sync.page
language plpgsql stable set search_path = '' as $$
declare
  at_once constant int := 25;  -- scopes a query: enough to fill a page, without counting all
  full_size int := page.size + room;
  counts  int[];
  fitting uuid[] := '{}';
  scope   sync.wanted;
  is_fitting boolean;
begin
  for place in 1 .. cardinality(wanted) loop
    if page.size >= full_size then
      page.more := true;
      exit;
    end if;
    if place % at_once = 1 then
      counts := sync.count_rows(array(select w.scope_id from unnest(wanted[place:place + at_once - 1]) w), room);
    end if;
    scope := wanted[place];
    is_fitting := scope.after_id is null and page.size + counts[(place - 1) % at_once + 1] < full_size;
    -- A scope that would have to be cut is better begun in a page of its own: to put rows in order costs more than a page.
    if not is_fitting and page.size * 2 >= full_size then
      page.more := true;
      exit;
    end if;
    -- Changed since its first page was sent: those commits are still to be fetched.
    page.more := page.more or scope.since < scope.seq;
    if scope.reset then page.reset := page.reset || scope.scope_id; end if;
    if is_fitting then
      fitting := fitting || scope.scope_id;
      page.scopes := page.scopes || jsonb_build_object(scope.scope_id, scope.since::text);
      page.size := page.size + counts[(place - 1) % at_once + 1];
    else
      page := sync.part_page(page, scope, full_size - page.size);
    end if;
  end loop;
  if fitting <> '{}' then page.rows := sync.rows_of_scopes(page.rows, fitting); end if;
  return page;
end $$;

create or replace function sync.pull(request jsonb) returns json
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
    'rows', coalesce((select json_object_agg(c.name, page.rows[c.ordinal] order by c.ordinal)
                        from sync.collections c where page.rows[c.ordinal] is not null), '{}'),
    'deleted', page.deleted);
end $$;

revoke execute on function sync.count_changes(uuid[], xid8[]), sync.append_rows(json[], int, json),
  sync.rows_by_id(json[], int[], uuid[]), sync.rows_of_scopes(json[], uuid[]), sync.count_rows(uuid[], int), sync.part_page(sync.page, sync.wanted, int) from public;
grant execute on function sync.count_changes(uuid[], xid8[]), sync.append_rows(json[], int, json),
  sync.rows_by_id(json[], int[], uuid[]), sync.rows_of_scopes(json[], uuid[]), sync.count_rows(uuid[], int), sync.part_page(sync.page, sync.wanted, int) to authenticated;
