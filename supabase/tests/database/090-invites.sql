-- [PU5] Joining a trip by a link.
begin;
select plan(19);
select tests.create_users();
select tests.create_trip();
create temporary table token (name text, value text);
grant all on token to public;
create function pg_temp.accept(which text) returns text language sql as $$
  select format('select public.accept_invite(%L)', (select value from token where name = which))
$$;

select tests.sign_in('ann');
insert into token select 'editor', public.create_invite(tests.id('trip'));
insert into token select 'viewer', public.create_invite(tests.id('trip'), 'viewer');
select matches(value, '^[0-9a-f]{32}$', 'a token is 32 hex digits') from token where name = 'editor';
select isnt((select value from token where name = 'editor'), (select value from token where name = 'viewer'),
  'and each is another');
select throws_ok(format('select public.create_invite(%L, %L)', tests.id('trip'), 'owner'), 'PT400', null,
  'nobody becomes an owner by a link');
select throws_ok('select from public.trip_invites', '42501', null, 'not even the owner can read invitations');

select tests.sign_in('ben');
select throws_ok(format('select public.create_invite(%L)', tests.id('trip')), 'PT403', null, 'an editor cannot invite');
select tests.sign_in('stella');
select throws_ok(format('select public.create_invite(%L)', tests.id('trip')), 'PT403', null, 'a stranger even less');
select throws_ok($$ select public.accept_invite('0123456789abcdef0123456789abcdef') $$, 'PT404', null,
  'a token that was never given out');
select throws_ok('select public.accept_invite(null)', 'PT404', null, 'or none');
select is(public.accept_invite((select value from token where name = 'viewer')), tests.id('trip'),
  'a good one answers with the trip');
select is((select role from public.trip_members where user_id = tests.id('stella')), 'viewer', 'and makes a member');
select is(public.accept_invite((select value from token where name = 'editor')), tests.id('trip'), 'a better one');
select is((select role from public.trip_members where user_id = tests.id('stella')), 'editor', 'promotes');
select is(public.accept_invite((select value from token where name = 'viewer')), tests.id('trip'), 'a lesser one');
select is((select role from public.trip_members where user_id = tests.id('stella')), 'editor', 'takes nothing away');

select tests.sign_out();
select is((select sum(uses_left) from public.trip_invites), 38::bigint,
  'two uses were taken, and none for what changed nothing');
select is((select count(*) from public.trip_invites i join token t on i.token_hash = sha256(t.value::bytea)), 2::bigint,
  'only the hash is kept');
delete from public.trip_members where user_id = tests.id('stella');
update public.trip_invites set expires_at = now() - interval '1 second' where role = 'viewer';
update public.trip_invites set uses_left = 0 where role = 'editor';
select tests.sign_in('stella');
select throws_ok(pg_temp.accept('viewer'), 'PT410', null, 'an expired one is gone');
select throws_ok(pg_temp.accept('editor'), 'PT410', null, 'so is one that was used up');
select tests.sign_out('anon');
select throws_ok($$ select public.accept_invite('x') $$, '42501', null, 'and without an account there is no joining');
select * from finish();
rollback;
