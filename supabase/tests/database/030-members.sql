-- [PU5] Owners manage the members; a trip keeps an owner as long as it exists.
begin;
select plan(14);
select tests.create_users();
select tests.create_trip();
create function pg_temp.role_of(person text) returns text language sql as $$
  select role from public.trip_members where user_id = tests.id(person)
$$;

select is((select name from public.trip_members where user_id = tests.id('ann')), 'Ann',
  'a member''s name is the one signed up with');
select is((select name from public.trip_members where user_id = tests.id('ben')), 'ben',
  'or what stands before the @ of the address');
select is(pg_temp.role_of('ann'), 'owner', 'whoever starts a trip owns it');

select tests.sign_in('ann');
select throws_ok(format($$ delete from public.trip_members where user_id = %L $$, tests.id('ann')), '23514', null,
  'the last owner cannot leave');
select throws_ok(format($$ update public.trip_members set role = 'editor' where user_id = %L $$, tests.id('ann')), '23514', null,
  'the last owner cannot be made less');
select throws_ok(format($$ update public.trip_members set user_id = %L where user_id = %L $$, tests.id('stella'), tests.id('ann')), '23514', null,
  'nor be swapped for someone');
select is(tests.statuses(tests.op('trip_members', 'delete', 'none', jsonb_build_object('id', (select id from public.trip_members where user_id = tests.id('ann'))))),
  'invalid', '[PU3] in a push that is the answer of this op alone');
select lives_ok(format($$ update public.trip_members set role = 'owner' where user_id = %L $$, tests.id('ben')),
  'an owner makes another one');
select lives_ok(format($$ delete from public.trip_members where user_id = %L $$, tests.id('ann')), 'and can then leave');
select is((select count(*) from public.trips), 0::bigint, '[PL4] who has left sees the trip no more');

select tests.sign_in('vera');
select is(tests.rows_written(format($$ delete from public.trip_members where user_id = %L $$, tests.id('ben'))), 0,
  'a member removes no other');
select is(tests.rows_written(format($$ delete from public.trip_members where user_id = %L $$, tests.id('vera'))), 1,
  'but can leave');

select tests.sign_out();
select lives_ok(format($$ delete from auth.users where id = %L $$, tests.id('ben')),
  'the last owner''s account can still be deleted');
select is((select created_by from public.trips), tests.id('ann'), 'the trip stays');
select * from finish();
rollback;
