-- Many ops of one kind as one element of a push.
begin;
select plan(15);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name)
  values (tests.id('a'), tests.id('trip'), 'a'), (tests.id('b'), tests.id('trip'), 'b'), (tests.id('c'), tests.id('trip'), 'c');
insert into public.items (id, trip_id, name) values (tests.id('other'), tests.id('trip'), 'other');

create function pg_temp.group(kind text, columns jsonb, variadic ops jsonb[]) returns jsonb language sql as $$
  select jsonb_build_object('collection', 'items', 'kind', kind, 'scope', tests.id('trip'), 'time', '2026-07-01T10:00:00Z',
                            'columns', columns, 'ops', to_jsonb(ops))
$$;
create function pg_temp.bare(name text) returns text language sql as $$ select replace(tests.id(name)::text, '-', '') $$;
create function pg_temp.member(row_name text, variadic rest jsonb[]) returns jsonb language sql as $$
  select to_jsonb(array[to_jsonb(pg_temp.bare('op ' || row_name)), to_jsonb(pg_temp.bare(row_name))] || rest)
$$;
select tests.sign_in('ben');

select is(tests.statuses(pg_temp.group('create', '["name", "quantity", "notes"]',
    pg_temp.member('d', 'null', '0', '"d"', '2', 'null'), pg_temp.member('e', 'null', '5', '"e"', '3', '"warm"'))),
  'applied applied', '[PU3] each op of a group of creates has its answer');
select results_eq('select name, quantity, notes from public.items where id in (tests.id(''d''), tests.id(''e'')) order by 1',
  $$values ('d', 2, null), ('e', 3, 'warm')$$, 'with the values of its columns');
select is((select string_agg(a ->> 'op_id', ' ' order by n) from jsonb_array_elements(tests.push(pg_temp.group('update', '["quantity"]',
    pg_temp.member('a', 'null', '0', '4', '1'), pg_temp.member('b', 'null', '1500', '5', '9')))) with ordinality x (a, n)),
  tests.id('op a') || ' ' || tests.id('op b'), 'answers come in the order of the ops, under whole ids');
select is((select array_agg(quantity order by name) from public.items where id in (tests.id('a'), tests.id('b'))), '{4,1}',
  '[PU2] each op is held against its own base values');
select is(tests.statuses(pg_temp.group('update', '["quantity"]', pg_temp.member('a', 'null', '0', '4', '1'))), 'duplicate',
  '[PU1] an op of a group is done once');
select is(tests.statuses(tests.op('items', 'update', 'a', jsonb_build_object('op_id', tests.id('op a'), 'patch', '{"quantity": 8}'::jsonb))), 'duplicate',
  '[PU1] also when it comes again as an element of its own');
select is(tests.statuses(
    tests.op('items', 'update', 'c', '{"patch": {"name": "cc"}, "base": {"name": "c"}}'),
    pg_temp.group('update', '["name", "packed"]', pg_temp.member('other', 'null', '0', '"oo"', 'true', '"other"', 'false')),
    tests.op('items', 'update', 'c', '{"patch": {"name": "ccc"}, "base": {"name": "cc"}}')),
  'merged merged merged', 'groups and single ops are tried in the order of the push');
select is(tests.statuses(pg_temp.group('delete', '[]', pg_temp.member('d', 'null', '0'), pg_temp.member('e', 'null', '0'))),
  'duplicate duplicate', '[PU1] ops of another kind under ids that were used are duplicates too');
select is(tests.statuses(pg_temp.group('delete', '[]', jsonb_build_array(gen_random_uuid(), tests.id('d'), null, 0))), 'applied', 'a group of deletes');
select tests.sign_out();
select is((select array_agg(edited_at order by edited_at) from sync.operations where op_id in (tests.id('op d'), tests.id('op e'))),
  '{2026-07-01T10:00:00Z,2026-07-01T10:00:00.005Z}', '[CO2] each op has its own time of edit');
select tests.sign_in('ben');

select is(tests.statuses(pg_temp.group('update', '["name"]',
    jsonb_build_array(gen_random_uuid(), 'nobody', null, 0, 'x', 'y'),
    jsonb_build_array(gen_random_uuid(), tests.id('c'), null, 0, 'x'),
    '7', jsonb_build_array(gen_random_uuid(), tests.id('c'), null, 0, 'fits', 'ccc'))),
  'invalid invalid invalid merged', '[PU3] [PU6] one that cannot be read is refused, and the rest of its group is tried');
select is((select a ->> 'op_id' from jsonb_array_elements(tests.push(pg_temp.group('update', '["name"]',
    pg_temp.member('z', '"nine"', '0', '"x"', '"y"')))) a), tests.id('op z')::text, '[PU6] the refusal names the op');
select is((select string_agg(a ->> 'status', ' ') from jsonb_array_elements(public.sync_push(replace(json_build_array(
    pg_temp.group('update', '["name"]', jsonb_build_array(gen_random_uuid(), tests.id('c'), null, 0, 'NUL', 'fits')),
    pg_temp.group('update', '["name"]', jsonb_build_array(gen_random_uuid(), tests.id('c'), null, 0, 'good', 'fits')))::text,
    '"NUL"', '"\u0000"')::json, 'test')::jsonb -> 'answers') a), 'invalid merged', '[PU6] a text that Postgres cannot hold spoils its group, and no other');
select is((select name from public.items where id = tests.id('c')), 'good', '[PU3] the op beside it is done');
select throws_ok($$select tests.push(pg_temp.group('delete', '[]', variadic array(select '0'::jsonb from generate_series(1, 1001))))$$,
  'PT413', null, '[PU6] a push is counted by its ops, not by its elements');
select * from finish();
rollback;
