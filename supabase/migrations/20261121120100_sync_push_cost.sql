-- Stowaway's server half: the same push at two thirds of the cost. Measured: to make a row of each patch in the form of the whole
-- table was a third of an update; the form of what the ops name costs a fifth of that.

create function sync.form_of(relation regclass, columns text[]) returns text
language sql stable set search_path = '' as $$
  select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ')
    from pg_attribute a where a.attrelid = relation and a.attname = any (columns)
$$;
comment on function sync.form_of(regclass, text[]) is
  'These columns as a column definition list, for jsonb_to_record. Without collations: where such a value is compared with the '
  'column, the column''s counts.';

create or replace function sync.apply_creates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns text[] := sync.columns_of(ops);
  answers sync.answer[];
begin
  execute format('insert into %s (%s) select %s from unnest($1) o cross join lateral jsonb_to_record(o.patch) r (%s)',
      collection.relation, (select string_agg(quote_ident(k), ', ') from unnest(columns) k),
      (select string_agg(format('r.%I', k), ', ') from unnest(columns) k), sync.form_of(collection.relation, columns))
    using ops;
  -- Not by RETURNING: that asks the select policy before triggers such as "add the owner as a member" have run.
  execute format($q$
      select array_agg((o.ordinal, 'applied', t.sync_version, null, null, null, null)::sync.answer)
        from unnest($1) o left join %s t on t.id = o.id $q$, collection.relation)
    into answers using ops;
  return answers;
end $$;

