-- [A7] The ops of a unit take effect together or not at all.
begin;
select plan(31);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name, quantity) values (tests.id('hat'), tests.id('trip'), 'hat', 1), (tests.id('map'), tests.id('trip'), 'map', 1);
create function pg_temp.unit(name text, kind text, row_name text, fields jsonb default '{}') returns jsonb language sql as $$
  select tests.op('items', kind, row_name, jsonb_build_object('unit', tests.id(name)) || fields)
$$;
create function pg_temp.held() returns text language sql as $$ select string_agg(name || quantity, ' ' order by name) from public.items $$;

select tests.sign_in('ben');
select is(tests.statuses(pg_temp.unit('u', 'create', 'tent', '{"patch": {"name": "tent"}}'), pg_temp.unit('u', 'update', 'hat', '{"patch": {}, "add": {"quantity": 1}}'),
    pg_temp.unit('u', 'delete', 'map')), 'applied merged applied', '[A7] a unit of which all is well is done');
select is(pg_temp.held(), 'hat2 tent1', '[A7] wholly');

create temporary table before as select sync_version from public.items where id = tests.id('hat');
create temporary table answers as select tests.push(
  tests.op('items', 'create', 'first', '{"patch": {"name": "first"}}'),
  pg_temp.unit('v', 'update', 'hat', '{"op_id": "00000000-0000-4000-8000-000000000001", "patch": {}, "add": {"quantity": 1}}'),
  pg_temp.unit('v', 'create', 'bag', '{"patch": {"name": "bag"}}'),
  pg_temp.unit('v', 'update', 'tent', '{"patch": {"name": "x"}, "base": {"name": "other"}}'),
  tests.op('items', 'create', 'last', '{"patch": {"name": "last"}}')) as a;
select is((select string_agg(v ->> 'status', ' ') from answers, jsonb_array_elements(a) v), 'applied undone undone conflict applied',
  '[A7] one op of it is refused: the others are undone, and ops without a unit are not touched');
select is(a -> 1, '{"op_id": "00000000-0000-4000-8000-000000000001", "status": "undone"}', '[A7] undone has no row and no version') from answers;
select is(pg_temp.held(), 'first1 hat2 last1 tent1', '[A7] nothing is left of it');
select is((select sync_version from public.items where id = tests.id('hat')), sync_version, '[A7] not even a version') from before;
select is(tests.statuses(pg_temp.unit('v', 'update', 'hat', '{"op_id": "00000000-0000-4000-8000-000000000001", "patch": {}, "add": {"quantity": 1}}'),
    pg_temp.unit('v', 'create', 'late', '{"patch": {"name": "late"}}')), 'undone undone', '[PU1] what adds is never done later, nor is what comes with it');
select is(tests.statuses(pg_temp.unit('v', 'create', 'bag', '{"op_id": "00000000-0000-4000-8000-000000000003", "patch": {"name": "bag"}}'),
    pg_temp.unit('v', 'update', 'none', '{"op_id": "00000000-0000-4000-8000-000000000004", "patch": {}, "add": {"quantity": 1}}')), 'undone not_found',
  '[PU1] nor is what stood in a unit with it');
select is(tests.statuses(pg_temp.unit('v', 'create', 'bag', '{"op_id": "00000000-0000-4000-8000-000000000003", "patch": {"name": "bag"}}'),
    pg_temp.unit('v', 'update', 'hat', '{"op_id": "00000000-0000-4000-8000-000000000004", "patch": {}, "add": {"quantity": 1}}')), 'undone not_found',
  '[PU1] be the rest of the unit as good as it may');
select is(tests.statuses(pg_temp.unit('p', 'update', 'hat', '{"op_id": "00000000-0000-4000-8000-000000000005", "patch": {"quantity": 3}, "base": {"quantity": 2}}'),
      pg_temp.unit('p', 'update', 'none', '{"patch": {"name": "x"}}'))
    || tests.statuses(pg_temp.unit('p', 'update', 'hat', '{"op_id": "00000000-0000-4000-8000-000000000005", "patch": {"quantity": 3}, "base": {"quantity": 2}}')),
  'undone not_foundmerged', '[PU1] of a unit that adds nothing undone is not remembered: the same op goes through later');

