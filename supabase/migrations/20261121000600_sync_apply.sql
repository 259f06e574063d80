-- Stowaway's server half: trying ops. All of this runs as the user who pushes: row level security decides.
-- Ops come in runs of one kind on one collection with the same counters, each row at most once, and each run is one statement
-- per step. Names in dynamic SQL come from the registry and from sync.op.columns and sync.op.counters, and are quoted.

create function sync.columns_of(ops sync.op[]) returns text[]
language sql immutable set search_path = '' as $$
  select array_agg(distinct k) from (select distinct o.columns from unnest(ops) o) c, unnest(c.columns::text[]) k
$$;
comment on function sync.columns_of(sync.op[]) is 'The columns that occur in a run of ops.';

create function sync.comparable(relation regclass, alias text, column_name text) returns text
language sql stable set search_path = '' as $$
  select format(case when t.typcategory = 'G' or t.oid in ('json'::regtype, 'xml'::regtype) then '%s.%I::text' else '%s.%I' end,
                alias, column_name)
    from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = relation and a.attname = column_name
$$;
comment on function sync.comparable(regclass, text, text) is
  'A column in a form that can be compared: json, xml and points have no equality of their own, and boxes compare by area.';

create function sync.settled(relation regclass, column_name text) returns text
language sql stable set search_path = '' as $$
  select format('(not o.patch ? %1$L or %2$s is not distinct from %3$s or (o.base ? %1$L and %2$s is not distinct from %4$s))',
                column_name, sync.comparable(relation, 't', column_name), sync.comparable(relation, 'r', column_name),
                sync.comparable(relation, 'b', column_name))
$$;
comment on function sync.settled(regclass, text) is
  'The condition under which a field may be written: it still has its base value, or already the new one. '
  't: the row, r: the patch as a row, b: the base values as a row, o: the op.';

create function sync.answers_missing(ops sync.op[], answers sync.answer[]) returns sync.op[]
language sql immutable set search_path = '' as $$
  select array(select o from unnest(ops) o where not exists (select from unnest(answers) a where a.ordinal = o.ordinal))
$$;
comment on function sync.answers_missing(sync.op[], sync.answer[]) is 'The ops of a run that a step has not answered.';

create function sync.status_of_error(code text) returns text
language sql immutable set search_path = '' as $$
  select case when code = '42501' then 'forbidden'
              when left(code, 2) in ('08', '25', '40', '53', '57', '58') or code = '55P03' then 'retry'
              else 'invalid' end
$$;
comment on function sync.status_of_error(text) is
  'retry: nothing was wrong with the op (deadlock, serialisation, lock, resources, a database that is read-only for a while). '
  'invalid is final, so it is never used for those.';

create function sync.buried(collection int, ids uuid[]) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(distinct t.row_id), '{}') from sync.tombstones t
   where t.row_id = any (ids) and t.collection = $1 and t.scope_id in (select unnest(sync.my_scopes()))
$$;
comment on function sync.buried(int, uuid[]) is
  'Which of these rows were deleted from a scope that the caller may see. About other scopes it tells nothing.';

create function sync.ended_scopes(ids uuid[]) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(i), '{}') from unnest(ids) i
   where exists (select from sync.scopes s where s.scope_id = i and s.deleted)
      or exists (select from sync.commits c where c.xid = pg_current_xact_id_if_assigned() and c.scope_id = i and c.event = 'ended')
$$;
comment on function sync.ended_scopes(uuid[]) is
  'Which of these scopes were deleted as a whole, also by this very push; their former members may know.';

