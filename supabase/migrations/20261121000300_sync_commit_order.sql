-- Stowaway's server half: numbers in the order of commits.
-- A cursor is safe only if no number below it can appear later. A number taken when a row is written cannot promise that
-- (the transaction may commit after later ones); one taken under a lock held from then on makes ordinary SQL wait and
-- deadlock. So the number is taken by a deferred trigger, while committing: the scope's counter is locked for that moment only.

create function sync.poke(scope uuid, seq bigint, departed uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is null then return; end if;
  -- Dynamic, because the function is absent where Realtime is.
  execute 'select realtime.send($1, ''poke'', ''sync:'' || member, true)
             from unnest($2) member where member is not null group by member'
    using jsonb_build_object('scope', scope, 'seq', seq), sync.scope_members(scope) || departed;
exception when others then
  raise warning 'sync: a poke for scope % could not be sent: %', scope, sqlerrm;
end $$;
comment on function sync.poke(uuid, bigint, uuid[]) is
  'Tells the members of a scope, each on a private topic, that there is something to pull. Carries no data, because a member '
  'removed a moment ago may still listen. A hint only: its failure must not fail the transaction that it is about.';

create function sync.number_commit() returns void
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
  running xid8 := pg_current_xact_id_if_assigned();
  written record;
  number  bigint;
begin
  if running is null then return; end if;
  -- In the order of ids: two transactions that wrote to the same scopes must not wait for each other.
  for written in
    select c.scope_id, c.event, c.departed, c.by_user from sync.commits c where c.xid = running and c.seq is null order by c.scope_id
  loop
    insert into sync.scopes as s (scope_id, seq, deleted, heirs)
      values (written.scope_id, 1, written.event = 'ended', written.departed || written.by_user)
    on conflict (scope_id) do update
      set seq = s.seq + 1,
          floor = case when written.event = 'written' then s.floor else s.seq + 1 end,
          deleted = written.event = 'ended',
          heirs = case when written.event = 'ended' then excluded.heirs else s.heirs end
    returning s.seq into number;
    update sync.commits c set seq = number where c.xid = running and c.scope_id = written.scope_id;
    perform sync.poke(written.scope_id, number, written.departed);
  end loop;
end $$;
comment on function sync.number_commit() is
  'Gives the running transaction its number in each scope that it wrote to. After this the transaction should write no more '
  'in other scopes: the counters stay locked until it ends. (Rows it still writes share the number, and lose nothing.)';

create function sync.number_commit_late() returns trigger
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
begin
  -- The first of the transaction's rows numbers all of them, in order; the others find nothing left to do.
  if exists (select from sync.commits c where c.xid = new.xid and c.scope_id = new.scope_id and c.seq is null) then
    perform sync.number_commit();
  end if;
  return null;
end $$;
comment on function sync.number_commit_late() is 'Runs while a transaction commits: see the head of this migration.';

create constraint trigger number_at_commit after insert on sync.commits
  deferrable initially deferred for each row execute function sync.number_commit_late();

create function sync.note_late_event() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- The counter is this transaction's own since it gave the number.
  update sync.scopes s set floor = case when new.event = 'written' then s.floor else new.seq end, deleted = new.event = 'ended',
    heirs = case when new.event = 'ended' then new.departed || new.by_user else s.heirs end
   where s.scope_id = new.scope_id;
  return null;
end $$;
comment on function sync.note_late_event() is
  'A root that is deleted, or a table that is truncated, after the transaction''s number was given (constraints set immediate, '
  'or a push earlier in it) must raise the floor all the same, or devices would keep what is gone.';
create trigger late_event after update of event on sync.commits
  for each row when (new.seq is not null and new.event <> old.event) execute function sync.note_late_event();

create function sync.note_departure(scope uuid, member uuid) returns void
language sql security definer set search_path = '' as $$
  insert into sync.commits as c (xid, scope_id, departed) values (pg_current_xact_id(), scope, array[member])
  on conflict (xid, scope_id) do update set departed = c.departed || excluded.departed
$$;
comment on function sync.note_departure(uuid, uuid) is
  'For the app''s membership trigger: the user is poked when this transaction commits, so that the device learns at once that '
  'the scope is gone. sync.scope_members() no longer names a user who has left.';

create function sync.may_begin(scope uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from sync.commits c where c.xid = pg_current_xact_id_if_assigned() and c.scope_id = scope and c.event = 'ended')
      or not exists (select from sync.scopes s where s.scope_id = scope and not (s.deleted and coalesce(auth.uid() = any (s.heirs), false)))
$$;
comment on function sync.may_begin(uuid) is
  'For the app''s trigger on the roots of scopes, where users make them: whether the caller may make one of this id. A scope that '
  'was there before has tombstones and a history, which are its members'' only; and some scopes are users'' own.';

-- Nothing here is for clients: the triggers and the push reach it as the owner.
revoke execute on function sync.poke(uuid, bigint, uuid[]), sync.number_commit(), sync.number_commit_late(),
  sync.note_late_event(), sync.note_departure(uuid, uuid), sync.may_begin(uuid) from public;
-- The push numbers its commit itself, so that the counters are the last locks it takes. A stranger who calls this numbers
-- nothing but their own transaction.
grant execute on function sync.number_commit() to authenticated;

-- Each user may listen to the topic that carries their own pokes, and to no other.
do $do$
begin
  if to_regclass('realtime.messages') is not null then
    execute $policy$
      create policy "a user hears their own pokes" on realtime.messages for select to authenticated
      using ((select realtime.topic()) = 'sync:' || (select auth.uid())::text)
    $policy$;
  end if;
end
$do$;
