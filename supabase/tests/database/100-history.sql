-- [C3] Who did what: the log of operations, read by the members of a scope.
begin;
select plan(38);
select tests.create_users();
select tests.create_trip();
create function pg_temp.history(fields text default 'kind', of_row text default 'item', before bigint default null, at_most int default 50)
returns text language sql as $$
  select string_agg(e ->> fields, ' ' order by i)
    from json_array_elements(public.sync_history('items', tests.id(of_row), before, at_most) -> 'entries') with ordinality x (e, i)
$$;
create function pg_temp.scope_history(name text default 'trip') returns text language sql as $$
  select string_agg(concat_ws(' ', e ->> 'collection', e ->> 'kind'), ', ' order by i)
    from json_array_elements(public.sync_scope_history(tests.id(name)) -> 'entries') with ordinality x (e, i)
$$;
create function pg_temp.entry(of_row text default 'item') returns jsonb language sql as $$
  select (public.sync_history('items', tests.id(of_row)) #> '{entries,0}')::jsonb
$$;

select tests.sign_in('ben');
select is(tests.statuses(tests.op('items', 'create', 'item', '{"patch": {"name": "socks", "quantity": 2}}'),
    tests.op('items', 'update', 'item', '{"patch": {"name": "stockings"}, "base": {"name": "socks"}, "time": "2026-01-02T03:04:05Z"}')),
  'applied merged', '[C3] ben makes an item and changes it');
select is(pg_temp.entry() - '{entry,op_id,at,version}'::text[], jsonb_build_object('user', tests.id('ben'), 'device', 'test', 'collection', 'items',
    'kind', 'update', 'id', tests.id('item'), 'scope', tests.id('trip'), 'patch', '{"name": "stockings"}'::jsonb, 'base', '{"name": "socks"}'::jsonb,
    'add', null, 'edited_at', '2026-01-02T03:04:05+00:00', 'status', 'merged'),
  '[C3] who, on which device, what, and what was there before; when it was edited');
select is((pg_temp.entry() ->> 'at')::timestamptz, now(), '[C3] when it arrived');
select is((pg_temp.entry() ->> 'version')::bigint, (select sync_version from public.items), '[C3] and what it came to');
select tests.sign_in('ann');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {}, "base": {}, "add": {"quantity": 3}}')), 'merged', '[C3] ann adds three');
select is(pg_temp.entry() - '{entry,op_id,at,version,edited_at}'::text[], jsonb_build_object('user', tests.id('ann'), 'device', 'test', 'collection', 'items',
    'kind', 'update', 'id', tests.id('item'), 'scope', tests.id('trip'), 'patch', '{"quantity": 5}'::jsonb, 'base', null, 'add', '{"quantity": 3}'::jsonb, 'status', 'merged'),
  '[C3] what was added, and what it came to');
select is(pg_temp.history(), 'update update create', '[C3] newest first');
select is(pg_temp.history('kind', 'item', null, 1), 'update', '[C3] as many as were asked for');
select is(pg_temp.history('kind', 'item', (public.sync_history('items', tests.id('item'), null, 2) ->> 'before')::bigint), 'create',
  '[C3] and the next page where the last one ended');
select is(public.sync_history('items', tests.id('item'), null, 4) ->> 'before', null, '[C3] after the last page there is none');
select is(pg_temp.history('kind', 'item', null, 3), 'update update create', '[C3] a page that is just full');
select is(public.sync_history('items', tests.id('item'), (public.sync_history('items', tests.id('item'), null, 3) ->> 'before')::bigint)::jsonb,
  '{"entries": [], "before": null}', '[C3] is followed by an empty one');
select is(tests.statuses(tests.op('trips', 'update', 'trip', '{"patch": {"name": "Rome"}, "base": {"name": "trip"}}')), 'merged', '[C3] the trip is renamed');
select is(pg_temp.scope_history(), 'trips update, items update, items update, items create', '[C3] the history of all that is in a scope');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "y"}}')), 'conflict', '[C3] what was refused');
select is(pg_temp.history(), 'update update create', '[C3] is not in it');

