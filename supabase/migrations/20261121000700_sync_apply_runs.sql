-- Stowaway's server half: deletes, replaces, and what happens when a run of ops or a unit fails.

create function sync.apply_deletes(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers sync.answer[];
  rest    sync.answer[];
begin
  execute format($q$
      with done as (
        delete from %s t using unnest($1) o
         where t.id = o.id and (o.base_version is null or t.sync_version = o.base_version) returning o.ordinal)
      select coalesce(array_agg((ordinal, 'applied', null, null, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation)
    into answers using ops;
  if cardinality(answers) = cardinality(ops) then return answers; end if;

  ops := sync.answers_missing(ops, answers);
  -- What the caller cannot see is gone for them if their scope, or the scope's end, is theirs to know.
  execute format($q$
      select array_agg(case
          when t.id is null and (o.scope in (select unnest(sync.my_scopes())) or o.scope = any ($2))
            then (o.ordinal, 'applied', null, null, null, null, null)::sync.answer
          when t.id is null then (o.ordinal, 'not_found', null, null, null, null, null)::sync.answer
          when o.base_version is null or t.sync_version = o.base_version
            then (o.ordinal, 'forbidden', null, null, '42501', 'You may see this row but not delete it.', null)::sync.answer
          else (o.ordinal, 'conflict', t.sync_version, to_jsonb(t.*), null, null,
                sync.who_changed($3, to_jsonb(t.*), null, o.base_version))::sync.answer end)
        from unnest($1) o left join %s t on t.id = o.id $q$, collection.relation)
    into rest using ops, sync.ended_scopes(array(select o.scope from unnest(ops) o)), collection.ordinal;
  return answers || rest;
end $$;
comment on function sync.apply_deletes(sync.collections, sync.op[]) is
  'Deletes rows that are as the user saw them. To delete what is gone already is done already.';

create function sync.apply_replaces(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  existing sync.op[];
  absent   sync.op[];
begin
  execute format($q$
      select coalesce(array_agg(o) filter (where t.id is not null), '{}'),
             coalesce(array_agg(o) filter (where t.id is null), '{}')
        from unnest($1) o left join %s t on t.id = o.id $q$, collection.relation)
    into existing, absent using ops;
  return case when existing = '{}' then '{}' else sync.apply_updates(collection, existing) end
      || case when absent = '{}' then '{}' else sync.apply_creates(collection, absent) end;
end $$;
comment on function sync.apply_replaces(sync.collections, sync.op[]) is
  'A delete and a create of the same id in one: an update where the row exists, else a create above its tombstone.';

create function sync.undecided(ops sync.op[], code text, message text) returns sync.answer[]
language sql immutable set search_path = '' as $$
  select coalesce(array_agg((o.ordinal, 'retry', null, null, code, message, null)::sync.answer), '{}') from unnest(ops) o
$$;
comment on function sync.undecided(sync.op[], text, text) is 'Answers for ops that were not tried to the end.';

create function sync.is_undecided(answers sync.answer[]) returns boolean
language sql immutable set search_path = '' as $$ select exists (select from unnest(answers) a where a.status = 'retry') $$;
comment on function sync.is_undecided(sync.answer[]) is
  'After a deadlock nothing later may be tried: it may need what was not done, and would be refused for good.';

create function sync.apply_run(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  half     int := cardinality(ops) / 2;
  kind     text := ops[1].kind;
  answers  sync.answer[];
  rest     sync.op[];
  code     text;
  reason   text;
  broken   text;
begin
  begin
    return case kind
      when 'create' then sync.apply_creates(collection, ops)
      when 'update' then sync.apply_updates(collection, ops)
      when 'delete' then sync.apply_deletes(collection, ops)
      else sync.apply_replaces(collection, ops) end;
  exception when others then
    get stacked diagnostics code = returned_sqlstate, reason = message_text, broken = constraint_name;
  end;

  -- Everything that the run did is rolled back here.
  if sync.status_of_error(code) = 'retry' then return sync.undecided(ops, code, reason); end if;
  if kind = 'create' then
    answers := sync.answer_existing(collection, ops);
    if answers <> '{}' then
      rest := sync.answers_missing(ops, answers);
      return case when rest = '{}' then answers else answers || sync.apply_run(collection, rest) end;
    end if;
  end if;
  if half = 0 then
    return array[(ops[1].ordinal, case
      when code = '23505' and exists (select from pg_constraint p where p.conrelid = collection.relation
                                         and p.conname = broken and p.contype = 'p') then 'forbidden'
      else sync.status_of_error(code) end, null, null, code, reason, null)::sync.answer];
  end if;
  answers := sync.apply_run(collection, ops[1:half]);
  rest := ops[half + 1:];
  if sync.is_undecided(answers) then
    return answers || sync.undecided(rest, code, 'Not tried, because an op before it was not decided.');
  end if;
  return answers || sync.apply_run(collection, rest);
end $$;
comment on function sync.apply_run(sync.collections, sync.op[]) is
  'Tries a run in one subtransaction; if it fails, its halves. So a good run costs one, a bad op a few, and neither spoils '
  'another. An id that exists out of the caller''s sight is forbidden: whose it is stays untold.';

create function sync.runs_of(ops sync.op[]) returns table (collection text, first int, last int)
language sql stable set search_path = '' as $$
  with numbered as (
    select n.place::int, n.collection, n.kind, n.columns, n.counters,
           row_number() over (partition by n.collection, n.id order by n.place) as time_of_row
      from unnest(ops) with ordinality
             n (ordinal, op_id, collection, kind, id, scope, base_version, patch, base, edited_at, columns, add, counters, unit, place)
  ), marked as (
    select n.*, lag(n.collection) over w is distinct from n.collection or lag(n.kind) over w <> n.kind or n.time_of_row > 1
                or (n.kind in ('create', 'replace') and lag(n.columns) over w <> n.columns)
                or lag(n.counters) over w <> n.counters as starts
      from numbered n window w as (order by n.place)
  )
  select m.collection, m.place, coalesce(lead(m.place) over (order by m.place) - 1, cardinality(ops))
    from marked m where m.starts order by m.place
$$;
comment on function sync.runs_of(sync.op[]) is
  'Cuts ops, in their order, where the collection, the kind or the counters change, where a row comes again, and for creates '
  'where other columns are named (a column left out means its default, so those cannot be inserted together).';

create function sync.is_one_run(ops sync.op[]) returns boolean
language sql immutable set search_path = '' as $$
  select count(distinct o.id) = count(*) and min(o.collection) = max(o.collection) and min(o.kind) = max(o.kind)
         and min(o.columns) = max(o.columns) and min(o.counters) = max(o.counters) from unnest(ops) o
$$;
comment on function sync.is_one_run(sync.op[]) is 'Nearly every push of many ops is one run; to see that costs less than to look where to cut.';

create function sync.apply_runs(ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers    sync.answer[] := '{}';
  collection sync.collections;
  part       record;
begin
  if sync.is_one_run(ops) then
    select c.* into collection from sync.collections c where c.name = ops[1].collection;
    return sync.apply_run(collection, ops);
  end if;
  for part in select * from sync.runs_of(ops) loop
    if sync.is_undecided(answers) then
      return answers || sync.undecided(ops[part.first:], '40001', 'Not tried, because an op before it was not decided.');
    end if;
    select c.* into collection from sync.collections c where c.name = part.collection;
    answers := answers || sync.apply_run(collection, ops[part.first:part.last]);
  end loop;
  return answers;
end $$;
comment on function sync.apply_runs(sync.op[]) is 'Tries ops in their order, each by itself.';

create function sync.undone(ops sync.op[]) returns sync.answer[]
language sql immutable set search_path = '' as $$
  select coalesce(array_agg((o.ordinal, 'undone', null, null, null, null, null)::sync.answer), '{}') from unnest(ops) o
$$;
comment on function sync.undone(sync.op[]) is 'Answers for ops that could have been done, but for another of their unit.';

create function sync.conflict_again(op sync.op, answer sync.answer) returns sync.answer
language plpgsql set search_path = '' as $$
declare
  collection sync.collections;
begin
  select c.* into collection from sync.collections c where c.name = op.collection;
  execute format('select t.sync_version, to_jsonb(t.*) from %s t where t.id = $1', collection.relation)
    into answer.version, answer."row" using op.id;
  if answer."row" is null then return (op.ordinal, 'not_found', null, null, null, null, null)::sync.answer; end if;
  answer.fields := sync.who_changed(collection.ordinal, answer."row", array(select jsonb_object_keys(answer.fields)), 0);
  return answer;
end $$;
comment on function sync.conflict_again(sync.op, sync.answer) is
  'A conflict within a unit that was rolled back, with the row as it is now: what the unit had made of it never was, and a '
  'device that took its version for the server''s would pass over the true row.';

create function sync.apply_unit(ops sync.op[], is_spoiled boolean) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers sync.answer[];
begin
  begin
    answers := sync.apply_runs(ops);
    if not is_spoiled and (select bool_and(a.status in ('applied', 'merged')) from unnest(answers) a) then return answers; end if;
    raise exception 'An op of the unit was refused.' using errcode = 'SYU00';
  exception when sqlstate 'SYU00' then
    null;  -- All that the unit did is rolled back; its answers are not.
  end;

  if sync.is_undecided(answers) then
    return (select sync.undecided(ops, a.code, a.message) from unnest(answers) a where a.status = 'retry' order by a.ordinal limit 1);
  end if;
  return sync.undone(array(select o from unnest(ops) o join unnest(answers) a on a.ordinal = o.ordinal where a.status in ('applied', 'merged')))
      || array(select case when a.status = 'conflict' then sync.conflict_again(o, a) else a end
                 from unnest(ops) o join unnest(answers) a on a.ordinal = o.ordinal where a.status not in ('applied', 'merged'));
end $$;
comment on function sync.apply_unit(sync.op[], boolean) is
  'Tries the ops of a unit in one subtransaction, which is rolled back if one of them is refused, or (is_spoiled) was refused '
  'before it could be tried. The others are tried all the same: the client learns of all refusals at once.';

create function sync.apply_ops(ops sync.op[], spoiled uuid[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers sync.answer[] := '{}';
  part    record;
begin
  if spoiled = '{}' and not exists (select from unnest(ops) o where o.unit is not null) then return sync.apply_runs(ops); end if;
  for part in
    with marked as (
      select n.unit, n.place::int, n.place = 1 or n.unit is distinct from lag(n.unit) over (order by n.place) as starts
        from unnest(ops) with ordinality
               n (ordinal, op_id, collection, kind, id, scope, base_version, patch, base, edited_at, columns, add, counters, unit, place)
    )
    select m.unit, m.place as first, coalesce(lead(m.place) over (order by m.place) - 1, cardinality(ops)) as last
      from marked m where m.starts order by m.place
  loop
    answers := answers || case
      when sync.is_undecided(answers)
        then sync.undecided(ops[part.first:part.last], '40001', 'Not tried, because an op before it was not decided.')
      when part.unit is null then sync.apply_runs(ops[part.first:part.last])
      else sync.apply_unit(ops[part.first:part.last], part.unit = any (spoiled)) end;
  end loop;
  return answers;
end $$;
comment on function sync.apply_ops(sync.op[], uuid[]) is
  'Tries ops in the order of the push: those of a unit together or not at all, the others by themselves. spoiled: units of '
  'which an op could not even be tried.';

revoke execute on all functions in schema sync from public;
grant execute on function sync.apply_deletes(sync.collections, sync.op[]), sync.apply_replaces(sync.collections, sync.op[]),
  sync.undecided(sync.op[], text, text), sync.is_undecided(sync.answer[]), sync.apply_run(sync.collections, sync.op[]),
  sync.runs_of(sync.op[]), sync.is_one_run(sync.op[]), sync.apply_runs(sync.op[]), sync.undone(sync.op[]), sync.conflict_again(sync.op, sync.answer),
  sync.apply_unit(sync.op[], boolean), sync.apply_ops(sync.op[], uuid[]) to authenticated;
