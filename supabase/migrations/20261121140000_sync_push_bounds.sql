-- Stowaway's server half: what a push may ask for at most, and whom it makes wait.

alter table sync.settings
  add column bytes_per_push int not null default 16777216 check (bytes_per_push >= 65536),
  add check (bytes_per_push >= bytes_per_op);
comment on column sync.settings.bytes_per_push is
  'A push of more is HTTP 413, on which the client cuts its batch. In bytes of its JSON, with what the ops of a group have in common '
  'counted once for each of them: that is what it becomes in memory.';

create function sync.measure(ops json, out how_many int, out bytes bigint)
language plpgsql immutable set search_path = '' as $$
begin
  if strpos(ops::text, '"ops"') = 0 then
    how_many := json_array_length(ops);
    bytes := octet_length(ops::text);
    return;
  end if;
  select coalesce(sum(coalesce(m.n, 1)), 0), coalesce(sum(e.bytes + (greatest(m.n, 1) - 1) * (e.bytes - m.bytes)), 0) into how_many, bytes
    from (select octet_length(e::text)::bigint as bytes, sync.group_of(e) as members from json_array_elements(ops) e offset 0) e
   cross join lateral (select json_array_length(e.members) as n, coalesce(octet_length(e.members::text), 0) as bytes) m;
end $$;
comment on function sync.measure(json) is
  'How many ops a push holds, those of groups one by one, and how many bytes they would be as ops of their own. A group of a '
  'thousand ops whose head is 100 kB is a request of 200 kB, and was 700 MB in memory.';

drop function sync.refuse_oversized_push(json, int);
create function sync.refuse_oversized_push(ops json, settings sync.settings) returns int
language plpgsql immutable set search_path = '' as $$
declare
  size record;
begin
  if ops is null or json_typeof(ops) <> 'array' then
    raise exception 'The ops of a push must be an array.' using errcode = 'PT400';
  end if;
  select * into size from sync.measure(ops);
  if size.how_many > settings.ops_per_push then
    raise exception 'A push may hold at most % ops; send them in several.', settings.ops_per_push using errcode = 'PT413';
  elsif size.bytes > settings.bytes_per_push then
    raise exception 'A push may hold at most % bytes; send it in several.', settings.bytes_per_push using errcode = 'PT413';
  end if;
  return size.how_many;
end $$;
comment on function sync.refuse_oversized_push(json, sync.settings) is
  'How many ops there are. What no single op can be blamed for is an error of the whole request: the client cuts its batch into smaller ones.';