select tests.sign_in('vera');
select is(pg_temp.history(), 'update update create', '[C3] a viewer reads it');
select tests.sign_in('stella');
select is(pg_temp.history(), null, '[PU5] a stranger reads nothing');
select is(pg_temp.scope_history(), null, '[PU5] of the scope neither');
-- A trip of hers, in which she says to have changed ann's item; and in ann's she says to have done what touched nothing.
select is(tests.statuses(
    tests.op('trips', 'create', 'hers', jsonb_build_object('scope', tests.id('hers'), 'patch', '{"name": "hers"}'::jsonb)),
    tests.op('items', 'create', 'her item', jsonb_build_object('scope', tests.id('hers'), 'patch', '{"name": "x"}'::jsonb)),
    tests.op('items', 'update', 'her item', '{"patch": {"name": "poison"}, "base": {"name": "x"}}')),
  'applied applied merged', '[PU5] an op on her own row that names ann''s trip');
select is(pg_temp.history('kind', 'her item'), 'update create', '[PU5] is in the history of where the row is: its scope is only what she says');
select tests.sign_in('ann');
select is(pg_temp.scope_history(), 'trips update, items update, items update, items create', '[PU5] least of all in ann''s');

-- A viewer, who says to have made the item that is there; in a transaction of its own, in which nothing is written.
select tests.sign_out();
set constraints all immediate;
set constraints all deferred;
update sync.commits set xid = '1' where xid = pg_current_xact_id() and scope_id = tests.id('trip');
select tests.sign_in('vera');
select is(tests.statuses(tests.op('items', 'create', 'item', jsonb_build_object('patch', (select to_jsonb(i) - '{id,trip_id,created_at,sync_version,sync_xid}'::text[] from public.items i where i.id = tests.id('item'))))),
  'applied', '[PU4] to create what is there already is done already');
select is(pg_temp.history('user'), concat_ws(' ', tests.id('ann'), tests.id('ben'), tests.id('ben')), '[C3] and is in no history');
select is(tests.push(tests.op('items', 'create', 'item', '{"patch": {"name": "another"}}')) #>> '{0,fields,name,by}', tests.id('ben')::text, '[PU5] and makes nobody an author');

select tests.sign_out();
delete from public.trip_members where user_id = tests.id('ben');
select tests.sign_in('ben');
select is(pg_temp.history(), null, '[PL4] who is no member any more reads nothing, not even of what was their own');
select tests.sign_out();
create policy "not the secret ones" on public.items as restrictive for select to authenticated
  using (name <> 'stockings' or trip_id in (select unnest(sync.my_writable_scopes())));
select tests.sign_in('vera');
select is(pg_temp.scope_history(), 'trips update', '[PU5] of a row that its policy hides the log shows nothing');
select is(pg_temp.history(), null, '[PU5] nor when it is asked by its id');
select tests.sign_in('ann');
select is(tests.statuses(tests.op('items', 'delete', 'item')), 'applied', '[C3] the item is deleted');
select is(pg_temp.history(), 'delete update update create', '[C3] and its history stays');

select throws_ok($$ select public.sync_history('nothing', gen_random_uuid()) $$, 'PT404', null, '[PU6] a collection that there is not');
select throws_ok($$ select public.sync_history('items', gen_random_uuid(), null, 201) $$, 'PT400', null, '[PU6] a page that is too large');
select throws_ok($$ select public.sync_scope_history(gen_random_uuid(), null, 0) $$, 'PT400', null, '[PU6] or too small');
select tests.sign_out('anon');
select throws_ok($$ select public.sync_history('items', gen_random_uuid()) $$, '42501', null, '[PU5] and nobody without an account');

select tests.sign_out();
select results_eq(
  $$ select user_id, device, kind, patch, base, status, fields, version is not null from sync.conflicts where kind = 'update' $$,
  format($$ values (%L::uuid, 'test', 'update', '{"name": "x"}'::jsonb, '{"name": "y"}'::jsonb, 'conflict', '{name}'::text[], true) $$, tests.id('ann')),
  '[C3] the conflict is noted: whose op, what it wanted and expected, and the columns that it met');
select tests.sign_in('ann');
create temporary table op as select tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "y"}}') as op;
select is(tests.statuses(op, op || '{"op_id": "00000000-0000-4000-8000-000000000001"}'), 'deleted deleted', '[C3] so is an op that met a row which is gone') from op;
select is(tests.statuses(op), 'deleted', '[C3] sent again') from op;
select tests.sign_out();
select is((select count(*) || ' ' || count(*) filter (where version is null) from sync.conflicts where status = 'deleted'), '2 2', '[C3] it is one entry');
select * from finish();
rollback;
