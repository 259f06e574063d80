-- Stowaway's server half: what is told of scopes that are not the caller's, and membership functions that name a scope twice, or none.

create or replace function sync.gone(cursors jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'scope', s.scope_id, 'reason', case when s.deleted then 'deleted' else 'revoked' end)), '[]')
    from sync.read_cursors(cursors) c join sync.scopes s on s.scope_id = c.scope_id and (s.seq >= c.since or not pg_is_in_recovery())
   where not exists (select from unnest(sync.my_scopes()) m where m = s.scope_id)
$$;
comment on function sync.gone(jsonb) is
  'Scopes that a client has a cursor of and its user no longer sees. One that was never written to here is left out: it was '
  'created offline and is yet to be pushed. So is on a replica one of which the client has seen more than there is here: who its '
  'members are by now is not known here either. The primary knows, and asks for no number: or whoever has the id of a scope '
  'could find out its counter by trying, and so when others work.';

create or replace function sync.checksums(names text[], scopes uuid[]) returns jsonb
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
    -- Each once, however often sync.my_scopes() names it: what is summed twice this way is not there.
    into sums using array(select distinct s from unnest(scopes) s);
  return coalesce(sums, '{}');
end $$;
