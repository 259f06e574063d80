-- [PL2] The poke: one per transaction, scope and member, with nothing in it but that there is something to pull.
begin;
select plan(20);
select tests.create_users();
select tests.create_trip();
select tests.create_trip('other');
create function pg_temp.ended() returns void language sql as $$
  -- What a transaction does when it commits; the next statement then stands for another one.
  set constraints all immediate;
  set constraints all deferred;
  update sync.commits set xid = (select coalesce(max(k.xid::text::bigint), 0) + 1 from sync.commits k where k.xid < pg_current_xact_id())::text::xid8
   where xid = pg_current_xact_id() and scope_id = tests.id('trip');
  update sync.commits set xid = (select coalesce(max(k.xid::text::bigint), 0) + 1 from sync.commits k where k.xid < pg_current_xact_id())::text::xid8
   where xid = pg_current_xact_id();
$$;
create function pg_temp.poked(after_what text) returns text language plpgsql as $$
declare
  poked text;
begin
  delete from realtime.messages;
  execute after_what;
  perform pg_temp.ended();
  select string_agg(format('%s:%s', coalesce(u.raw_user_meta_data ->> 'name', split_part(u.email, '@', 1)),
                           case when m.payload ->> 'scope' = tests.id('trip')::text then 'trip' else 'other' end), ' ' order by u.email, m.payload ->> 'scope' = tests.id('trip')::text)
    into poked from realtime.messages m left join auth.users u on m.topic = 'sync:' || u.id;
  return poked;
end $$;
select pg_temp.ended();

select is(pg_temp.poked(format($$ insert into public.items (id, trip_id, name) values (%L, %L, 'socks') $$, tests.id('item'), tests.id('trip'))), 'Ann:trip ben:trip vera:trip',
  '[PL2] each member is poked, and nobody else');
select is((select string_agg(distinct concat_ws(' ', event, private, extension), ', ') from realtime.messages), 'poke t broadcast', '[PL2] on a private topic');
select is((select count(*) from realtime.messages where payload - 'id' = jsonb_build_object('scope', tests.id('trip'), 'seq', (select seq from sync.scopes where scope_id = tests.id('trip')))),
  3::bigint, '[PL2] with the scope and its number, and no more: nothing of what was written');
select is(pg_temp.poked(format($$ insert into public.items (id, trip_id, name) select gen_random_uuid(), %1$L, 'x' from generate_series(1, 50);
    update public.items set packed = true; insert into public.people (id, trip_id, name) values (gen_random_uuid(), %1$L, 'Pia'); delete from public.items where name = 'x' $$, tests.id('trip'))),
  'Ann:trip ben:trip vera:trip', '[PL2] once per transaction, whatever it wrote');
select is(pg_temp.poked(format($$ update public.trips set notes = 'both' $$)), 'Ann:other Ann:trip ben:other ben:trip vera:other vera:trip', '[PL2] once per scope');
-- The rows too must be those of another transaction.
alter table public.items disable trigger user;
update public.items set sync_xid = '1';
alter table public.items enable trigger user;
select is(pg_temp.poked($$ update public.items set packed = packed $$), null, '[PL9] for what changed nothing: not at all');
select is(pg_temp.poked($$ update public.items set packed = not packed where false $$), null, '[PL9] nor for what found nothing');
select is(pg_temp.poked(format($$ update public.items set trip_id = %L $$, tests.id('other'))), 'Ann:other Ann:trip ben:other ben:trip vera:other vera:trip',
  '[PL2] for a move those of both scopes');
select is(pg_temp.poked(format($$ delete from public.trip_members where user_id = %L and trip_id = %L $$, tests.id('ben'), tests.id('trip'))), 'Ann:trip ben:trip vera:trip',
  '[PL4] who is removed is poked for it');
select is(pg_temp.poked($$ update public.trips set notes = 'without ben' $$), 'Ann:other Ann:trip ben:other vera:other vera:trip', '[PL4] and not for what comes after');
select is(pg_temp.poked(format($$ insert into public.trip_members (trip_id, user_id, role) values (%L, %L, 'viewer') $$, tests.id('trip'), tests.id('stella'))), 'Ann:trip stella:trip vera:trip',
  '[PL4] who is taken in is poked at once');
select is(pg_temp.poked(format($$ delete from public.trips where id = %L $$, tests.id('trip'))), 'Ann:trip stella:trip vera:trip', '[PL4] the end of a trip is told to all who were in it');
select is(pg_temp.poked(format($$ insert into public.default_rules (id, user_id, name, per) values (gen_random_uuid(), %L, 'x', 'day') $$, tests.id('ben'))), 'ben:other',
  '[PL2] what is one''s own pokes oneself alone');
select is(pg_temp.poked(format($$ select tests.sign_in('ben'); select tests.push(tests.op('items', 'create', 'new', '{"scope": "%s", "patch": {"name": "x"}}')); select tests.sign_out() $$, tests.id('other'))),
  'Ann:other ben:other vera:other', '[PL2] a push pokes like any other write, its own user too: they may have other devices');

-- Who may listen.
select pg_temp.poked(format($$ update public.trips set notes = 'listen' where id = %L $$, tests.id('other')));
select tests.sign_in('ben');
select set_config('realtime.topic', 'sync:' || tests.id('ben'), true) as topic;
select is((select count(*) > 0 from realtime.messages where topic = 'sync:' || tests.id('ben')), true, '[PL2] one hears one''s own pokes');
select set_config('realtime.topic', 'sync:' || tests.id('vera'), true) as topic;
select is((select count(*) from realtime.messages), 0::bigint, '[PL2] and not another''s');
select tests.sign_out();

-- Where it fails.
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql as $$ begin raise exception 'no room'; end $$;
select lives_ok($$ select pg_temp.poked('update public.items set name = ''y''') $$, '[PL2] a poke that cannot be sent fails nothing');
select is((select max(name) from public.items), 'y', '[PL2] what was written stays written');
drop function realtime.send(jsonb, text, text, boolean);
select is(pg_temp.poked($$ update public.items set name = 'z' $$), null, '[PL2] where there is no Realtime there is silence');
select is((select max(name) from public.items), 'z', '[PL2] and sync goes on');
select * from finish();
rollback;
