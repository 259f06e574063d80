-- The packing list: invitations by link. Whoever has the token may join, so only its hash is kept, it expires, and it can be
-- used a limited number of times. What needs the rights of the owner stands in a schema that is not exposed; the API's functions,
-- which run as their caller, only hand on to it.

create table public.trip_invites (
  id         uuid primary key default gen_random_uuid(),
  trip_id    uuid not null references public.trips on delete cascade,
  role       text not null check (role in ('editor', 'viewer')),
  token_hash bytea not null unique,
  created_by uuid not null references auth.users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  uses_left  int not null default 20 check (uses_left >= 0)
);
comment on table public.trip_invites is
  'Not synced and not readable by anyone: reached only through create_invite and accept_invite.';
create index trip_invites_trip on public.trip_invites (trip_id);
create index trip_invites_created_by on public.trip_invites (created_by);
alter table public.trip_invites enable row level security;
revoke all on public.trip_invites from anon, authenticated;

create function packing_list.create_invite(trip uuid, role text default 'editor') returns text
language plpgsql security definer set search_path = '' as $$
declare
  token text;
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and try again.' using errcode = 'PT401';
  end if;
  if trip is null or trip <> all (packing_list.my_owned_trips()) then
    raise exception 'Only an owner of the trip can invite to it.' using errcode = 'PT403';
  end if;
  if role is null or role not in ('editor', 'viewer') then
    raise exception 'One can be invited as editor or as viewer.' using errcode = 'PT400';
  end if;
  -- Two random uuids hold 244 random bits; 128 of their hash make the token.
  token := left(encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'), 32);
  insert into public.trip_invites (trip_id, role, token_hash, created_by)
    values (trip, create_invite.role, sha256(token::bytea), auth.uid());
  return token;
end $$;
comment on function packing_list.create_invite(uuid, text) is
  'The token of a new invitation: 32 hex digits, good for 7 days and 20 people. Returned once; it cannot be looked up again.';

create function packing_list.accept_invite(token text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  ranks  constant text[] := '{viewer,editor,owner}';
  invite public.trip_invites;
  held   text;
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and open the invitation again.' using errcode = 'PT401';
  end if;
  select i.* into invite from public.trip_invites i where i.token_hash = sha256(coalesce(token, '')::bytea) for update;
  if not found then
    raise exception 'There is no such invitation; perhaps the trip was deleted, or the link is incomplete.' using errcode = 'PT404';
  end if;
  select m.role into held from public.trip_members m where m.trip_id = invite.trip_id and m.user_id = auth.uid();
  if array_position(ranks, held) >= array_position(ranks, invite.role) then return invite.trip_id; end if;
  if invite.expires_at < now() or invite.uses_left = 0 then
    raise exception 'The invitation has expired or was used up; ask for a new one.' using errcode = 'PT410';
  end if;
  insert into public.trip_members as m (trip_id, user_id, role) values (invite.trip_id, auth.uid(), invite.role)
  on conflict (trip_id, user_id) do update set role = excluded.role;
  update public.trip_invites i set uses_left = i.uses_left - 1 where i.id = invite.id;
  return invite.trip_id;
end $$;
comment on function packing_list.accept_invite(text) is
  'Joins the trip and returns its id. A member keeps the higher of the two roles. The row is locked: the last use is one use.';

create function public.create_invite(trip uuid, role text default 'editor') returns text
language sql volatile security invoker set search_path = '' as $$ select packing_list.create_invite(trip, role) $$;
comment on function public.create_invite(uuid, text) is
  'Invites to a trip of the caller''s: the token of the new invitation, which cannot be looked up again.';

create function public.accept_invite(token text) returns uuid
language sql volatile security invoker set search_path = '' as $$ select packing_list.accept_invite(token) $$;
comment on function public.accept_invite(text) is 'Joins the trip of an invitation, and returns its id.';

revoke execute on function packing_list.create_invite(uuid, text), packing_list.accept_invite(text) from public;
grant execute on function packing_list.create_invite(uuid, text), packing_list.accept_invite(text) to authenticated;
revoke execute on function public.create_invite(uuid, text), public.accept_invite(text)
  from public, anon, authenticated, service_role;
grant execute on function public.create_invite(uuid, text), public.accept_invite(text) to authenticated;
