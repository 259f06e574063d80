-- [PU1] [PU3] [PU4] Each op takes effect once, and by itself.
begin;
select plan(26);
select tests.create_users();
select tests.create_trip();
select tests.sign_in('ben');

create temporary table op as select
  tests.op('items', 'create', 'socks', '{"patch": {"name": "socks"}}') as create,
  tests.op('items', 'update', 'socks', '{"base_version": 0, "patch": {"quantity": 2}, "base": {"quantity": 1}}') as update;
select is(tests.statuses(op.create), 'applied', '[PU1] a create is applied') from op;
select is(tests.statuses(op.update), 'merged', '[PU1] an update of what others changed is merged') from op;
select is(tests.push(op.create) #>> '{0,status}', 'duplicate', '[PU1] sent again it is a duplicate') from op;
select is(tests.push(op.create) #>> '{0,row,quantity}', '2', '[PU1] which answers with the row as it is now') from op;
update public.items set quantity = 1;
select is(tests.statuses(op.update), 'duplicate', '[PU1] an op that would fit again') from op;
select is((select quantity from public.items), 1, '[PU1] is not done again');
select is(tests.statuses(tests.op('items', 'create', 'twice', '{"op_id": "00000000-0000-4000-8000-000000000001", "patch": {"name": "x"}}'),
                         tests.op('items', 'create', 'twice', '{"op_id": "00000000-0000-4000-8000-000000000001", "patch": {"name": "x"}}')),
  'applied duplicate', '[PU1] twice in one push: once applied');
select is(tests.push(tests.op('items', 'create', 'twice', '{"op_id": "00000000-0000-4000-8000-000000000001", "patch": {"name": "x"}}')) #>> '{0,row,name}',
  'x', '[PU1] and its row comes with the duplicate');
select is(tests.statuses(tests.op('items', 'update', 'none', '{"op_id": "00000000-0000-4000-8000-000000000002", "patch": {"name": "x"}}'),
                         tests.op('items', 'update', 'none', '{"op_id": "00000000-0000-4000-8000-000000000002", "patch": {"name": "x"}}')),
  'not_found not_found', '[PU1] a refusal is the answer of both');

select tests.sign_in('ann');
select is(tests.statuses(op.create), 'applied', '[PU1] another user''s op of the same id is another op') from op;
select tests.sign_in('vera');
select is(tests.statuses(tests.op('items', 'delete', 'socks', '{"op_id": "00000000-0000-4000-8000-000000000003"}')), 'forbidden',
  '[PU5] a viewer is refused');
select tests.sign_out();
update public.trip_members set role = 'editor' where user_id = tests.id('vera');
select tests.sign_in('vera');
select is(tests.statuses(tests.op('items', 'delete', 'socks', '{"op_id": "00000000-0000-4000-8000-000000000003"}')), 'applied',
  '[PU1] a refusal is not remembered: after a grant the same op goes through');
select is(tests.push(tests.op('items', 'delete', 'socks', '{"op_id": "00000000-0000-4000-8000-000000000003"}')) -> 0 ? 'row', false,
  '[PU1] a duplicate of a delete has no row');

select tests.sign_in('ben');
select is(tests.statuses(
    tests.op('items', 'create', 'a', '{"patch": {"name": "a"}}'), tests.op('items', 'create', 'b', '{"patch": {"name": null}}'),
    tests.op('items', 'create', 'c', '{"patch": {"name": "c", "quantity": "many"}}'), tests.op('items', 'create', 'd', '{"patch": {"name": "d", "quantity": -1}}'),
    tests.op('items', 'create', 'e', format('{"patch": {"name": "e", "person_id": "%s"}}', tests.id('none'))::jsonb),
    tests.op('nothing', 'create', 'f'), tests.op('items', 'create', 'g', '{"patch": {"name": "g"}}')),
  'applied invalid invalid invalid invalid invalid applied', '[PU3] bad ops spoil nothing but themselves');
select is((select count(*) from public.items where id in (tests.id('a'), tests.id('g'))), 2::bigint,
  '[PU3] the others are done');
select is(tests.push(tests.op('items', 'create', 'b', '{"patch": {"name": null}}')) #>> '{0,code}', '23502',
  '[PU3] a refusal has a code');
select isnt(tests.push(tests.op('items', 'create', 'b', '{"patch": {"name": null}}')) #>> '{0,message}', null,
  '[PU3] and a sentence');

select is(tests.statuses(tests.op('items', 'create', 'a', '{"patch": {"name": "a"}}')), 'applied',
  '[PU4] a create of an equal row is done already');
select is(tests.push(tests.op('items', 'create', 'a', '{"patch": {"name": "other"}}')) #>> '{0,row,name}', 'a',
  '[PU4] of another it is a conflict, with the row');
select is(tests.statuses(tests.op('items', 'delete', 'a'), tests.op('items', 'delete', 'a')), 'applied applied',
  '[PU4] a repeated delete is done already');
select is(tests.statuses(tests.op('items', 'update', 'a', '{"patch": {"name": "x"}}')), 'deleted',
  '[PU4] an update of a deleted row says so');
select is(tests.statuses(tests.op('items', 'update', 'none', '{"patch": {"name": "x"}}')), 'not_found',
  '[PU4] of one that never was: not found');
select is(tests.statuses(tests.op('items', 'replace', 'a', '{"patch": {"name": "again"}, "base": {}}'),
                         tests.op('items', 'replace', 'g', '{"base_version": 0, "patch": {"name": "G"}, "base": {"name": "g"}}')),
  'applied merged', '[OB5] a replace creates what is gone and updates what is there');
create function pg_temp.of_trip(collection text, kind text, row_name text) returns jsonb language sql as $$
  select tests.op(collection, kind, row_name, jsonb_build_object('scope', tests.id('oslo'), 'patch', '{"name": "x"}'::jsonb))
$$;
select is(tests.statuses(pg_temp.of_trip('trips', 'create', 'oslo'), pg_temp.of_trip('items', 'create', 'coat'), pg_temp.of_trip('trips', 'delete', 'oslo'),
    pg_temp.of_trip('items', 'delete', 'coat'), pg_temp.of_trip('trips', 'delete', 'oslo'), pg_temp.of_trip('trips', 'create', 'oslo')),
  'applied applied applied applied applied applied', '[PU4] what went with its trip in the same push is gone already');
select tests.sign_out();
select ok((select not deleted from sync.scopes where scope_id = tests.id('oslo')), '[PL4] a trip that was made anew in the same push has not ended');
select ok((select i.sync_version > t.version from public.items i join sync.tombstones t on t.row_id = i.id where i.id = tests.id('a')),
  '[PL6] a row created again is later than its tombstone');
select * from finish();
rollback;
