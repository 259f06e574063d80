-- Stowaway's server half: the push. The wire is described in packages/sync/SPEC.md.

create function sync.lock_push(scopes uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  -- The two numbers set these locks apart from other users of advisory locks.
  perform pg_advisory_xact_lock(1937337955, hashtext(auth.uid()::text));
  perform pg_advisory_xact_lock(1937337956, key)
    from (select distinct hashtext(s::text) as key from unnest(scopes) s
           where s in (select unnest(sync.my_scopes())) order by 1) k;
end $$;
comment on function sync.lock_push(uuid[]) is
  'One push at a time per user (a second try waits for the first, and then finds its ops done) and per scope (so that pushes '
  'cannot deadlock with pushes). In sorted order, and advisory: ordinary SQL never waits for these. A scope can be locked only '
  'by those who see it.';

create function sync.limit_rate(ops int) returns void
language plpgsql security definer set search_path = '' as $$
declare
  rate  int := (select s.ops_per_minute from sync.settings s);
  spare double precision;
begin
  -- Waits for the user's other pushes, which come one at a time anyway.
  insert into sync.rates as r (user_id, spare, at) values (auth.uid(), rate - greatest(ops, 0), clock_timestamp())
  on conflict (user_id) do update
    set spare = least(rate, r.spare + extract(epoch from clock_timestamp() - r.at) / 60 * rate) - greatest(ops, 0), at = clock_timestamp()
  returning r.spare + greatest(ops, 0) into spare;
  if spare < 0 then
    raise sqlstate 'PGRST' using
      message = json_build_object('code', 'PT429', 'message', format('More than %s ops a minute; wait and send the push again.', rate),
                                  'details', null, 'hint', null)::text,
      detail = json_build_object('status', 429, 'headers', json_build_object(
        'Retry-After', ceil(-spare / rate * 60)::text, 'Access-Control-Expose-Headers', 'Retry-After'))::text;
  end if;
end $$;
comment on function sync.limit_rate(int) is
  'Refuses a push with HTTP 429 and Retry-After while its user has sent more than settings.ops_per_minute. A bucket that may run '
  'into debt: a push is taken if the last ones are paid off, however large it is, so that none is too large for ever. Only a '
  'rate that is set costs the write.';

create function sync.done_before(op_ids uuid[]) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(select i from unnest(op_ids) i cross join lateral
    (select from sync.operations o where o.user_id = (select auth.uid()) and o.op_id = i limit 1) o)
$$;
comment on function sync.done_before(uuid[]) is
  'Which of these ops of the caller took effect.';

create function sync.record_operations(ops sync.op[], answers sync.answer[], device text) returns void
language sql security definer set search_path = '' as $$
  insert into sync.operations
    (user_id, op_id, device, collection, row_id, scope_id, kind, patch, base, add, edited_at, version, status, proven)
    select auth.uid(), o.op_id, left(device, 100), c.ordinal, o.id, o.scope, o.kind,
           case when o.add = '{}' then o.patch
                else o.patch || (select jsonb_object_agg(k, a."row" -> k) from jsonb_object_keys(o.add) k) end,
           case when o.kind in ('update', 'replace') then nullif(o.base, '{}') end, nullif(o.add, '{}'), o.edited_at, a.version, a.status,
           o.scope = any (array(select m.scope_id from sync.commits m where m.xid = pg_current_xact_id()))
      from unnest(answers) a join unnest(ops) o on o.ordinal = a.ordinal join sync.collections c on c.name = o.collection
     where a.status in ('applied', 'merged') order by a.ordinal
$$;
comment on function sync.record_operations(sync.op[], sync.answer[], text) is
  'Remembers what took effect. Clients cannot write the log, and as whom they write it is not theirs to say: one who called '
  'this directly could only spoil op ids of their own. Fails, and with it the push, if an op were recorded twice.';

create function sync.record_conflicts(ops sync.op[], answers sync.answer[], device text) returns void
language sql security definer set search_path = '' as $$
  insert into sync.conflicts as k
    (user_id, op_id, device, collection, row_id, scope_id, kind, patch, base, base_version, status, version, fields, edited_at)
    select auth.uid(), o.op_id, left(device, 100), c.ordinal, o.id, o.scope, o.kind, o.patch, nullif(o.base, '{}'), o.base_version,
           a.status, a.version, array(select jsonb_object_keys(coalesce(a.fields, '{}')) order by 1), o.edited_at
      from unnest(answers) a join unnest(ops) o on o.ordinal = a.ordinal join sync.collections c on c.name = o.collection
     where a.status in ('conflict', 'deleted')
  on conflict (user_id, op_id) do update
    set status = excluded.status, version = excluded.version, fields = excluded.fields, at = excluded.at
$$;
comment on function sync.record_conflicts(sync.op[], sync.answer[], text) is
  'Notes which ops met which version of a row. As with the log, one who called this could only spoil entries of their own.';

create function sync.refused_before(op_ids uuid[]) returns sync.refusals[]
language sql stable security definer set search_path = '' as $$
  select array(select r from unnest(op_ids) i cross join lateral
    (select k from sync.refusals k where k.user_id = (select auth.uid()) and k.op_id = i limit 1) r (r))
$$;
comment on function sync.refused_before(uuid[]) is 'What these ops of the caller were told, where it was remembered.';

create function sync.record_refusals(op_ids uuid[], counting uuid[], answers sync.answer[]) returns void
language sql security definer set search_path = '' as $$
  insert into sync.refusals (user_id, op_id, status, code, message)
    select auth.uid(), op_ids[a.ordinal], a.status, a.code, left(a.message, 500) from unnest(answers) a
     where op_ids[a.ordinal] = any (counting) and a.status not in ('applied', 'merged', 'duplicate', 'retry')
  on conflict (user_id, op_id) do nothing
$$;
comment on function sync.record_refusals(uuid[], uuid[], sync.answer[]) is
  'Remembers what was refused of the ops that are counting. As whom, is not the caller''s to say: as with the log, one could only '
  'spoil op ids of one''s own.';

create function sync.refuse_again(op sync.op, refusal sync.refusals) returns sync.answer
language plpgsql set search_path = '' as $$
declare
  answer     sync.answer := (op.ordinal, refusal.status, null, null, refusal.code, refusal.message, null);
  collection sync.collections;
begin
  if refusal.status not in ('conflict', 'deleted') then return answer; end if;
  select c.* into collection from sync.collections c where c.name = op.collection;
  execute format('select t.sync_version, to_jsonb(t.*) from %s t where t.id = $1', collection.relation)
    into answer.version, answer."row" using op.id;
  if answer."row" is null then
    answer.status := case when sync.buried(collection.ordinal, array[op.id]) = '{}' then 'not_found' else 'deleted' end;
    return answer;
  end if;
  answer.status := 'conflict';
  answer.fields := sync.who_changed(collection.ordinal, answer."row", case when op.kind <> 'delete' then
    array(select p.key from jsonb_each(op.patch) p where p.value is distinct from answer."row" -> p.key) end, coalesce(op.base_version, 0));
  return answer;
end $$;
comment on function sync.refuse_again(sync.op, sync.refusals) is
  'The same refusal, where it was about the row with the row as it is now, also where the op would fit by now: the device merges '
  'with that and sends what is left under another id.';

create function sync.answer_duplicates(ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  answers sync.answer[] := '{}';
  found   sync.answer[];
  touched regclass;
begin
  for touched in select distinct c.relation from unnest(ops) o join sync.collections c on c.name = o.collection loop
    execute format($q$
        select array_agg((o.ordinal, 'duplicate', t.sync_version, case when t.id is not null then to_jsonb(t.*) end,
                          null, null, null)::sync.answer)
          from unnest($1) o join sync.collections c on c.name = o.collection and c.relation = $2
               left join %s t on t.id = o.id $q$, touched)
      into found using ops, touched;
    answers := answers || found;
  end loop;
  return answers;
end $$;
comment on function sync.answer_duplicates(sync.op[]) is
  'For ops done before: the row as it is now, because the answer that the client missed would be out of date.';

create function sync.answers_to_json(op_ids uuid[], answers sync.answer[]) returns json
language sql stable set search_path = '' as $$
  -- An op that came twice and was refused has no answer of its own: it is told what became of the first.
  with own as (
    select i.ordinal, i.op_id,
           coalesce(a.ordinal, first_value(a.ordinal) over (partition by i.op_id order by i.ordinal)) as answered
      from unnest(op_ids) with ordinality i (op_id, ordinal) left join unnest(answers) a on a.ordinal = i.ordinal
  )
  select coalesce(json_agg(
           case when a.status = 'applied' and a.version is not null
             then json_build_object('op_id', o.op_id, 'status', a.status, 'version', a.version)
           else (jsonb_build_object('op_id', o.op_id, 'status', a.status)
             || case when a.version is null then '{}' else jsonb_build_object('version', a.version) end
             || case when a."row" is null or a.status = 'applied' then '{}' else jsonb_build_object('row', a."row") end
             || case when a.code is null then '{}' else jsonb_build_object('code', a.code, 'message', a.message) end
             || case when a.fields is null then '{}' else jsonb_build_object('fields', a.fields) end)::json end order by o.ordinal), '[]')
    from own o left join unnest(answers) a on a.ordinal = o.answered
$$;
comment on function sync.answers_to_json(uuid[], sync.answer[]) is
  'One answer per op, in the order of the ops. Absent members are left out by hand: json_strip_nulls would strip the rows too. '
  'The row of an op that was applied is what its client made it; it is there for the log.';

create function sync.as_of() returns bigint
language sql stable set search_path = '' as $$
  select pg_catalog.pg_snapshot_xmax(s)::text::bigint + pg_catalog.pg_snapshot_xmin(s)::text::bigint from pg_catalog.pg_current_snapshot() s
$$;
comment on function sync.as_of() is
  'How old what the caller sees is, as the sum of two numbers that only rise, on a read replica too. An answer of a lower number '
  'than one that a client has had knows less, of members above all. The upper end of the snapshot alone would not tell that a '
  'transaction has ended which began before others that ended earlier; the lower end does, unless a still older one goes on.';

create function sync.as_of_push() returns bigint
language sql stable set search_path = '' as $$
  select coalesce(pg_current_xact_id_if_assigned()::text::bigint + 1 + pg_snapshot_xmin(pg_current_snapshot())::text::bigint, sync.as_of())
$$;
comment on function sync.as_of_push() is
  'What sync.as_of() is at least once this transaction is seen: what lies below is older than this push.';

create function sync.push(ops json, device text) returns json
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
begin
  select s.* into settings from sync.settings s where s.only_row;
  perform sync.refuse_oversized_push(ops, settings.ops_per_push);
  if settings.ops_per_minute is not null then perform sync.limit_rate(sync.count_ops(ops)); end if;
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
comment on function sync.push(json, text) is
  'Takes each op by itself, or with its unit, once; what adds to counters is not tried again after a refusal either. Runs as the '
  'caller, so that row level security decides; only the log, the '
  'locks and the numbers are reached through functions of the owner. Without sequential scans, because whatever the statistics say (a table '
  'analysed while it was empty, or never, as in PGlite) a push must cost by its own size, not by the table''s. Without JIT, '
  'because the price put on sequential scans would have it compile each plan that cannot do without one.';

create function public.sync_push(ops json, device text default null) returns json
language plpgsql volatile security invoker set search_path = '' as $$
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and send the push again.' using errcode = 'PT401';
  end if;
  return sync.push(ops, device);
end $$;
comment on function public.sync_push(json, text) is
  'Push: see packages/sync/SPEC.md. anon may call it only to be told that nobody is signed in: a token that is garbage or '
  'expired makes some servers answer as anon, and 403 would look like a final refusal of the ops.';

revoke execute on all functions in schema sync from public;
grant execute on function sync.lock_push(uuid[]), sync.done_before(uuid[]), sync.record_operations(sync.op[], sync.answer[], text),
  sync.limit_rate(int), sync.record_conflicts(sync.op[], sync.answer[], text),
  sync.refused_before(uuid[]), sync.record_refusals(uuid[], uuid[], sync.answer[]), sync.refuse_again(sync.op, sync.refusals),
  sync.answer_duplicates(sync.op[]), sync.answers_to_json(uuid[], sync.answer[]), sync.as_of(), sync.as_of_push(),
  sync.push(json, text)
  to authenticated;
revoke execute on function public.sync_push(json, text) from public, anon, authenticated, service_role;
grant execute on function public.sync_push(json, text) to anon, authenticated;
