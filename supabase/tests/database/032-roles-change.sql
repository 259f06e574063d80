-- [PL4] [PU5] Roles that change: at once for what is pushed, with the next pull for what is seen.
begin;
select plan(27);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');
create function pg_temp.roles() returns text language sql as $$
  select string_agg(role, ' ' order by name) from public.trip_members where trip_id = tests.id('trip')
$$;
create function pg_temp.rename(name text) returns text language sql as $$
  select tests.statuses(tests.op('items', 'update', 'item', jsonb_build_object('patch', jsonb_build_object('name', name),
    'base', jsonb_build_object('name', (select i.name from public.items i)))))
$$;
create function pg_temp.hand_over(to_whom text) returns text language sql as $$
  select format('select public.hand_over_trip(%L, %L)', tests.id('trip'), tests.id(to_whom))
$$;
create function pg_temp.cursors() returns jsonb language sql as $$ select jsonb_build_object('cursors', tests.pull() -> 'scopes') $$;
create temporary table held (person text, request jsonb);
grant all on held to public;

select is(pg_temp.roles(), 'owner editor viewer', 'ann owns, ben edits, vera views');
select tests.sign_in('ben');
select throws_ok(pg_temp.hand_over('vera'), 'PT403', null, '[PU5] an editor hands nothing over');
select tests.sign_in('stella');
select throws_ok(pg_temp.hand_over('stella'), 'PT403', null, '[PU5] nor does a stranger');
select tests.sign_in('ann');
select throws_ok(pg_temp.hand_over('stella'), 'PT404', null, '[PU5] nor is it handed over to one');
select throws_ok(pg_temp.hand_over('ann'), 'PT400', null, '[PU6] or to oneself');
select throws_ok('select public.hand_over_trip(null, null)', 'PT403', null, '[PU6] or what is none to nobody');
select is(pg_temp.roles(), 'owner editor viewer', 'all are what they were');
select lives_ok(pg_temp.hand_over('vera'), 'the owner hands the trip over to vera');
select is(pg_temp.roles(), 'editor editor owner', 'who owns it, and ann edits it');
select throws_ok(pg_temp.hand_over('ben'), 'PT403', null, '[PU5] she cannot do so again');
select is(tests.rows_written('update public.trip_members set role = ''owner'' where user_id = auth.uid()'), 0, '[PU5] or take it back');
select tests.sign_in('vera');
select is(pg_temp.rename('stockings'), 'merged', '[PU5] vera may write at once');
select is(tests.rows_written(format('update public.trip_members set role = ''viewer'' where user_id = %L', tests.id('ben'))), 1, 'and makes ben a viewer');
insert into held select 'vera', pg_temp.cursors();
select tests.sign_in('ben');
select is(pg_temp.rename('hat'), 'forbidden', '[PU5] whose next push is refused');
select is((select r ->> 'role' from jsonb_array_elements(tests.pull() #> '{rows,trip_members}') r where r ->> 'user_id' = tests.id('ben')::text), 'viewer',
  '[PL4] and whose next pull tells him so');
insert into held select 'ben', pg_temp.cursors();

select tests.sign_out();
set constraints all immediate;
set constraints all deferred;
update sync.commits set xid = '1' where xid = pg_current_xact_id();
select tests.sign_in('vera');
select is(tests.rows_written(format('delete from public.trip_members where user_id = %L', tests.id('ben'))), 1, 'vera removes ben');
set constraints all immediate;
set constraints all deferred;
select tests.sign_in('ben');
select is(tests.pull(request) -> 'gone', jsonb_build_array(jsonb_build_object('scope', tests.id('trip'), 'reason', 'revoked')), '[PL4] his next pull takes the trip away')
  from held where person = 'ben';
select is(tests.pull(request) -> 'rows', '{}', '[PL4] and brings nothing of it') from held where person = 'ben';
select is(pg_temp.rename('x'), 'not_found', '[PU5] his push finds nothing');
select tests.sign_in('vera');
select is((select jsonb_agg(d -> 'collection') from jsonb_array_elements(tests.pull(request) -> 'deleted') d), '["trip_members"]', '[PL6] hers tells that he is gone')
  from held where person = 'vera';
create temporary table token as select public.create_invite(tests.id('trip'), 'editor') as value;
grant select on token to public;
select tests.sign_in('stella');
select lives_ok(format($$ select public.accept_invite(%L) $$, (select value from token)), 'she takes stella in');
set constraints all immediate;
select tests.sign_in('stella');
select is(tests.pull() #>> '{rows,items,0,name}', 'stockings', '[PL4] whose next pull brings the trip whole');
select is(pg_temp.rename('gloves'), 'merged', '[PU5] and whose push is taken');

-- The contract: what is granted is what these three say.
select is(tests.id('trip') = any (sync.my_scopes()) and tests.id('trip') = any (sync.my_writable_scopes()), true, '[PL4] an editor sees and writes');
select tests.sign_in('ben');
select is(sync.my_scopes() || sync.my_writable_scopes(), array[tests.id('ben'), tests.id('ben')], '[PL4] who was removed has but their own rules');
select throws_ok(format('select sync.scope_members(%L)', tests.id('trip')), '42501', null, '[PU5] who is in a scope is told to nobody');
select tests.sign_out();
select set_eq(format('select unnest(sync.scope_members(%L))', tests.id('trip')), array[tests.id('ann'), tests.id('vera'), tests.id('stella')], '[PL2] its members are poked, and no others');
select * from finish();
rollback;
