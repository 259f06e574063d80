-- The packing list: a link that was sent around before somebody was removed does not let them in again.

create or replace function packing_list.join_trip(invite public.trip_invites) returns uuid
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
  if held is null and exists (select from sync.commits c where c.scope_id = invite.trip_id and c.seq is not null and auth.uid() = any (c.departed)
                                 and c.by_user is distinct from auth.uid() and c.at > invite.created_at) then
    raise exception 'You were removed from the trip after this invitation was made; ask for a new one.' using errcode = 'PT410';
  end if;
  insert into public.trip_members as m (trip_id, user_id, role) values (invite.trip_id, auth.uid(), invite.role)
  on conflict (trip_id, user_id) do update set role = excluded.role;
  update public.trip_invites i set uses_left = i.uses_left - 1 where i.id = invite.id;
  return invite.trip_id;
end $$;
comment on function packing_list.join_trip(public.trip_invites) is
  'Makes the caller a member by this invitation, which must be locked: the last use is one use. A member keeps the higher of the two roles. '
  'Who left of their own may come back by the same link; who was removed needs one that was made since.';