select is(tests.statuses(pg_temp.unit('w', 'create', 'cup', '{"patch": {"name": "cup"}}'), pg_temp.unit('w', 'update', 'hat', '{"patch": {"nope": 1}}'),
    pg_temp.unit('w', 'update', 'none', '{"patch": {"name": "x"}}')), 'undone invalid not_found', '[A7] an op that cannot even be tried');
select is(tests.statuses(pg_temp.unit('w', 'create', 'cup', '{"patch": {"name": "cup"}}'), pg_temp.unit('w', 'update', 'hat', '{"patch": {"name": "a"}, "base_version": "x"}')),
  'undone invalid', '[A7] or read');
select is((select string_agg(a ->> 'status', ' ') from json_array_elements(public.sync_push(
    replace(jsonb_build_array(pg_temp.unit('w', 'create', 'cup', '{"patch": {"name": "cup"}}'), pg_temp.unit('w', 'create', 'pen', '{"patch": {"name": "NUL"}}'))::text,
      'NUL', '\u0000')::json) -> 'answers') a), 'undone invalid', '[A7] or is no json');
select is(tests.statuses(pg_temp.unit('w', 'create', 'cup', '{"patch": {"name": "cup"}}'), pg_temp.unit('w', 'create', 'pen', '{"patch": {"name": "pen", "quantity": -1}}'),
    pg_temp.unit('w', 'update', 'none', '{"patch": {"name": "x"}}'), pg_temp.unit('w', 'delete', 'hat', '{"base_version": 1}')),
  'undone invalid not_found conflict', '[A7] every refusal keeps its own answer');
select is(tests.statuses(pg_temp.unit('w', 'create', 'cup', '{"patch": {"name": "cup"}}'), pg_temp.unit('x', 'create', 'cup', '{"patch": {"name": "cup"}}'),
    pg_temp.unit('x', 'create', 'pen', '{"patch": {"name": "pen", "quantity": -1}}'), pg_temp.unit('y', 'create', 'pen', '{"patch": {"name": "pen"}}')),
  'applied undone invalid applied', '[A7] units stand beside each other, each by itself');
select is(tests.statuses(tests.op('items', 'update', 'cup', '{"unit": null, "patch": {"name": "CUP"}, "base": {"name": "cup"}}'),
    tests.op('items', 'update', 'none', '{"unit": null, "patch": {"name": "x"}}')), 'merged not_found', '[PU3] null is no unit');
select is(pg_temp.held(), 'CUP1 first1 hat3 last1 pen1 tent1', '[A7] which all shows in the rows');

create temporary table scattered as select tests.push(pg_temp.unit('s', 'create', 's1', '{"patch": {"name": "s1"}}'),
  tests.op('items', 'create', 'between', '{"patch": {"name": "between"}}'), pg_temp.unit('s', 'create', 's2', '{"patch": {"name": "s2"}}')) as a;
select is((select string_agg(coalesce(v ->> 'code', v ->> 'status'), ' ') from scattered, jsonb_array_elements(a) v), 'scattered_unit applied scattered_unit',
  '[A7] ops of a unit that do not stand next to each other are refused');
