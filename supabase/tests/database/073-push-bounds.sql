-- [PU6] [C4] What a push asks of the server is bounded, and nobody waits for who may not write.
begin;
select plan(13);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name, notes) values (tests.id('item'), tests.id('trip'), 'socks', repeat('n', 2000));
create function pg_temp.group_of(how_many int, members jsonb default '{}') returns json language sql as $$
  select json_build_array(jsonb_build_object('collection', 'items', 'kind', 'create', 'scope', tests.id('trip'), 'time', now(), 'columns', '["name"]'::jsonb,
    'ops', (select jsonb_agg(jsonb_build_array(gen_random_uuid(), gen_random_uuid(), null, 0, 'x')) from generate_series(1, how_many))) || members)
$$;
create function pg_temp.locked() returns bigint language sql as $$
  select count(*) from pg_locks l where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.classid = 1937337956
$$;

-- Whom a push holds up.
select tests.sign_in('vera');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "socks"}}'), tests.op('items', 'create', 'new', '{"patch": {"name": "x"}}'))
  || ' ' || pg_temp.locked(), 'forbidden forbidden 0', '[PU5] who may only look makes nobody wait');
select tests.sign_in('stella');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "socks"}}')) || ' ' || pg_temp.locked(), 'not_found 0', '[PU5] nor does a stranger');
select tests.sign_in('ben');
select is(tests.statuses(tests.op('items', 'update', 'item', '{"patch": {"name": "x"}, "base": {"name": "socks"}}')) || ' ' || pg_temp.locked(), 'merged 1',
  '[PU1] those who write wait for each other');
select tests.sign_out();

-- Measured.
select is((select how_many || ' ' || bytes from sync.measure('[{"a":1},{"a":2}]')), '2 17', '[PU6] ops by themselves are as many bytes as they come in');
select is((select how_many || ' ' || bytes from sync.measure('[]')), '0 2', '[PU6] none are next to none');
select is((select how_many || ' ' || bytes from sync.measure('[{"h":"head","ops":[[1],[2],[3]]},{"x":1}]')), '4 77',
  '[PU6] of a group what its ops have in common counts once for each: 32 bytes, twice the 19 of its head, and 7');
select is((select how_many from sync.measure('[{"ops":[]},{"ops":{}},{"ops":null}]')), 2, '[PU6] a group without ops has none, and what is no list is no group');
select is((select how_many from sync.measure('[{"x":"\u0000","ops":[1,2,3]}]')), 1, '[PU6] what cannot be read is one');

-- Refused.
select tests.sign_in('ben');
select throws_ok($$ select public.sync_push(pg_temp.group_of(1000, jsonb_build_object('collection', repeat('x', 100000)))) $$, 'PT413',
  'A push may hold at most 16777216 bytes; send it in several.', '[PU6] a head of 100 kB for a thousand ops is 100 MB, and too large');
select throws_ok($$ select public.sync_push(pg_temp.group_of(1000, jsonb_build_object('columns', jsonb_build_array(repeat('x', 100000))))) $$, 'PT413',
  null, '[PU6] likewise the name of a column');
select is((select count(*) from json_array_elements(public.sync_push(pg_temp.group_of(1000)) -> 'answers') a where a ->> 'status' = 'applied'), 1000::bigint,
  '[PU6] a thousand ops as devices send them are none of it');
select tests.sign_out();
update sync.settings set bytes_per_op = 1024, bytes_per_push = 65536;
select tests.sign_in('ben');
select throws_ok($$ select tests.push(variadic array(select tests.op('items', 'update', 'item', jsonb_build_object('patch', jsonb_build_object('name', repeat('x', 100)))) from generate_series(1, 300))) $$,
  'PT413', null, '[PU6] whoever runs the server sets how much');
select tests.sign_out();
select throws_ok($$ update sync.settings set bytes_per_op = 100000 $$, '23514', null, 'an op that no push could hold is no setting');
select * from finish();
rollback;
