-- [PU6] [C4] How much may be sent: limits that whoever runs the server sets, each with an answer of its own.
begin;
select plan(25);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');
create function pg_temp.names(how_many int) returns jsonb[] language sql as $$
  select array_agg(tests.op('items', 'update', 'item', '{"patch": {"packed": true}, "base": {"packed": false}}')) from generate_series(1, how_many)
$$;
create function pg_temp.send(how_many int) returns text language plpgsql as $$
declare
  refusal text;
  details text;
begin
  return tests.statuses(variadic pg_temp.names(how_many));
exception when sqlstate 'PGRST' then
  get stacked diagnostics refusal = message_text, details = pg_exception_detail;
  return concat_ws(' ', refusal::json ->> 'code', details::json ->> 'status', details::json #>> '{headers,Retry-After}');
end $$;
create function pg_temp.deep(levels int) returns text language sql as $$
  select repeat('[', levels) || repeat(']', levels)
$$;

select throws_ok($$ insert into sync.settings default values $$, '23505', null, 'there is one row of settings');
select throws_ok($$ insert into sync.settings (only_row) values (false) $$, '23514', null, 'and no other');
select throws_ok($$ update sync.settings set ops_per_push = 0 $$, '23514', null, '[PU6] a limit that would stop all pushes is refused');
select throws_ok($$ update sync.settings set ops_per_minute = -1 $$, '23514', null, '[PU6] so is a rate');
select throws_ok($$ update sync.settings set tombstones_kept = '-1 day' $$, '23514', null, 'or a time that ends before it begins');
update sync.settings set ops_per_push = 5, scopes_per_push = 2, bytes_per_op = 1024;

select tests.sign_in('ben');
select throws_ok($$ update sync.settings set ops_per_push = 10000 $$, '42501', null, '[PU5] clients set nothing');
select is(tests.statuses(variadic pg_temp.names(5)), 'merged merged merged merged merged', '[PU6] as many ops as are allowed');
select throws_ok($$ select tests.statuses(variadic pg_temp.names(6)) $$, 'PT413', 'A push may hold at most 5 ops; send them in several.',
  '[PU6] one op more is too many');
select throws_ok($$ select tests.push(tests.op('items', 'delete', 'x', '{"scope": "00000000-0000-4000-8000-000000000001"}'),
    tests.op('items', 'delete', 'x', '{"scope": "00000000-0000-4000-8000-000000000002"}'),
    tests.op('items', 'delete', 'x', '{"scope": "00000000-0000-4000-8000-000000000003"}')) $$,
  'PT413', 'A push may name at most 2 scopes; send it in several.', '[PU6] one scope more too');
select is(tests.push(tests.op('items', 'update', 'item', jsonb_build_object('patch', jsonb_build_object('notes', repeat('x', 1024)))),
    tests.op('items', 'update', 'item', '{"patch": {"notes": "y"}, "base": {"notes": null}}')) #- '{0,op_id}' #- '{1,op_id}' #- '{1,row}' #- '{1,version}',
  '[{"status": "invalid", "code": "22000", "message": "The op is larger than 1024 bytes."}, {"status": "merged"}]',
  '[PU6] an op that is too large is invalid, the one beside it is done');
select is(tests.push(tests.op('items', 'update', 'item', jsonb_build_object('patch', jsonb_build_object('notes', pg_temp.deep(120)::jsonb))),
    tests.op('items', 'update', 'item', '{"patch": {"notes": "z"}, "base": {"notes": "y"}}')) #- '{0,op_id}' #- '{1,op_id}' #- '{1,row}' #- '{1,version}',
  '[{"status": "invalid", "code": "22000", "message": "The values of the op are nested deeper than 100 levels."}, {"status": "merged"}]',
  '[PU6] so is one that is nested too deep, however small');
select is(tests.statuses(tests.op('items', 'update', 'item', jsonb_build_object('patch', jsonb_build_object('notes', pg_temp.deep(90)::jsonb),
    'base', '{"notes": "z"}'::jsonb))), 'merged', '[PU6] and one that is not is not');

select tests.sign_out();
update sync.settings set ops_per_push = 1000, bytes_per_op = 262144, ops_per_minute = 10;
select tests.sign_in('ben');
select is(pg_temp.send(10), 'merged merged merged merged merged merged merged merged merged merged', '[C4] as many ops as a minute may have come at once');
select is(pg_temp.send(3), 'merged merged merged', '[C4] and one push too early, of whatever size: none must be too large for ever');
select is(pg_temp.send(1), 'PT429 429 18', '[C4] then 429, and how long until the debt of three is paid: 18 s at 10 a minute');
select is(pg_temp.send(1), 'PT429 429 18', '[C4] what was refused counts nothing');
select is((select json_agg(public.sync_pull('{}') ->> 'user'))::text, format('["%s"]', tests.id('ben')), '[C4] a pull is none of it');
select tests.sign_in('ann');
select is(pg_temp.send(1), 'merged', '[C4] each user has a rate of their own');
select throws_ok($$ select from sync.rates $$, '42501', null, '[PU5] which no client reads');

select tests.sign_out();
update sync.rates set at = at - interval '19 seconds';
select tests.sign_in('ben');
select is(pg_temp.send(2), 'merged merged', '[C4] once the time has passed it is taken');
select is(pg_temp.send(1), 'PT429 429 11', '[C4] and the next waits for it');
select tests.sign_out();
update sync.rates set at = at - interval '1 year';
select tests.sign_in('ben');
select is(pg_temp.send(10), 'merged merged merged merged merged merged merged merged merged merged', '[C4] a year of silence');
select is(pg_temp.send(1), 'merged', '[C4] is worth a minute');
select is(pg_temp.send(1), 'PT429 429 6', '[C4] and no more');
select tests.sign_out();
update sync.settings set ops_per_minute = null;
select tests.sign_in('ben');
select is(pg_temp.send(100), array_to_string(array_fill('merged'::text, '{100}'), ' '), '[C4] without a rate there is none');
select * from finish();
rollback;