create or replace function sync.lock_push(scopes uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  -- The two numbers set these locks apart from other users of advisory locks.
  perform pg_advisory_xact_lock(1937337955, hashtext(auth.uid()::text));
  perform pg_advisory_xact_lock(1937337956, key)
    from (select distinct hashtext(s::text) as key from unnest(scopes) s
           where s in (select unnest(sync.my_writable_scopes())) order by 1) k;
end $$;
comment on function sync.lock_push(uuid[]) is
  'One push at a time per user (a second try waits for the first, and then finds its ops done) and per scope (so that pushes '
  'cannot deadlock with pushes). In sorted order, and advisory: ordinary SQL never waits for these. A scope can be locked only '
  'by those who write to it: who may only look would keep the others from writing with pushes that are refused. What such a one '
  'may write all the same, such as to leave, may meet a deadlock, and is tried again.';

create or replace function sync.apply_runs(ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers    sync.answer[] := '{}';
  found      sync.answer[];
  answer     sync.answer;
  collection sync.collections;
  part       record;
begin
  if sync.is_one_run(ops) then
    select c.* into collection from sync.collections c where c.name = ops[1].collection;
    return sync.apply_run(collection, ops);
  end if;
  for part in select * from sync.runs_of(ops) loop
    select c.* into collection from sync.collections c where c.name = part.collection;
    found := sync.apply_run(collection, ops[part.first:part.last]);
    -- One by one, because that is done in place: each || would copy the rows of all answers before it.
    foreach answer in array found loop
      answers := array_append(answers, answer);
    end loop;
    if sync.is_undecided(found) then
      return answers || sync.undecided(ops[part.last + 1:], '40001', 'Not tried, because an op before it was not decided.');
    end if;
  end loop;
  return answers;
end $$;

create or replace function sync.apply_ops(ops sync.op[], spoiled uuid[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers  sync.answer[] := '{}';
  found    sync.answer[];
  answer   sync.answer;
  part     record;
  is_stuck boolean := false;
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
    found := case
      when is_stuck then sync.undecided(ops[part.first:part.last], '40001', 'Not tried, because an op before it was not decided.')
      when part.unit is null then sync.apply_runs(ops[part.first:part.last])
      else sync.apply_unit(ops[part.first:part.last], part.unit = any (spoiled)) end;
    foreach answer in array found loop
      answers := array_append(answers, answer);
    end loop;
    is_stuck := is_stuck or sync.is_undecided(found);
  end loop;
  return answers;
end $$;

create or replace function sync.push(ops json, device text) returns json
language plpgsql set search_path = '' set enable_seqscan = off set jit = off as $$
declare
  request record;
  scopes  uuid[];
  fresh   sync.op[];
  again   sync.op[] := '{}';
  done    uuid[];
  refused sync.refusals[] := '{}';
  late    sync.op[] := '{}';
  answers sync.answer[];
  settings sync.settings;
  how_many int;
begin
  select s.* into settings from sync.settings s where s.only_row;
  how_many := sync.refuse_oversized_push(ops, settings);
  if settings.ops_per_minute is not null then perform sync.limit_rate(how_many); end if;
  select * into request from sync.read_ops(ops, settings.bytes_per_op);
  fresh := request.valid;
  scopes := array(select distinct o.scope from unnest(fresh) o);
  if cardinality(scopes) > settings.scopes_per_push then
    raise exception 'A push may name at most % scopes; send it in several.', settings.scopes_per_push using errcode = 'PT413';
  end if;
  perform sync.lock_push(scopes);

  -- Asked under the lock: another connection may just have sent the same ops.
  done := sync.done_before(array(select o.op_id from unnest(fresh) o));
  if done <> '{}' then
    again := array(select o from unnest(fresh) o where o.op_id = any (done));
    fresh := array(select o from unnest(fresh) o where o.op_id <> all (done));
  end if;
  if request.counting <> '{}' then
    refused := sync.refused_before(request.counting);
    done := array(select r.op_id from unnest(refused) r);
    late := array(select o from unnest(fresh) o where o.op_id = any (done));
    if late <> '{}' then fresh := array(select o from unnest(fresh) o where o.op_id <> all (done)); end if;
  end if;
  -- The rest of a unit that was refused is not done either.
  answers := sync.apply_ops(fresh, request.spoiled || array(select o.unit from unnest(late) o where o.unit is not null));
  perform sync.record_operations(fresh, answers, device);
  if exists (select from unnest(answers) a where a.status in ('conflict', 'deleted')) then
    perform sync.record_conflicts(fresh, answers, device);
  end if;
  if request.repeated <> '{}' then
    done := sync.done_before(array(select o.op_id from unnest(request.repeated) o));
    again := again || array(select o from unnest(request.repeated) o where o.op_id = any (done));
  end if;
  answers := answers || sync.answer_duplicates(again) || request.refused
    || array(select sync.refuse_again(o, r) from unnest(late) o join unnest(refused) r on r.op_id = o.op_id);
  if request.counting <> '{}' then perform sync.record_refusals(request.op_ids, request.counting, answers); end if;
  perform sync.number_commit();
  return json_build_object('user', auth.uid(), 'epoch', sync.epoch(), 'as_of', sync.as_of_push(), 'now', clock_timestamp(),
                           'advance', sync.advance(fresh, answers), 'answers', sync.answers_to_json(request.op_ids, answers));
end $$;
drop function sync.count_ops(json);

revoke execute on function sync.measure(json), sync.refuse_oversized_push(json, sync.settings) from public;
grant execute on function sync.measure(json), sync.refuse_oversized_push(json, sync.settings) to authenticated;
