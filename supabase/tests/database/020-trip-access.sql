-- [PU5] Who may do what with a trip and with what is in it. Written with plain SQL: a push is held to the same policies.
begin;
select plan(33);
select tests.create_users();
select tests.create_trip();
insert into public.people (id, trip_id, name) values (tests.id('person'), tests.id('trip'), 'Pia');
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');
insert into public.trip_rules (id, trip_id, name, per) values (tests.id('trip rule'), tests.id('trip'), 'socks', 'day');
insert into public.default_rules (id, user_id, name, per) values (tests.id('rule'), tests.id('ann'), 'socks', 'day');

create function pg_temp.seen() returns text language sql as $$
  select format('%s %s %s %s %s %s', (select count(*) from public.trips), (select count(*) from public.trip_members),
    (select count(*) from public.people), (select count(*) from public.items), (select count(*) from public.trip_rules),
    (select count(*) from public.default_rules))
$$;
create function pg_temp.try(statement text) returns int language sql as $$
  select tests.rows_written(format(statement, tests.id('trip'), gen_random_uuid(), tests.id('item')))
$$;

select tests.sign_in('stella');
select is(pg_temp.seen(), '0 0 0 0 0 0', '[PU5] a stranger sees nothing');
select is(pg_temp.try($$ update public.trips set name = 'x' $$), 0, '[PU5] a stranger changes no trip');
select is(pg_temp.try($$ update public.items set name = 'x' $$), 0, '[PU5] a stranger changes no item');
select is(pg_temp.try($$ delete from public.items $$), 0, '[PU5] a stranger deletes no item');
select is(pg_temp.try($$ insert into public.items (id, trip_id, name) values (%2$L, %1$L, 'x') $$), -1,
  '[PU5] a stranger adds no item');
select is(pg_temp.try($$ insert into public.people (id, trip_id, name) values (%2$L, %1$L, 'x') $$), -1,
  '[PU5] a stranger adds no person');
select is(pg_temp.try($$ insert into public.trip_rules (id, trip_id, name, per) values (%2$L, %1$L, 'x', 'day') $$), -1,
  '[PU5] a stranger adds no rule');
select is(pg_temp.try(format($$ insert into public.trip_members (trip_id, user_id, role) values (%%1$L, %L, 'owner') $$, tests.id('stella'))), -1,
  '[PU5] a stranger does not make herself a member');

select tests.sign_in('vera');
select is(pg_temp.seen(), '1 3 1 1 1 0',
  '[PU5] a viewer sees the trip, its members and all that is in it, but nobody''s own rules');
select is(pg_temp.try($$ update public.trips set name = 'x' $$), 0, '[PU5] a viewer does not change the trip');
select is(pg_temp.try($$ update public.items set packed = true $$), 0, '[PU5] a viewer does not tick an item');
select is(pg_temp.try($$ delete from public.items $$), 0, '[PU5] a viewer deletes no item');
select is(pg_temp.try($$ insert into public.items (id, trip_id, name) values (%2$L, %1$L, 'x') $$), -1,
  '[PU5] a viewer adds no item');
select is(pg_temp.try($$ update public.trip_members set role = 'owner' $$), 0, '[PU5] a viewer does not promote herself');
select is(pg_temp.try($$ delete from public.trips $$), 0, '[PU5] a viewer does not delete the trip');

select tests.sign_in('ben');
select is(pg_temp.seen(), '1 3 1 1 1 0', '[PU5] an editor sees the same');
select is(pg_temp.try($$ update public.trips set name = 'x' $$), 1, '[PU5] an editor changes the trip');
select is(pg_temp.try($$ update public.people set name = 'x' $$), 1, '[PU5] an editor changes a person');
select is(pg_temp.try($$ update public.items set packed = true $$), 1, '[PU5] an editor ticks an item');
select is(pg_temp.try($$ insert into public.items (id, trip_id, name) values (%2$L, %1$L, 'x') $$), 1,
  '[PU5] an editor adds an item');
select is(pg_temp.try($$ insert into public.trip_rules (id, trip_id, name, per) values (%2$L, %1$L, 'x', 'day') $$), 1,
  '[PU5] an editor adds a rule');
select is(pg_temp.try($$ delete from public.items where id = %3$L $$), 1, '[PU5] an editor deletes an item');
select is(pg_temp.try($$ update public.trip_members set role = 'owner' $$), 0,
  '[PU5] an editor does not promote himself');
select is(pg_temp.try(format($$ insert into public.trip_members (trip_id, user_id, role) values (%%1$L, %L, 'viewer') $$, tests.id('stella'))), -1,
  '[PU5] an editor adds no member');
select is(pg_temp.try($$ delete from public.trips $$), 0, '[PU5] an editor does not delete the trip');

select tests.sign_in('ann');
select is(pg_temp.seen(), '1 3 1 1 2 1', '[PU5] the owner sees all that and her own rules');
select is(pg_temp.try(format($$ insert into public.default_rules (id, user_id, name, per) values (%%2$L, %L, 'x', 'day') $$, tests.id('ben'))), -1,
  '[PU5] nobody writes rules for another');
select is(pg_temp.try(format($$ insert into public.trips (id, name, created_by) values (%%2$L, 'x', %L) $$, tests.id('ben'))), -1,
  '[PU5] nobody starts a trip in another''s name');
select is(pg_temp.try($$ update public.items set trip_id = gen_random_uuid() $$), -1,
  '[PU5] an item cannot be moved into a trip that is not one''s own');
select is(pg_temp.try($$ delete from public.trips $$), 1, '[PU5] the owner deletes the trip');
select is(pg_temp.seen(), '0 0 0 0 0 1', '[PU5] all that was in the trip goes with it');

select tests.sign_out('anon');
select throws_ok($$ select from public.trips $$, '42501', null, '[PU5] anon may not even ask for trips');
select throws_ok($$ select from public.default_rules $$, '42501', null, '[PU5] nor for rules');
select * from finish();
rollback;
