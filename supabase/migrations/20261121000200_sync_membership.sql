-- Stowaway's server half: who may see what. An app replaces these three functions with its own rule.
-- In policies write `scope in (select unnest(sync.my_scopes()))`: it is asked once per statement, costs nothing measurable
-- beside no policy at all, and leaves the planner free to use the primary key. (`= any ((select …)::uuid[])` made an update
-- of 100 rows ninety times slower on a large table.)

create function sync.my_scopes() returns uuid[]
language sql stable security definer set search_path = '' as $$ select '{}'::uuid[] $$;
comment on function sync.my_scopes() is
  'The scopes that the caller may see. One array instead of rows: cheaper, and asked once per statement. SECURITY DEFINER '
  'because a policy on the membership table that reads the membership table would never end.';

create function sync.my_writable_scopes() returns uuid[]
language sql stable security definer set search_path = '' as $$ select '{}'::uuid[] $$;
comment on function sync.my_writable_scopes() is
  'The scopes whose contents the caller may change: a subset of sync.my_scopes().';

create function sync.scope_members(scope uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$ select '{}'::uuid[] $$;
comment on function sync.scope_members(uuid) is
  'The users to poke when something in the scope changes. Not for clients: it would tell anyone who is in a scope.';

revoke execute on function sync.my_scopes(), sync.my_writable_scopes(), sync.scope_members(uuid) from public;
grant execute on function sync.my_scopes(), sync.my_writable_scopes() to authenticated;
