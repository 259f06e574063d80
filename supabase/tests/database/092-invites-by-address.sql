-- [PU5] Joining a trip by one's address.
begin;
select plan(30);
select tests.create_users();
select tests.create_trip();
create temporary table token (name text, value text);
grant all on token to public;
create function pg_temp.accept(which text) returns text language sql as $$
  select format('select public.accept_invite(%L)', (select value from token where name = which))
$$;
create function pg_temp.role_of(person text) returns text language sql as $$
  select role from public.trip_members where user_id = tests.id(person) and trip_id = tests.id('trip')
$$;

select tests.sign_in('ann');
insert into token select 'stella', public.create_invite(tests.id('trip'), 'editor', ' Stella@Example.test ');
insert into token select 'link', public.create_invite(tests.id('trip'), 'viewer');
select throws_ok(format($$ select public.create_invite(%L, 'editor', 'nobody') $$, tests.id('trip')), 'PT400', null, '[PU6] what is no address');
select throws_ok(format($$ select public.create_invite(%L, 'editor', %L) $$, tests.id('trip'), repeat('x', 320) || '@example.test'), 'PT400', null, '[PU6] or too long');
select is((select json_agg(i -> 'email')::text from json_array_elements(public.sent_invites(tests.id('trip'))) i where i ->> 'role' = 'editor'), '["stella@example.test"]',
  'the owner sees whom she has invited');
select is(json_array_length(public.sent_invites(tests.id('trip'))), 2, 'and by what links');
select is(public.my_invites()::text, '[]', 'but no invitation of her own');

select tests.sign_in('ben');
select throws_ok(pg_temp.accept('stella'), 'PT403', null, '[PU5] the token alone is not enough');
select is(public.my_invites()::text, '[]', '[PU5] nor does anybody else see it');
select is(public.sent_invites(tests.id('trip'))::text, '[]', '[PU5] an editor does not see whom the owner invites');
create temporary table invite as select null::uuid as id;
grant all on invite to public;
select tests.sign_out();
update invite set id = (select i.id from public.trip_invites i where i.email is not null);
select tests.sign_in('ben');
select throws_ok(format('select public.accept_my_invite(%L)', (select id from invite)), 'PT404', null, '[PU5] its id is not enough either');
select throws_ok(format('select public.revoke_invite(%L)', (select id from invite)), 'PT404', null, '[PU5] an editor revokes nothing');
select is(tests.rows_written('update auth.users set email = ''stella@example.test'' where id = auth.uid()'), -1, '[PU5] and nobody gives themselves an address');

select tests.sign_out();
update auth.users set email_confirmed_at = null where id = tests.id('stella');
select tests.sign_in('stella');
select throws_ok(pg_temp.accept('stella'), 'PT403', null, '[PU5] who has not confirmed the address may not join');
select is(public.my_invites()::text, '[]', '[PU5] nor see that they are invited');
select is(tests.pull() -> 'rows' -> 'trips', null, '[PU5] nor the trip');
select set_config('request.jwt.claims', json_build_object('sub', tests.id('stella'), 'role', 'authenticated', 'email', 'stella@example.test', 'email_verified', true)::text, true) is not null as claimed;
select throws_ok(pg_temp.accept('stella'), 'PT403', null, '[PU5] whatever their token claims');
select tests.sign_out();
update auth.users set email_confirmed_at = now(), email = 'STELLA@example.test' where id = tests.id('stella');
select tests.sign_in('stella');
select is((public.my_invites() -> 0)::jsonb - '{created_at,expires_at}'::text[], jsonb_build_object('id', (select id from invite), 'trip', tests.id('trip'), 'trip_name', 'trip', 'role', 'editor', 'invited_by', 'Ann'),
  'who has confirmed it sees by whom, to what and as what');
select is(public.accept_my_invite((select id from invite)), tests.id('trip'), 'joins');
select is(pg_temp.role_of('stella'), 'editor', 'and is a member');
set constraints all immediate;
select is(tests.pull() #>> '{rows,trips,0,name}', 'trip', '[PL4] who pulls the trip');
select is(public.my_invites()::text, '[]', 'the invitation is used up');
select tests.sign_out();
delete from public.trip_members where user_id = tests.id('stella');
select tests.sign_in('stella');
select throws_ok(format('select public.accept_my_invite(%L)', (select id from invite)), 'PT410', null, 'once and for all');
select throws_ok(pg_temp.accept('stella'), 'PT410', null, 'its token too');

select tests.sign_in('ann');
insert into token select 'again', public.create_invite(tests.id('trip'), 'viewer', 'stella@example.test');
select tests.sign_in('stella');
select is(public.accept_invite((select value from token where name = 'again')), tests.id('trip'), 'invited again she joins by the token');
select tests.sign_in('ann');
select lives_ok(format('select public.revoke_invite(%L)', (select i ->> 'id' from json_array_elements(public.sent_invites(tests.id('trip'))) i)), 'the owner revokes the link that is left');
select is(public.sent_invites(tests.id('trip'))::text, '[]', 'so that none is');
select tests.sign_in('ben');
select throws_ok(pg_temp.accept('link'), 'PT404', null, '[PU5] and nobody joins by it');
select tests.sign_out();
select is(pg_temp.role_of('stella'), 'viewer', 'members stay');
insert into public.trip_invites (trip_id, role, token_hash, created_by, expires_at) values (tests.id('trip'), 'viewer', 'old', tests.id('ann'), now() - interval '31 days');
select tests.sign_in('ann');
insert into token select 'last', public.create_invite(tests.id('trip'));
select tests.sign_out();
select is((select count(*) from public.trip_invites where token_hash = 'old'), 0::bigint, 'what lapsed long ago is cleared away');
select tests.sign_out('anon');
select throws_ok('select public.my_invites()', '42501', null, '[PU5] anon has no invitations');
select throws_ok('select public.accept_my_invite(gen_random_uuid())', '42501', null, '[PU5] and accepts none');
select * from finish();
rollback;
