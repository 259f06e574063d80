-- [PU5] [PU6] What a push refuses, and how.
begin;
select plan(38);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');

create function pg_temp.refusal(fields jsonb) returns text language sql as $$
  select (a ->> 'status') || ': ' || coalesce(a ->> 'message', '') from (select tests.push(tests.op('items', 'update', 'item', fields)) -> 0 as a) p
$$;
select tests.sign_in('ben');
select is(pg_temp.refusal('{"collection": "nothing"}'), 'invalid: There is no synced collection of this name.',
  '[PU6] unknown collection');
select is(pg_temp.refusal('{"collection": "items\"; drop table items; --"}'), 'invalid: There is no synced collection of this name.',
  '[PU6] whatever it is called');
select is(pg_temp.refusal('{"collection": "trip_invites"}'), 'invalid: There is no synced collection of this name.',
  '[PU6] a table that is not synced');
select is(pg_temp.refusal('{"kind": "upsert"}'), 'invalid: kind must be create, update, delete or replace.',
  '[PU6] unknown kind');
select is(pg_temp.refusal('{"kind": null}'), 'invalid: kind must be create, update, delete or replace.', '[PU6] no kind');
select is(pg_temp.refusal('{"id": null}'), 'invalid: id is missing.', '[PU6] no id');
select is(pg_temp.refusal('{"scope": null}'), 'invalid: scope is missing.', '[PU6] no scope');
select is(pg_temp.refusal('{"op_id": null}'), 'invalid: op_id is missing.', '[PU6] no op id');
select alike(pg_temp.refusal('{"id": "1"}'), 'invalid: The op cannot be read: invalid input syntax for type uuid%',
  '[PU6] an id that is none');
select alike(pg_temp.refusal('{"base_version": 1.5}'), 'invalid: The op cannot be read%',
  '[PU6] a base version that is no whole number');
select alike(pg_temp.refusal('{"base_version": 1e30}'), 'invalid: The op cannot be read%', '[PU6] or out of range');
select alike(pg_temp.refusal('{"time": "yesterday noon"}'), 'invalid: The op cannot be read%',
  '[PU6] a time that is none');
select is(pg_temp.refusal('{"time": "infinity", "patch": {"name": "x"}}'), 'invalid: time must be a point in time.',
  '[PU6] or never comes');
select is(pg_temp.refusal('{"patch": "x"}'), 'invalid: patch must be an object.', '[PU6] a patch that is no object');
select is(pg_temp.refusal('{"patch": {}}'), 'invalid: patch is empty.', '[PU6] an empty patch');
select is(pg_temp.refusal('{"patch": {"name": "x"}, "base": []}'), 'invalid: base must be an object.',
  '[PU6] a base that is no object');
select is(pg_temp.refusal('{"patch": {"nope": 1}}'), 'invalid: Unknown or server-owned column: nope',
  '[PU6] unknown column');
select is(pg_temp.refusal('{"patch": {"name\" = null; --": 1}}'), 'invalid: Unknown or server-owned column: name" = null; --',
  '[PU6] whatever it is called');
select is(pg_temp.refusal('{"patch": {"__proto__": 1}}'), 'invalid: Unknown or server-owned column: __proto__',
  '[PU6] also this one');
select is(pg_temp.refusal('{"patch": {"created_at": "2000-01-01"}}'), 'invalid: Unknown or server-owned column: created_at',
  '[PU5] a server-owned column');
select is(pg_temp.refusal('{"patch": {"sync_version": 1}}'), 'invalid: Unknown or server-owned column: sync_version',
  '[PU5] the version above all');
select is(pg_temp.refusal('{"patch": {"xmin": 1}}'), 'invalid: Unknown or server-owned column: xmin',
  '[PU5] or one of the system''s');
select is(pg_temp.refusal('{"patch": {"id": "x"}}'), 'invalid: The id of a row cannot be changed.', '[PU6] the id');
select is(pg_temp.refusal('{"kind": "create", "patch": {"id": "x", "name": "x"}}'), 'invalid: id or scope in the patch is another than that of the op.',
  '[PU6] two ids');
