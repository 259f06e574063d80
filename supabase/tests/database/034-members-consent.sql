-- [PU5] Nobody becomes a member unasked; whom an owner has removed by mistake, an owner takes back.
begin;
select plan(17);
select tests.create_users();
select tests.create_trip();
set constraints all immediate;
set constraints all deferred;
update sync.commits set xid = '1' where xid = pg_current_xact_id();
create function pg_temp.add(person text) returns text language sql as $$
  select tests.statuses(tests.op('trip_members', 'create', 'member ' || person, jsonb_build_object('patch',
    jsonb_build_object('user_id', tests.id(person), 'role', 'viewer', 'name', 'x'))))
$$;
create function pg_temp.remove(person text) returns text language sql as $$
  select tests.statuses(tests.op('trip_members', 'delete', 'x', jsonb_build_object('id',
    (select m.id from public.trip_members m where m.user_id = tests.id(person) and m.trip_id = tests.id('trip')))))
$$;
create function pg_temp.swap(person text, other text) returns int language sql as $$
  select tests.rows_written(format('update public.trip_members set user_id = %L where user_id = %L', tests.id(other), tests.id(person)))
$$;

select tests.sign_in('ann');
select is(pg_temp.add('stella'), 'forbidden', '[PU5] an owner makes nobody a member who was never asked');
select is(tests.rows_written(format('insert into public.trip_members (trip_id, user_id, role) values (%L, %L, ''viewer'')', tests.id('trip'), tests.id('stella'))), -1,
  '[PU5] nor past sync, to read by what name they signed up');
select is(pg_temp.swap('vera', 'stella'), -1, '[PU5] nor by giving them the place of another');
select is(tests.statuses(tests.op('trip_members', 'update', 'x', jsonb_build_object('id', (select m.id from public.trip_members m where m.user_id = tests.id('vera')),
  'patch', jsonb_build_object('user_id', tests.id('stella')), 'base', jsonb_build_object('user_id', tests.id('vera'))))), 'forbidden', '[PU5] in a push neither');
select is(tests.rows_written(format('update public.trip_members set role = ''editor'' where user_id = %L', tests.id('vera'))), 1, 'roles are theirs to give');

select is(pg_temp.remove('ben'), 'applied', 'she removes ben');
select is(pg_temp.add('ben'), 'applied', '[CO5] and takes it back');
select is((select role || ' ' || name from public.trip_members where user_id = tests.id('ben')), 'viewer x', 'he is a member again');
select is(pg_temp.remove('ben'), 'applied', 'she removes him once more');
select tests.sign_in('ben');
select is(pg_temp.add('ben'), 'forbidden', '[PU5] he does not take himself back');
select tests.sign_in('vera');
select is(pg_temp.add('ben'), 'forbidden', '[PU5] nor does one who owns nothing');
select is(pg_temp.remove('vera'), 'applied', 'she leaves');
select tests.sign_out();
set constraints all immediate;
set constraints all deferred;
-- Each was a transaction of its own.
update sync.commits set departed = array_remove(departed, tests.id('vera')) where scope_id = tests.id('trip');
insert into sync.commits (xid, scope_id, seq, departed, by_user) values ('2', tests.id('trip'), 1000, array[tests.id('vera')], tests.id('vera'));
select tests.sign_in('ann');
select is(pg_temp.add('vera'), 'forbidden', '[PU5] who left of their own is not taken back');
select is(pg_temp.add('ben'), 'applied', '[CO5] who was removed still is');

-- By invitations.
insert into public.trips (id, name) values (tests.id('second'), 'second');
select lives_ok(format($$ select public.create_invite(t, 'viewer', 'stella@example.test') from unnest(array[%L, %L]::uuid[]) t, generate_series(1, 3) $$, tests.id('trip'), tests.id('second')),
  'an address is invited several times to each of two trips');
select tests.sign_in('stella');
select is(json_array_length(public.my_invites()), 2, '[PU5] the last invitation to each is what is left');
select tests.sign_out();
insert into public.trip_invites (trip_id, role, email, token_hash, created_by)
  select tests.id('trip'), 'viewer', 'stella@example.test', sha256(i::text::bytea), tests.id('ann') from generate_series(1, 150) i;
select tests.sign_in('stella');
select is(json_array_length(public.my_invites()), 100, '[PU5] and no more than a hundred are told');
select * from finish();
rollback;
