-- Stowaway's server half: what is kept no longer than sync.settings says, and how a database that was restored begins anew.

create function sync.forget_commits(at_most int, out tombstones int, out commits int, out is_full boolean)
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
  horizon timestamptz := now() - (select s.tombstones_kept from sync.settings s);
  oldest  xid8 := pg_snapshot_xmin(pg_current_snapshot());
  scopes  uuid[];
  xids    xid8[];
  seqs    bigint[];
begin
  -- The oldest first. Of the oldest transactions, not of those with an old enough time: an index leads to them, and none is read twice.
  select array_agg(c.scope_id), array_agg(c.xid), array_agg(c.seq), count(*) = at_most into scopes, xids, seqs, is_full
    from (select o.* from (select k.scope_id, k.xid, k.seq, k.at from sync.commits k order by k.xid, k.scope_id limit at_most) o
           where o.at < horizon and o.seq is not null) c;
  -- No lock is waited for: a scope that is being written to at this moment has its turn next time.
  select array_agg(u.scope_id), array_agg(u.xid), array_agg(u.seq) into scopes, xids, seqs
    from unnest(scopes, xids, seqs) u (scope_id, xid, seq)
    join (select s.scope_id from sync.scopes s where s.scope_id = any (scopes) order by s.scope_id for no key update skip locked) l
      on l.scope_id = u.scope_id;

  update sync.scopes s set floor = greatest(s.floor, u.seq)
    from (select scope_id, max(seq) as seq from unnest(scopes, seqs) w (scope_id, seq) group by scope_id) u
   where s.scope_id = u.scope_id and s.floor < u.seq;
  -- A version that is above the number of any transaction yet would be given again to the row, if it were made anew.
  with gone as (
    delete from sync.tombstones d using (
      select t.* from unnest(scopes, xids) u (scope_id, xid) cross join lateral (
        select k.row_id, k.collection, k.scope_id from sync.tombstones k
         where k.scope_id = u.scope_id and k.xid = u.xid and k.version < oldest::text::bigint for update skip locked) t limit at_most) t
     where (d.row_id, d.collection, d.scope_id) = (t.row_id, t.collection, t.scope_id) returning 1)
  select count(*) into tombstones from gone;
  with gone as (
    delete from sync.commits c using unnest(scopes, xids) u (scope_id, xid)
     where c.xid = u.xid and c.scope_id = u.scope_id
       and not exists (select from sync.tombstones t where t.scope_id = u.scope_id and t.xid = u.xid) returning 1)
  select count(*) into commits from gone;
  is_full := coalesce(is_full, false) and commits > 0 or tombstones = at_most;
end $$;
comment on function sync.forget_commits(int) is
  'Deletes the oldest commits with their tombstones, and raises the floors of their scopes above them: whole fetches reach the '
  'rows that are left. Scopes that have ended are remembered, because their devices may come back at any time.';

create function sync.gc(
  at_most int default 5000, out tombstones int, out commits int, out operations int, out refusals int, out conflicts int, out more boolean
)
language plpgsql security definer set search_path = '' set enable_seqscan = off as $$
declare
  settings sync.settings;
begin
  select s.* into settings from sync.settings s;
  select f.tombstones, f.commits, f.is_full into tombstones, commits, more from sync.forget_commits(at_most) f;
  with old as materialized (
    select o.user_id, o.op_id from sync.operations o
     where o.patch is not null and o.at < now() - settings.operations_kept order by o.at limit at_most for update skip locked
  ), gone as (
    update sync.operations o set patch = null, base = null, add = null from old
     where o.user_id = old.user_id and o.op_id = old.op_id returning 1)
  select count(*) into operations from gone;
  with old as materialized (
    select r.user_id, r.op_id from sync.refusals r
     where r.at < now() - settings.refusals_kept order by r.at limit at_most for update skip locked
  ), gone as (delete from sync.refusals r using old where r.user_id = old.user_id and r.op_id = old.op_id returning 1)
  select count(*) into refusals from gone;
  with old as materialized (
    select k.user_id, k.op_id from sync.conflicts k
     where k.at < now() - settings.conflicts_kept order by k.at limit at_most for update skip locked
  ), gone as (delete from sync.conflicts k using old where k.user_id = old.user_id and k.op_id = old.op_id returning 1)
  select count(*) into conflicts from gone;
  more := more or at_most in (operations, refusals, conflicts);
end $$;
comment on function sync.gc(int) is
  'Forgets what sync.settings keeps no longer, the oldest first, at most so many of each kind a call: call it again while `more` '
  'is true. Waits for no lock, and what it locks it holds for the length of a call. What an op wrote goes, that it was done '
  'stays (PU1). Gone with the commits is who wrote by plain SQL, and when.';

create function sync.begin_epoch() returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  begun uuid := gen_random_uuid();
begin
  lock table sync.commits in share row exclusive mode;
  delete from sync.commits c where c.seq is not null or c.xid <> pg_current_xact_id();
  delete from sync.tombstones;
  update sync.scopes set seq = seq + 1, floor = seq + 1;
  update sync.server set epoch = begun;
  return begun;
end $$;
comment on function sync.begin_epoch() is
  'To be called once after a restore, before clients are let in: every device fetches everything anew and keeps its outbox. '
  'Takes away the commits too: a database restored from a dump counts its transactions from the start, and a new one with the '
  'number of an old one would be taken for numbered. Answers with the new epoch.';

-- For whoever runs the server, and for a scheduler of theirs.
revoke execute on function sync.forget_commits(int), sync.gc(int), sync.begin_epoch() from public;
grant execute on function sync.gc(int) to service_role;

-- Where pg_cron is enabled later, the same statement does it.
do $do$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    execute $cron$select cron.schedule('stowaway-gc', '*/10 * * * *', 'select sync.gc()')$cron$;
  end if;
end
$do$;