select is(pg_temp.refusal(format('{"collection": "trips", "kind": "create", "scope": "%s", "patch": {"name": "x"}}', tests.id('other'))::jsonb),
  'invalid: The scope of a scope''s root is its own id.', '[PU6] a trip in another trip');
select is(pg_temp.refusal(format('{"patch": {"notes": "%s"}}', repeat('x', 262200))::jsonb), 'invalid: The op is larger than 262144 bytes.',
  '[PU6] an oversized op');
select is(pg_temp.refusal('{"patch": {"quantity": 99999999999}}'), 'invalid: value "99999999999" is out of range for type integer',
  '[PU6] a value out of range');
select alike(pg_temp.refusal('{"patch": {"quantity": -1}, "base": {"quantity": 1}}'), 'invalid: %violates check constraint%',
  '[PU6] a failed constraint');
select is((select name || quantity from public.items), 'socks1', '[PU6] none of them did anything');

select is((select string_agg(a ->> 'status', ' ') from json_array_elements(public.sync_push(('[null, 5, "x", [], {}, {"op_id": "zz"},
    {"op_id": "00000000-0000-4000-8000-000000000001", "collection": "items", "kind": "create", "id": "00000000-0000-4000-8000-000000000002",
     "scope": "' || tests.id('trip') || '", "patch": {"name": "a\u0000b"}},
    {"op_id": "00000000-0000-4000-8000-000000000003", "collection": "items", "kind": "create", "id": "00000000-0000-4000-8000-000000000004",
     "scope": "' || tests.id('trip') || '", "patch": {"name": "good"}}]')::json) -> 'answers') a),
  'invalid invalid invalid invalid invalid invalid invalid applied',
  '[PU6] what is no op at all, or cannot be text, is refused by itself');

select throws_ok($$ select public.sync_push('{}') $$, 'PT400', null, '[PU6] ops that are no array are a bad request');
select throws_ok($$ select public.sync_push(null) $$, 'PT400', null, '[PU6] so are none');
select throws_ok($$ select public.sync_push((select json_agg(1) from generate_series(1, 1001))) $$, 'PT413', null,
  '[PU6] more than 1,000 ops are too many');
select throws_ok($$ select public.sync_push((select json_agg(tests.op('items', 'delete', 'x') || jsonb_build_object('scope', gen_random_uuid())) from generate_series(1, 201))) $$,
  'PT413', null, '[PU6] more than 200 scopes are too many');

select tests.sign_in('vera');
select is(pg_temp.refusal('{"patch": {"name": "x"}, "base": {"name": "socks"}}'), 'forbidden: You may see this row but not change it.',
  '[PU5] a viewer''s update');
select tests.sign_in('stella');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}}'), tests.op('items', 'delete', 'item'),
    tests.op('items', 'create', 'item', '{"patch": {"name": "x"}}'), tests.op('items', 'create', 'new', '{"patch": {"name": "x"}}'),
    tests.op('trips', 'create', 'trip', '{"patch": {"name": "mine"}}'),
    tests.op('trip_members', 'create', 'm', jsonb_build_object('patch', jsonb_build_object('user_id', tests.id('stella'), 'role', 'owner')))),
  'not_found not_found forbidden forbidden forbidden forbidden', '[PU5] a stranger gets nowhere');
select is(tests.push(tests.op('items', 'create', 'item', '{"patch": {"name": "socks"}}')) -> 0 ? 'row', false,
  '[PU5] and is shown no row by guessing its id');
select is(tests.statuses(tests.op('default_rules', 'create', 'r', jsonb_build_object('scope', tests.id('ann'), 'patch', '{"name": "x", "per": "day"}'::jsonb))),
  'forbidden', '[PU5] nor a place among another''s own rows');
select * from finish();
rollback;
