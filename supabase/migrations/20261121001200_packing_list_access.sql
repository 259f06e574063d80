-- The packing list: who may do what. Viewers read; editors change a trip and what is in it; owners also manage the members
-- and delete the trip. A user's own rules are theirs alone.

create schema packing_list;
comment on schema packing_list is 'Helpers of the packing list''s policies and triggers. Not exposed through the API.';
revoke all on schema packing_list from public;
grant usage on schema packing_list to authenticated, service_role;

-- In plpgsql, because it keeps the plan: every policy asks these, and the planner asks them too, to estimate rows.
create or replace function sync.my_scopes() returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(m.trip_id), '{}') || auth.uid() from public.trip_members m
           where m.user_id = (select auth.uid()));
end $$;

create or replace function sync.my_writable_scopes() returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(m.trip_id), '{}') || auth.uid() from public.trip_members m
           where m.user_id = (select auth.uid()) and m.role in ('owner', 'editor'));
end $$;

create or replace function sync.scope_members(scope uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(select m.user_id from public.trip_members m where m.trip_id = scope
               union all select u.id from auth.users u where u.id = scope)
$$;

create function packing_list.my_owned_trips() returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(array_agg(m.trip_id), '{}') from public.trip_members m
           where m.user_id = (select auth.uid()) and m.role = 'owner');
end $$;
comment on function packing_list.my_owned_trips() is
  'The trips whose members the caller manages. SECURITY DEFINER for the same reason as sync.my_scopes().';

create policy "members see the trip" on public.trips for select to authenticated
  using (id in (select unnest(sync.my_scopes())));
create policy "anyone starts a trip" on public.trips for insert to authenticated
  with check (created_by = (select auth.uid()));
create policy "editors change the trip" on public.trips for update to authenticated
  using (id in (select unnest(sync.my_writable_scopes()))) with check (id in (select unnest(sync.my_writable_scopes())));
create policy "owners delete the trip" on public.trips for delete to authenticated
  using (id in (select unnest(packing_list.my_owned_trips())));

create policy "members see each other" on public.trip_members for select to authenticated
  using (trip_id in (select unnest(sync.my_scopes())));
create policy "owners add members" on public.trip_members for insert to authenticated
  with check (trip_id in (select unnest(packing_list.my_owned_trips())));
create policy "owners change members" on public.trip_members for update to authenticated
  using (trip_id in (select unnest(packing_list.my_owned_trips())))
  with check (trip_id in (select unnest(packing_list.my_owned_trips())));
create policy "owners remove members, members leave" on public.trip_members for delete to authenticated
  using (user_id = (select auth.uid()) or trip_id in (select unnest(packing_list.my_owned_trips())));

-- The same four for everything that a trip holds.
do $do$
declare
  content text;
begin
  foreach content in array array['trip_days', 'trip_rules', 'people', 'items'] loop
    execute format($sql$
      create policy "members see" on public.%1$I for select to authenticated
        using (trip_id in (select unnest(sync.my_scopes())));
      create policy "editors add" on public.%1$I for insert to authenticated
        with check (trip_id in (select unnest(sync.my_writable_scopes())));
      create policy "editors change" on public.%1$I for update to authenticated
        using (trip_id in (select unnest(sync.my_writable_scopes())))
        with check (trip_id in (select unnest(sync.my_writable_scopes())));
      create policy "editors delete" on public.%1$I for delete to authenticated
        using (trip_id in (select unnest(sync.my_writable_scopes()))) $sql$, content);
  end loop;
end
$do$;

create policy "a user's own rules" on public.default_rules for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

create function packing_list.name_member() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.name is null then
    select left(coalesce(nullif(trim(u.raw_user_meta_data ->> 'name'), ''), split_part(u.email, '@', 1)), 200)
      into new.name from auth.users u where u.id = new.user_id;
    new.name := coalesce(nullif(new.name, ''), 'Member');
  end if;
  return new;
end $$;
comment on function packing_list.name_member() is
  'Copies the name that a user signed up with, else what stands before the @ of the address.';
create trigger name_member before insert on public.trip_members for each row execute function packing_list.name_member();

create function packing_list.add_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A user's id is the scope of their own rules: such a trip would appear among that user's own, and its maker see what it deletes.
  if exists (select from auth.users u where u.id = new.id) then
    raise exception 'A trip cannot have the id of a user: give it one of its own.' using errcode = '23514';
  end if;
  if not sync.may_begin(new.id) then
    raise exception 'A trip that was deleted can be made again only by who was in it then.' using errcode = '42501';
  end if;
  insert into public.trip_members (trip_id, user_id, role) values (new.id, new.created_by, 'owner');
  return null;
end $$;
comment on function packing_list.add_owner() is
  'Whoever starts a trip owns it. In the same transaction: a trip without a member would be out of everyone''s reach.';
create trigger add_owner after insert on public.trips
  for each row when (new.created_by is not null) execute function packing_list.add_owner();

create function packing_list.keep_an_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Locked, or two owners who leave at the same moment would each rely on the other.
  perform from public.trips t where t.id = old.trip_id for no key update;
  -- No trip: it is being deleted. No user: the account is, and may not be kept from it.
  if found and exists (select from auth.users u where u.id = old.user_id)
     and not exists (select from public.trip_members m
                      where m.trip_id = old.trip_id and m.role = 'owner' and m.id <> old.id) then
    raise exception 'A trip needs an owner: make someone else an owner first, or delete the trip.' using errcode = '23514';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
comment on function packing_list.keep_an_owner() is 'The last owner can neither leave nor be made less.';
create trigger keep_an_owner_deleted before delete on public.trip_members
  for each row when (old.role = 'owner') execute function packing_list.keep_an_owner();
create trigger keep_an_owner_changed before update on public.trip_members for each row
  when (old.role = 'owner' and (new.role <> 'owner' or new.trip_id <> old.trip_id or new.user_id <> old.user_id))
  execute function packing_list.keep_an_owner();

create function packing_list.note_departure() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform sync.note_departure(old.trip_id, old.user_id);
  return null;
end $$;
comment on function packing_list.note_departure() is
  'One who is removed is poked too, so that the trip leaves their devices at once.';
create trigger note_departure after delete on public.trip_members
  for each row execute function packing_list.note_departure();

revoke execute on all functions in schema packing_list from public;
grant execute on function packing_list.my_owned_trips() to authenticated;
