-- The packing list: invitations. By link: whoever has the token may join, so only its hash is kept, it expires, and it can be
-- used a limited number of times. By address: only who has confirmed that address may join, with the token or without. What needs the rights of the owner stands in a schema that is not exposed; the API's functions,
-- which run as their caller, only hand on to it.

create table public.trip_invites (
  id         uuid primary key default gen_random_uuid(),
  trip_id    uuid not null references public.trips on delete cascade,
  role       text not null check (role in ('editor', 'viewer')),
  email      text check (length(email) between 3 and 320 and strpos(email, '@') > 1),
  token_hash bytea not null unique,
  created_by uuid not null references auth.users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  uses_left  int not null default 20 check (uses_left >= 0)
);
comment on table public.trip_invites is
  'Not synced and not readable by anyone: reached only through the functions below.';
comment on column public.trip_invites.email is 'Only for the user who has confirmed this address, in small letters; null: for whoever has the link.';
create index trip_invites_trip on public.trip_invites (trip_id);
create index trip_invites_email on public.trip_invites (email) where email is not null;
create index trip_invites_created_by on public.trip_invites (created_by);
alter table public.trip_invites enable row level security;
revoke all on public.trip_invites from anon, authenticated;

create function packing_list.create_invite(trip uuid, role text, email text) returns text
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
  email := nullif(lower(btrim(email)), '');
  if length(email) not between 3 and 320 or strpos(email, '@') <= 1 then
    raise exception 'This is no e-mail address.' using errcode = 'PT400';
  end if;
  -- Those that lapsed a month ago are of no use to anybody, not even to be told that they have.
  delete from public.trip_invites i where i.trip_id = trip and i.expires_at < now() - interval '30 days';
  -- Two random uuids hold 244 random bits; 128 of their hash make the token.
  token := left(encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'), 32);
  insert into public.trip_invites (trip_id, role, email, token_hash, created_by, uses_left)
    values (trip, create_invite.role, create_invite.email, sha256(convert_to(token, 'UTF8')), auth.uid(), case when create_invite.email is null then 20 else 1 end);
  return token;
end $$;
comment on function packing_list.create_invite(uuid, text, text) is
  'The token of a new invitation: 32 hex digits, good for 7 days and 20 people, or for the one who has the address. Returned once; it cannot be looked up again.';

create function packing_list.my_email() returns text
language sql stable security definer set search_path = '' as $$
  select lower(u.email) from auth.users u where u.id = auth.uid() and u.email_confirmed_at is not null
$$;
comment on function packing_list.my_email() is
  'The address that the caller has confirmed, from the account: what the token says may be old. A project that confirms addresses '
  'without asking (auth.email.enable_confirmations = false) makes this worth as little as that.';

create function packing_list.join_trip(invite public.trip_invites) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  ranks constant text[] := '{viewer,editor,owner}';
  held  text;
begin
  if invite.id is null then
    raise exception 'There is no such invitation; perhaps the trip was deleted, or the link is incomplete.' using errcode = 'PT404';
  end if;
  if invite.email is not null and invite.email is distinct from packing_list.my_email() then
    raise exception 'This invitation is for another e-mail address: sign in with the account that has it, and confirm the address there.' using errcode = 'PT403';
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
comment on function packing_list.join_trip(public.trip_invites) is
  'Makes the caller a member by this invitation, which must be locked: the last use is one use. A member keeps the higher of the two roles.';

create function packing_list.accept_invite(token text, id uuid) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  invite public.trip_invites;
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and open the invitation again.' using errcode = 'PT401';
  end if;
  select i.* into invite from public.trip_invites i
   where i.token_hash = sha256(convert_to(token, 'UTF8')) or (i.id = accept_invite.id and i.email = packing_list.my_email()) for update;
  return packing_list.join_trip(invite);
end $$;
comment on function packing_list.accept_invite(text, uuid) is
  'Joins the trip and returns its id. By the token, or by the id of an invitation that is for the caller''s address.';

create function packing_list.my_invites() returns json
language sql stable security definer set search_path = '' as $$
  select coalesce(json_agg(json_build_object('id', i.id, 'trip', i.trip_id, 'trip_name', t.name, 'role', i.role, 'invited_by', m.name,
                                             'created_at', i.created_at, 'expires_at', i.expires_at) order by i.created_at desc), '[]')
    from public.trip_invites i join public.trips t on t.id = i.trip_id
    left join public.trip_members m on m.trip_id = i.trip_id and m.user_id = i.created_by
   where i.email = packing_list.my_email() and i.expires_at >= now() and i.uses_left > 0
$$;
comment on function packing_list.my_invites() is 'Open invitations for the caller''s address. Tells the trip''s name to who is not in it yet: that is what they are asked about.';

create function packing_list.sent_invites(trip uuid) returns json
language sql stable security definer set search_path = '' as $$
  select coalesce(json_agg(json_build_object('id', i.id, 'role', i.role, 'email', i.email, 'uses_left', i.uses_left,
                                             'created_at', i.created_at, 'expires_at', i.expires_at) order by i.created_at desc), '[]')
    from public.trip_invites i
   where i.trip_id = trip and trip in (select unnest(packing_list.my_owned_trips())) and i.expires_at >= now() and i.uses_left > 0
$$;
comment on function packing_list.sent_invites(uuid) is 'Open invitations to a trip, for its owners.';

create function packing_list.revoke_invite(invite uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.trip_invites i where i.id = invite and i.trip_id in (select unnest(packing_list.my_owned_trips()));
  if not found then
    raise exception 'There is no such invitation to a trip of yours.' using errcode = 'PT404';
  end if;
end $$;
comment on function packing_list.revoke_invite(uuid) is 'By an owner of the trip. Who has joined by it stays a member.';

create function packing_list.hand_over_trip(trip uuid, to_user uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if auth.uid() is null then
    raise exception 'Nobody is signed in: sign in and try again.' using errcode = 'PT401';
  end if;
  -- Locked as packing_list.keep_an_owner() locks it: of two who hand over at once the second sees what the first did.
  perform from public.trips t where t.id = trip for no key update;
  if trip is null or trip <> all (packing_list.my_owned_trips()) then
    raise exception 'Only an owner of the trip can hand it over.' using errcode = 'PT403';
  end if;
  if to_user = auth.uid() then
    raise exception 'You own the trip already: hand it over to somebody else.' using errcode = 'PT400';
  end if;
  update public.trip_members m set role = 'owner' where m.trip_id = trip and m.user_id = to_user;
  if not found then
    raise exception 'Whoever is to own the trip must be a member of it first.' using errcode = 'PT404';
  end if;
  update public.trip_members m set role = 'editor' where m.trip_id = trip and m.user_id = auth.uid();
end $$;
comment on function packing_list.hand_over_trip(uuid, uuid) is
  'Makes another member an owner and the caller an editor, both or neither. Other owners stay what they are.';

create function public.create_invite(trip uuid, role text default 'editor', email text default null) returns text
language sql volatile security invoker set search_path = '' as $$ select packing_list.create_invite(trip, role, email) $$;
comment on function public.create_invite(uuid, text, text) is
  'Invites to a trip of the caller''s: the token of the new invitation, which cannot be looked up again. With an address only who has confirmed it may join.';

create function public.accept_invite(token text) returns uuid
language sql volatile security invoker set search_path = '' as $$ select packing_list.accept_invite(token, null) $$;
comment on function public.accept_invite(text) is 'Joins the trip of an invitation, and returns its id.';

create function public.accept_my_invite(invite uuid) returns uuid
language sql volatile security invoker set search_path = '' as $$ select packing_list.accept_invite(null, invite) $$;
comment on function public.accept_my_invite(uuid) is 'Likewise, of one that public.my_invites() lists.';

create function public.my_invites() returns json
language sql stable security invoker set search_path = '' as $$ select packing_list.my_invites() $$;
comment on function public.my_invites() is 'Open invitations for the caller''s confirmed address: [{id, trip, trip_name, role, invited_by, created_at, expires_at}].';

create function public.sent_invites(trip uuid) returns json
language sql stable security invoker set search_path = '' as $$ select packing_list.sent_invites(trip) $$;
comment on function public.sent_invites(uuid) is 'Open invitations to a trip of the caller''s: [{id, role, email, uses_left, created_at, expires_at}].';

create function public.revoke_invite(invite uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select packing_list.revoke_invite(invite) $$;
comment on function public.revoke_invite(uuid) is 'Takes back an invitation to a trip of the caller''s.';

create function public.hand_over_trip(trip uuid, to_user uuid) returns void
language sql volatile security invoker set search_path = '' as $$ select packing_list.hand_over_trip(trip, to_user) $$;
comment on function public.hand_over_trip(uuid, uuid) is 'Makes another member the owner of a trip of the caller''s, who becomes an editor.';

revoke execute on all functions in schema packing_list from public;
grant execute on function packing_list.create_invite(uuid, text, text), packing_list.accept_invite(text, uuid), packing_list.my_invites(),
  packing_list.sent_invites(uuid), packing_list.revoke_invite(uuid), packing_list.hand_over_trip(uuid, uuid) to authenticated;
revoke execute on function public.create_invite(uuid, text, text), public.accept_invite(text), public.accept_my_invite(uuid), public.my_invites(),
  public.sent_invites(uuid), public.revoke_invite(uuid), public.hand_over_trip(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.create_invite(uuid, text, text), public.accept_invite(text), public.accept_my_invite(uuid), public.my_invites(),
  public.sent_invites(uuid), public.revoke_invite(uuid), public.hand_over_trip(uuid, uuid) to authenticated;