create function sync.who_changed(collection int, "row" jsonb, columns text[], since bigint) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_object_agg(k, case
           when o.user_id is not null then jsonb_build_object('by', o.user_id, 'at', o.edited_at)
           else jsonb_build_object('by', c.by_user, 'at', coalesce(c.at, now() - s.tombstones_kept)) end), '{}')
    from (select unnest(columns) union
          select jsonb_object_keys(o.patch) from sync.operations o
           where columns is null and o.row_id = ("row" ->> 'id')::uuid and o.collection = $1 and o.version > since) k (k)
   cross join sync.settings s
    left join lateral (
      select o.user_id, o.edited_at from sync.operations o
       where o.proven and o.row_id = ("row" ->> 'id')::uuid and o.collection = $1
         and o.patch ? k and o.patch -> k is not distinct from "row" -> k
         and o.scope_id in (select unnest(sync.my_scopes()))
       order by o.version desc limit 1) o on true
    left join lateral (
      select m.by_user, m.at from sync.commits m
       where m.xid = ("row" ->> 'sync_xid')::xid8 and m.scope_id in (select unnest(sync.my_scopes())) limit 1) c on true
$$;
comment on function sync.who_changed(int, jsonb, text[], bigint) is
  'For each column: who gave it its present value, and when. From the log of operations; for a value that no op explains '
  '(plain SQL), from the row''s last commit; where sync.gc() has removed that too, nobody, and no later than it may be. '
  'columns null: all that were changed by ops after the version `since`. A log entry counts only if its transaction wrote to '
  'its scope, so nobody can pose as the author of what they may not write.';

create function sync.apply_creates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns text[] := sync.columns_of(ops);
  answers sync.answer[];
begin
  execute format('insert into %1$s (%2$s) select %3$s
                    from unnest($1) o cross join lateral jsonb_populate_record(null::%1$s, o.patch) r',
      collection.relation, (select string_agg(quote_ident(k), ', ') from unnest(columns) k),
      (select string_agg(format('r.%I', k), ', ') from unnest(columns) k))
    using ops;
  -- Not by RETURNING: that asks the select policy before triggers such as "add the owner as a member" have run.
  execute format($q$
      select array_agg((o.ordinal, 'applied', t.sync_version, null, null, null, null)::sync.answer)
        from unnest($1) o left join %s t on t.id = o.id $q$, collection.relation)
    into answers using ops;
  return answers;
end $$;
comment on function sync.apply_creates(sync.collections, sync.op[]) is
  'Inserts rows that all name the same columns, or raises. No ON CONFLICT: it would ask the select policy too early as well.';