create or replace function sync.answer_existing(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns   text[] := sync.columns_of(ops);
  differing text := (
    select string_agg(format('case when %s is distinct from %s then %L end', sync.comparable(collection.relation, 't', k),
                             sync.comparable(collection.relation, 'r', k), k), ', ')
      from unnest(columns) k);
  answers sync.answer[];
begin
  execute format($q$
      select coalesce(array_agg((o.ordinal, case when d.differing = '{}' then 'applied' else 'conflict' end, t.sync_version,
               case when d.differing <> '{}' then to_jsonb(t.*) end, null, null,
               case when d.differing <> '{}' then sync.who_changed($2, to_jsonb(t.*), d.differing, 0) end)::sync.answer), '{}')
        from unnest($1) o cross join lateral jsonb_to_record(o.patch) r (%3$s) join %1$s t on t.id = o.id
             cross join lateral (select array_remove(array[%2$s], null) as differing) d $q$,
      collection.relation, differing, sync.form_of(collection.relation, columns))
    into answers using ops, collection.ordinal;
  return answers;
exception when others then
  -- A value that its column cannot have, for whatever its type says of it: the caller halves the run until it is alone, and tells
  -- what the insert said.
  return '{}';
end $$;

create or replace function sync.try_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns  text[] := sync.columns_of(ops);
  alike    boolean := (select count(distinct o.columns) = 1 from unnest(ops) o);
  counters text[] := ops[1].counters;
  form     text := sync.form_of(collection.relation, columns || counters);
  setters  text := (select string_agg(format(case when alike then '%1$I = r.%1$I'
                      else '%1$I = case when o.patch ? %1$L then r.%1$I else t.%1$I end' end, k), ', ') from unnest(columns) k);
  source   text := 'o.patch';
  present  text := 'null::jsonb';
  settled  text;
  answers  sync.answer[];
  merged   sync.answer[];
begin
  if counters <> '{}' then
    setters := concat_ws(', ', setters,
      (select string_agg(format('%1$I = coalesce(t.%1$I + r.%1$I, r.%1$I)', k), ', ') from unnest(counters) k));
    source := 'o.patch || o.add';
    present := 'to_jsonb(t.*)';  -- for the log: what the counters came to
  end if;

  -- 1. Rows that are as the edit saw them.
  execute format($q$
      with done as (
        update %1$s t set %2$s from unnest($1) o cross join lateral jsonb_to_record(%3$s) r (%5$s)
         where t.id = o.id and t.sync_version = o.base_version returning o.ordinal, t.sync_version, %4$s as present)
      select coalesce(array_agg((ordinal, 'applied', sync_version, present, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation, setters, source, present, form)
    into answers using ops;
  if cardinality(answers) = cardinality(ops) then return answers; end if;

  -- 2. Rows that others changed, but not in these fields.
  ops := sync.answers_missing(ops, answers);
  settled := coalesce((select string_agg(sync.settled(collection.relation, k), ' and ') from unnest(columns) k), 'true');
  execute format($q$
      with done as (
        update %1$s t set %2$s from unnest($1) o cross join lateral jsonb_to_record(%4$s) r (%5$s)
               cross join lateral jsonb_to_record(o.base) b (%5$s)
         where t.id = o.id and %3$s returning o.ordinal, t.sync_version, to_jsonb(t.*) as present)
      select coalesce(array_agg((ordinal, 'merged', sync_version, present, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation, setters, settled, source, form)
    into merged using ops;
  answers := answers || merged;
  ops := sync.answers_missing(ops, merged);
  return case when ops = '{}' then answers else answers || sync.explain_updates(collection, ops) end;
end $$;

create or replace function sync.explain_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns text[] := sync.columns_of(ops);
  changed text := (select string_agg(format('case when not %s then %L end', sync.settled(collection.relation, k), k), ', ')
                     from unnest(columns) k);
  buried  uuid[] := sync.buried(collection.ordinal, array(select o.id from unnest(ops) o));
  answers sync.answer[];
begin
  execute format($q$
      select array_agg(case
          when t.id is null and o.id = any ($2) then (o.ordinal, 'deleted', null, null, null, null, null)::sync.answer
          when t.id is null then (o.ordinal, 'not_found', null, null, null, null, null)::sync.answer
          when d.changed = '{}' or t.sync_version = o.base_version
            then (o.ordinal, 'forbidden', null, null, '42501', 'You may see this row but not change it.', null)::sync.answer
          else (o.ordinal, 'conflict', t.sync_version, to_jsonb(t.*), null, null,
                sync.who_changed($3, to_jsonb(t.*), d.changed, 0))::sync.answer end)
        from unnest($1) o cross join lateral jsonb_to_record(o.patch || o.add) r (%3$s)
             cross join lateral jsonb_to_record(o.base) b (%3$s) left join %1$s t on t.id = o.id
             cross join lateral (select array_remove(array[%2$s]::text[], null) as changed) d $q$,
      collection.relation, changed, sync.form_of(collection.relation, columns || ops[1].counters::text[]))
    into answers using ops, buried, collection.ordinal;
  return answers;
end $$;

create or replace function sync.done_before(op_ids uuid[]) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(select o.op_id from sync.operations o where o.user_id = (select auth.uid()) and o.op_id = any (op_ids))
$$;

create or replace function sync.answers_to_json(op_ids uuid[], answers sync.answer[]) returns json
language sql stable set search_path = '' as $$
  -- An op that came twice and was refused has no answer of its own: it is told what became of the first.
  with own as (
    select i.ordinal, i.op_id,
           coalesce(a.ordinal, first_value(a.ordinal) over (partition by i.op_id order by i.ordinal)) as answered
      from unnest(op_ids) with ordinality i (op_id, ordinal) left join unnest(answers) a on a.ordinal = i.ordinal
  )
  select coalesce('[' || string_agg(
           case when a.status = 'applied' and a.version is not null
             -- Nothing in these three needs to be quoted; to make json of a thousand objects one by one costs four times as much.
             then concat('{"op_id":"', o.op_id, '","status":"applied","version":', a.version, '}')
           else (jsonb_build_object('op_id', o.op_id, 'status', a.status)
             || case when a.version is null then '{}' else jsonb_build_object('version', a.version) end
             || case when a."row" is null or a.status = 'applied' then '{}' else jsonb_build_object('row', a."row") end
             || case when a.code is null then '{}' else jsonb_build_object('code', a.code, 'message', a.message) end
             || case when a.fields is null then '{}' else jsonb_build_object('fields', a.fields) end)::text end, ',' order by o.ordinal) || ']', '[]')::json
    from own o left join unnest(answers) a on a.ordinal = o.answered
$$;

drop function sync.known_rows(sync.op[], sync.answer[]);
create function sync.known_rows(
  collection sync.collections, scopes uuid[], ops sync.op[], answers sync.answer[], out scope_id uuid, out known bigint, out written bigint
) returns setof record
language plpgsql stable set search_path = '' set enable_nestloop = off as $$
declare
  patched text[];
begin
  select coalesce(array_agg(distinct k), '{id}') into patched
    from (select distinct o.columns from unnest(ops) o where o.collection = collection.name and o.kind = 'update') c, unnest(c.columns::text[]) k;
  return query execute format($q$
      with told as materialized (
        select o.collection, o.id, a.version, o.patch, a.status = 'merged' as is_sent,
               $5 and a.status = 'applied' and o.kind = 'update' and o.add = '{}' as is_as_told
          from unnest($3) o join unnest($4) a on a.ordinal = o.ordinal
      ), written as materialized (
        select t.id, t.%2$I as scope, t.sync_version as version, (select to_jsonb(p.*) from (select %3$s) p) as present
          from %1$s t where t.%2$I = any ($2) and t.sync_xid = pg_current_xact_id_if_assigned()
      )
      select w.scope, count(distinct w.id) filter (where k.collection = $1 and (k.is_sent or (k.is_as_told and w.present @> k.patch))),
             count(distinct w.id)
        from written w left join told k on k.id = w.id and k.version = w.version group by w.scope $q$,
      collection.relation, collection.scope_column, (select string_agg(format('t.%I', k), ', ') from unnest(patched) k))
    using collection.name, scopes, ops, answers, sync.writes_as_told(collection.relation);
end $$;
comment on function sync.known_rows(sync.collections, uuid[], sync.op[], sync.answer[]) is
  'How many rows of each of these scopes this transaction wrote, and how many of them are now as the device knows them from its '
  'ops and the answers. Values are compared as the device sent them, because a date or a number may come back in another form. '
  'Nothing but the update has touched them, so that what contains the patch is the patch. Without nested loops: of an array the '
  'planner expects few elements, and would compare each op with each answer.';

create function sync.wrote_only(names text[]) returns boolean
language sql stable set search_path = '' as $$
  select coalesce(bool_and((n > 0) = (name = any (names))), false) from (
    select c.name, pg_stat_get_xact_tuples_inserted(c.relation) + pg_stat_get_xact_tuples_updated(c.relation)
                   + pg_stat_get_xact_tuples_deleted(c.relation) as n from sync.collections c) written
$$;
comment on function sync.wrote_only(text[]) is
  'Whether this transaction wrote to each of these collections and to no other, by the count that Postgres keeps of it. Also no: '
  'where it keeps none (track_counts), or still has what an earlier transaction of the connection wrote. To ask a table for the '
  'rows of a transaction takes a plan, which for all tables is half of what a push of one edit costs.';

create or replace function sync.advance(ops sync.op[], answers sync.answer[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  scopes uuid[];
  seqs   bigint[];
  xids   xid8[];
  names  text[];
  known  int[];
  counts int[];
begin
  if not (select coalesce(bool_and(a.status in ('applied', 'merged')), false) from unnest(answers) a) then return '{}'; end if;
  -- Where a row was made, none need be looked at: one that is not known is enough.
  select array_agg(c.scope_id), array_agg(c.seq) into scopes, seqs from sync.own_commit() c
   where c.scope_id not in (select o.scope from unnest(ops) o where o.kind = 'create');
  -- What waits for the end of the transaction may write after this.
  if scopes is null or exists (select from pg_trigger t where t.tgdeferrable and not t.tgisinternal
                                  and t.tgrelid <> 'sync.commits'::regclass) then return '{}'; end if;
  names := array(select distinct o.collection from unnest(ops) o);
  with found as materialized (
    select r.* from sync.collections c cross join lateral sync.known_rows(c, scopes, ops, answers) r where c.name = any (names)
  )
  select array_agg(w.known order by w.place), array_agg(w.written order by w.place) into known, counts from (
    select s.place, coalesce(sum(f.known), 0) as known, coalesce(sum(f.written), 0) as written
      from unnest(scopes) with ordinality s (scope_id, place) left join found f on f.scope_id = s.scope_id group by s.place) w;
  if known = array_fill(0, array[cardinality(scopes)]) then return '{}'; end if;
  xids := array_fill(pg_current_xact_id_if_assigned(), array[cardinality(scopes)]);
  if not sync.wrote_only(names) or exists (select from sync.tombstones_of(scopes, xids)) then
    counts := (sync.count_changes(scopes, xids)).counts;
  end if;
  return (select coalesce(jsonb_object_agg(w.scope_id, jsonb_build_array((w.seq - 1)::text, w.seq::text)), '{}')
            from unnest(scopes, seqs, counts, known) w (scope_id, seq, changes, known) where w.changes = w.known and w.known > 0);
end $$;

revoke execute on function sync.known_rows(sync.collections, uuid[], sync.op[], sync.answer[]), sync.wrote_only(text[]) from public;
grant execute on function sync.known_rows(sync.collections, uuid[], sync.op[], sync.answer[]), sync.wrote_only(text[]) to authenticated;
revoke execute on function sync.form_of(regclass, text[]) from public;
grant execute on function sync.form_of(regclass, text[]) to authenticated;
