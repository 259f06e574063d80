-- [PU5] [PL4] Who was removed does not come back by a link of before.
begin;
select plan(9);
select tests.create_users();
select tests.create_trip();
create temporary table token (name text, value text);
grant all on token to public;
create function pg_temp.accept(which text) returns text language sql as $$
  select format('select public.accept_invite(%L)', (select value from token where name = which))
$$;
-- All of a test is one transaction: each of its steps would share one number, one author and one time.
create function pg_temp.as_transaction_of_its_own(author text) returns void language sql as $$
  set constraints all immediate;
  set constraints all deferred;
  update sync.commits c set xid = (1000 + c.seq)::text::xid8, by_user = tests.id(author) where c.xid = pg_current_xact_id();
  update public.trip_invites i set created_at = i.created_at - interval '1 hour';
  update sync.commits c set at = c.at - interval '1 hour' where c.at >= now() - interval '1 second' and c.seq < (select s.seq from sync.scopes s where s.scope_id = c.scope_id);
$$;
select tests.sign_in('ann');
insert into token select 'link', public.create_invite(tests.id('trip'));
select tests.sign_in('stella');
select lives_ok(pg_temp.accept('link'), 'stella joins by a link');
select tests.sign_out();
select pg_temp.as_transaction_of_its_own('stella');
select tests.sign_in('stella');
select is(tests.rows_written(format('delete from public.trip_members where user_id = %L', tests.id('stella'))), 1, 'leaves');
select tests.sign_out();
select pg_temp.as_transaction_of_its_own('stella');
select tests.sign_in('stella');
select lives_ok(pg_temp.accept('link'), 'and comes back by the same link');
select tests.sign_out();
select pg_temp.as_transaction_of_its_own('stella');
select tests.sign_in('ann');
select is(tests.rows_written(format('delete from public.trip_members where user_id = %L', tests.id('stella'))), 1, 'ann removes her');
select tests.sign_out();
select pg_temp.as_transaction_of_its_own('ann');
select tests.sign_in('stella');
select throws_ok(pg_temp.accept('link'), 'PT410', 'You were removed from the trip after this invitation was made; ask for a new one.', '[PL4] then it lets her in no more');
select tests.sign_in('ben');
select lives_ok(pg_temp.accept('link'), 'a member it told nothing new');
select tests.sign_out();
insert into auth.users (id, email, email_confirmed_at) values (tests.id('dora'), 'dora@example.test', now());
select tests.sign_in('dora');
select lives_ok(pg_temp.accept('link'), 'others it still lets in');
select tests.sign_in('ann');
insert into token select 'new', public.create_invite(tests.id('trip'), 'viewer');
select tests.sign_out();
update public.trip_invites set created_at = now() + interval '1 second' where role = 'viewer';
select tests.sign_in('stella');
select lives_ok(pg_temp.accept('new'), 'a link that was made since lets her in too');
select tests.sign_out();
select is((select role from public.trip_members where user_id = tests.id('stella')), 'viewer', 'as what it says');
select * from finish();
rollback;
