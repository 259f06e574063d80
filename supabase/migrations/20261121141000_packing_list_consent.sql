-- The packing list: nobody becomes a member unasked. An owner who knew a user's id could put trips on that user's devices, and read in
-- the list of members by what name they had signed up, or their address up to the @. By invitation it is the other who decides.

create function packing_list.may_readmit(trip uuid, member uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select trip = any (packing_list.my_owned_trips()) and (
    exists (select from sync.commits c where c.scope_id = trip and c.seq is not null and member = any (c.departed) and c.by_user is distinct from member)
    or exists (select from sync.commits c where c.scope_id = trip and c.xid = pg_current_xact_id_if_assigned()
                  and member = any (c.departed) and c.by_user is distinct from member))
$$;
comment on function packing_list.may_readmit(uuid, uuid) is
  'Whether the caller owns the trip, and somebody was removed from it, who may be taken in again: that undoes the removal. Who left of '
  'their own is not taken back. As long as the commit is kept, see sync.settings.';

drop policy "owners add members" on public.trip_members;
create policy "owners take back whom they removed" on public.trip_members for insert to authenticated
  with check (packing_list.may_readmit(trip_id, user_id));

create function packing_list.keep_member() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'A membership is that of one user in one trip: remove it, and invite the other.' using errcode = '42501';
end $$;
comment on function packing_list.keep_member() is 'An owner who gave a membership to another user would add them unasked.';
create trigger keep_member before update on public.trip_members for each row
  when ((new.user_id <> old.user_id or new.trip_id <> old.trip_id) and current_user = 'authenticated')
  execute function packing_list.keep_member();

create or replace function packing_list.create_invite(trip uuid, role text, email text) returns text
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
  -- Those that lapsed a month ago are of no use to anybody, not even to be told that they have. Of an address the last one holds.
  delete from public.trip_invites i
   where i.trip_id = trip and (i.expires_at < now() - interval '30 days' or i.email = create_invite.email);
  -- Two random uuids hold 244 random bits; 128 of their hash make the token.
  token := left(encode(sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea), 'hex'), 32);
  insert into public.trip_invites (trip_id, role, email, token_hash, created_by, uses_left)
    values (trip, create_invite.role, create_invite.email, sha256(convert_to(token, 'UTF8')), auth.uid(), case when create_invite.email is null then 20 else 1 end);
  return token;
end $$;

create or replace function packing_list.my_invites() returns json
language sql stable security definer set search_path = '' as $$
  select coalesce(json_agg(json_build_object('id', i.id, 'trip', i.trip_id, 'trip_name', t.name, 'role', i.role, 'invited_by', m.name,
                                             'created_at', i.created_at, 'expires_at', i.expires_at) order by i.created_at desc), '[]')
    from (select * from public.trip_invites i where i.email = packing_list.my_email() and i.expires_at >= now() and i.uses_left > 0
           order by i.created_at desc limit 100) i
    join public.trips t on t.id = i.trip_id
    left join public.trip_members m on m.trip_id = i.trip_id and m.user_id = i.created_by
$$;
comment on function packing_list.my_invites() is
  'Open invitations for the caller''s address, the last hundred: anybody may send them. Tells the trip''s name to who is not in it yet: '
  'that is what they are asked about.';

revoke execute on function packing_list.may_readmit(uuid, uuid), packing_list.keep_member() from public;
grant execute on function packing_list.may_readmit(uuid, uuid) to authenticated;