create function sync.answer_existing(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  differing text := (
    select string_agg(format('case when %s is distinct from %s then %L end', sync.comparable(collection.relation, 't', k),
                             sync.comparable(collection.relation, 'r', k), k), ', ')
      from unnest(sync.columns_of(ops)) k);
  answers sync.answer[];
begin
  execute format($q$
      select coalesce(array_agg((o.ordinal, case when d.differing = '{}' then 'applied' else 'conflict' end, t.sync_version,
               case when d.differing <> '{}' then to_jsonb(t.*) end, null, null,
               case when d.differing <> '{}' then sync.who_changed($2, to_jsonb(t.*), d.differing, 0) end)::sync.answer), '{}')
        from unnest($1) o cross join lateral jsonb_populate_record(null::%1$s, o.patch) r join %1$s t on t.id = o.id
             cross join lateral (select array_remove(array[%2$s], null) as differing) d $q$, collection.relation, differing)
    into answers using ops, collection.ordinal;
  return answers;
exception when data_exception then
  return '{}';  -- a value of the wrong type: the caller halves the run until it is alone
end $$;
comment on function sync.answer_existing(sync.collections, sync.op[]) is
  'For creates whose insert failed: those whose id exists already. Equal values: it is done. Others: a conflict.';

create function sync.try_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns  text[] := sync.columns_of(ops);
  alike    boolean := (select count(distinct o.columns) = 1 from unnest(ops) o);
  counters text[] := ops[1].counters;
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
        update %1$s t set %2$s from unnest($1) o cross join lateral jsonb_populate_record(null::%1$s, %3$s) r
         where t.id = o.id and t.sync_version = o.base_version returning o.ordinal, t.sync_version, %4$s as present)
      select coalesce(array_agg((ordinal, 'applied', sync_version, present, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation, setters, source, present)
    into answers using ops;
  if cardinality(answers) = cardinality(ops) then return answers; end if;

  -- 2. Rows that others changed, but not in these fields.
  ops := sync.answers_missing(ops, answers);
  settled := coalesce((select string_agg(sync.settled(collection.relation, k), ' and ') from unnest(columns) k), 'true');
  execute format($q$
      with done as (
        update %1$s t set %2$s from unnest($1) o cross join lateral jsonb_populate_record(null::%1$s, %4$s) r
               cross join lateral jsonb_populate_record(null::%1$s, o.base) b
         where t.id = o.id and %3$s returning o.ordinal, t.sync_version, to_jsonb(t.*) as present)
      select coalesce(array_agg((ordinal, 'merged', sync_version, present, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation, setters, settled, source)
    into merged using ops;
  answers := answers || merged;
  ops := sync.answers_missing(ops, merged);
  return case when ops = '{}' then answers else answers || sync.explain_updates(collection, ops) end;
end $$;
comment on function sync.try_updates(sync.collections, sync.op[]) is
  'Field-level compare-and-set. In two steps, because an update cannot return the version that it replaces, '
  'and because the first step, nearly always the only one, need not compare any values. Counters are added to whatever is '
  'there, null being 0, and hold nothing up.';

create function sync.lock_writable(collection sync.collections, ops sync.op[]) returns sync.op[]
language plpgsql set search_path = '' as $$
declare
  ids uuid[];
begin
  execute format('select array_agg(id) from (select t.id from %s t where t.id = any ($1) order by t.id for no key update) l', collection.relation)
    into ids using array(select o.id from unnest(ops) o);
  return array(select o from unnest(ops) o where o.id = any (ids));
end $$;
comment on function sync.lock_writable(sync.collections, sync.op[]) is
  'The ops whose rows the caller may update: row level security lets nobody lock others.';

create function sync.apply_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers sync.answer[] := sync.try_updates(collection, ops);
  others  sync.answer[];
  raced   sync.op[];
begin
  if not exists (select from unnest(answers) a where a.status = 'forbidden') then return answers; end if;
  others := array(select a from unnest(answers) a where a.status <> 'forbidden');
  raced := sync.lock_writable(collection, sync.answers_missing(ops, others));
  if raced = '{}' then return answers; end if;
  return array(select a from unnest(answers) a where a.ordinal not in (select o.ordinal from unnest(raced) o))
      || sync.try_updates(collection, raced);
end $$;
comment on function sync.apply_updates(sync.collections, sync.op[]) is
  'A row that was not updated, and fits, looks forbidden. It may only not have fitted until plain SQL changed it a moment ago, '
  'and a refusal would be final: where the caller can lock the row it is tried once more, and then nobody can change it meanwhile.';

create function sync.explain_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  changed text := (select string_agg(format('case when not %s then %L end', sync.settled(collection.relation, k), k), ', ')
                     from unnest(sync.columns_of(ops)) k);
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
        from unnest($1) o cross join lateral jsonb_populate_record(null::%1$s, o.patch || o.add) r
             cross join lateral jsonb_populate_record(null::%1$s, o.base) b left join %1$s t on t.id = o.id
             cross join lateral (select array_remove(array[%2$s]::text[], null) as changed) d $q$, collection.relation, changed)
    into answers using ops, buried, collection.ordinal;
  return answers;
end $$;
comment on function sync.explain_updates(sync.collections, sync.op[]) is
  'Why an update touched no row: gone, out of sight, not allowed, or changed by others.';

revoke execute on all functions in schema sync from public;
grant execute on function sync.columns_of(sync.op[]), sync.comparable(regclass, text, text), sync.settled(regclass, text),
  sync.answers_missing(sync.op[], sync.answer[]), sync.status_of_error(text), sync.buried(int, uuid[]), sync.ended_scopes(uuid[]),
  sync.who_changed(int, jsonb, text[], bigint), sync.apply_creates(sync.collections, sync.op[]),
  sync.answer_existing(sync.collections, sync.op[]), sync.try_updates(sync.collections, sync.op[]),
  sync.apply_updates(sync.collections, sync.op[]), sync.lock_writable(sync.collections, sync.op[]), sync.explain_updates(sync.collections, sync.op[]) to authenticated;
