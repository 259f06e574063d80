-- Stowaway's server half: what was written where no trigger sees it.

create function sync.resend(relation regclass) returns void
language plpgsql set search_path = '' as $$
declare
  registered sync.collections;
begin
  select c.* into registered from sync.collections c where c.relation = resend.relation;
  if registered.ordinal is null then
    raise exception 'sync: % is not registered.', relation using errcode = '42704';
  end if;
  perform sync.resend_rows(registered);
end $$;
comment on function sync.resend(regclass) is
  'To be called after rows of a table were changed past its triggers: by "alter column … type … using", while triggers were disabled, '
  'or with session_replication_role = replica. Such a row keeps its version, so that neither a pull nor a checksum finds it. Every '
  'scope is fetched anew; what waits on devices stays. For the owner of the database.';
revoke execute on function sync.resend(regclass) from public;