select is(a #>> '{0,status}', 'invalid', '[A7] for good') from scattered;
select is(tests.statuses(pg_temp.unit('s', 'create', 's1', '{"op_id": "00000000-0000-4000-8000-000000000002", "patch": {"name": "s1"}}'),
    pg_temp.unit('s', 'create', 's1', '{"op_id": "00000000-0000-4000-8000-000000000002", "patch": {"name": "s1"}}'),
    pg_temp.unit('s', 'create', 's2', '{"op_id": "00000000-0000-4000-8000-000000000003", "patch": {"name": "s2"}}')), 'applied duplicate applied',
  '[PU1] an op that comes twice is done once, in a unit too');
select is(tests.statuses(pg_temp.unit('s', 'create', 's1', '{"op_id": "00000000-0000-4000-8000-000000000002", "patch": {"name": "s1"}}'),
    pg_temp.unit('s', 'create', 's2', '{"op_id": "00000000-0000-4000-8000-000000000003", "patch": {"name": "s2"}}')), 'duplicate duplicate',
  '[PU1] a unit that comes again is done already');
select is(tests.statuses(pg_temp.unit('s', 'create', 's1', '{"op_id": "00000000-0000-4000-8000-000000000002", "patch": {"name": "s1"}}'),
    pg_temp.unit('s', 'update', 'hat', '{"patch": {"nope": 1}}'), pg_temp.unit('s', 'create', 's3', '{"patch": {"name": "s3"}}')), 'duplicate invalid undone',
  '[PU1] what was done stays a duplicate, whatever becomes of the others');

-- Later ops of a unit see what earlier ones did; a conflict tells of the row as it is afterwards.
insert into public.people (id, trip_id, name) values (tests.id('pia'), tests.id('trip'), 'Pia');
update public.items set person_id = tests.id('pia') where id = tests.id('tent');
update answers set a = tests.push(tests.op('people', 'delete', 'pia', jsonb_build_object('unit', tests.id('c'))),
  pg_temp.unit('c', 'update', 'tent', jsonb_build_object('patch', jsonb_build_object('person_id', tests.id('none')), 'base', jsonb_build_object('person_id', tests.id('pia')))));
select is((select string_agg(v ->> 'status', ' ') from answers, jsonb_array_elements(a) v), 'undone conflict', '[A7] a conflict with what the unit itself did');
select is(a #>> '{1,row,person_id}', tests.id('pia')::text, '[A7] shows the row as it is') from answers;
select is(jsonb_build_array(a #> '{1,version}', a #> '{1,row,sync_version}'), jsonb_build_array(sync_version, sync_version), '[PL5] under the version that it has')
  from answers, public.items where id = tests.id('tent');
select is(array(select jsonb_object_keys(a #> '{1,fields}')), '{person_id}', '[A7] and the columns that it is about') from answers;
select is(tests.statuses(pg_temp.unit('c', 'create', 'new', '{"patch": {"name": "new"}}'), pg_temp.unit('c', 'update', 'new', '{"patch": {"name": "x"}, "base": {"name": "y"}}')),
  'undone not_found', '[A7] a row that only the unit had made is not there');

select tests.sign_in('vera');
select is(tests.statuses(pg_temp.unit('z', 'create', 'new', '{"patch": {"name": "new"}}')), 'forbidden', '[PU5] a unit gets nobody past their rights');
select tests.sign_in('ann');
select is((select string_agg(a ->> 'status', ' ') from (select tests.push(
    tests.op('trips', 'create', 'oslo', jsonb_build_object('scope', tests.id('oslo'), 'unit', tests.id('t'), 'patch', '{"name": "Oslo"}'::jsonb)),
    pg_temp.unit('t', 'create', 'oslo item', jsonb_build_object('scope', tests.id('oslo'), 'patch', '{"name": null}'::jsonb))) as p) x, jsonb_array_elements(p) a),
  'undone invalid', '[A7] a new trip is undone with its content');
select tests.sign_out();
select is((select count(*) from sync.commits where scope_id = tests.id('oslo')) + (select count(*) from public.trip_members where trip_id = tests.id('oslo')), 0::bigint,
  '[A7] [PL1] without a trace: no commit, no members');
select is((select count(*) from sync.operations where row_id in (tests.id('bag'), tests.id('oslo'))), 0::bigint, '[PU1] and nothing in the log');
select * from finish();
rollback;
