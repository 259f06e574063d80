-- [PU2] Counters travel as differences: what is added is added to whatever is there.
begin;
select plan(52);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name, quantity) values (tests.id('item'), tests.id('trip'), 'socks', 5), (tests.id('hat'), tests.id('trip'), 'hat', 1);
insert into public.trip_rules (id, trip_id, name, per) values (tests.id('rule'), tests.id('trip'), 'socks', 'day');
create function pg_temp.quantity() returns int language sql as $$ select quantity from public.items where id = tests.id('item') $$;
create function pg_temp.version() returns bigint language sql as $$ select sync_version from public.items where id = tests.id('item') $$;
create function pg_temp.plus(added jsonb, fields jsonb default '{}') returns jsonb language sql as $$
  select tests.op('items', 'update', 'item', '{"patch": {}, "base": {}, "base_version": 0}' || jsonb_build_object('add', added) || fields)
$$;
create function pg_temp.add(added jsonb, fields jsonb default '{}') returns jsonb language sql as $$
  select tests.push(pg_temp.plus(added, fields)) -> 0
$$;

select tests.sign_in('ben');
create temporary table answer as select pg_temp.add('{"quantity": 1}', jsonb_build_object('base_version', pg_temp.version())) as a;
select is(a - 'op_id', jsonb_build_object('status', 'applied', 'version', pg_temp.version()), '[PU2] on the row as the edit saw it: applied') from answer;
update answer set a = pg_temp.add('{"quantity": 1}');
select is(a ->> 'status', 'merged', '[PU2] on a row that others changed, in the counter too: merged') from answer;
select is(a #>> '{row,quantity}', '7', '[PU2] two +1 make two, and the row comes with it') from answer;
select is(tests.statuses(pg_temp.plus('{"quantity": 1}'), pg_temp.plus('{"quantity": 2}'), pg_temp.plus('{"quantity": -4}')), 'merged merged merged',
  '[PU2] the same counter several times in one push');
select is(pg_temp.quantity(), 6, '[PU2] each is added');
select is(pg_temp.add('{"quantity": 1}', '{"patch": {"name": "SOCKS"}, "base": {"name": "socks"}}') ->> 'status', 'merged', '[PU2] beside other columns');
update answer set a = pg_temp.add('{"quantity": 1}', '{"patch": {"name": "x"}, "base": {"name": "socks"}}');
select is(a ->> 'status', 'conflict', '[PU2] whose conflict holds the counter back') from answer;
select is(array(select jsonb_object_keys(a -> 'fields')), '{name}', '[PU2] but is not about it') from answer;
select is(pg_temp.quantity(), 7, '[PU2] so nothing was added');
select tests.push(pg_temp.plus('{"quantity": 1}', '{"op_id": "00000000-0000-4000-8000-000000000001"}'));
select is(tests.statuses(pg_temp.plus('{"quantity": 1}', '{"op_id": "00000000-0000-4000-8000-000000000001"}')), 'duplicate', '[PU1] sent again it is a duplicate');
select is(pg_temp.quantity(), 8, '[PU1] which adds nothing');
select is(tests.push(tests.op('trip_rules', 'update', 'rule', '{"patch": {}, "add": {"at_most": 3}}')) #>> '{0,row,at_most}', '3', '[PU2] null counts as 0');

select is(tests.statuses(tests.op('items', 'update', 'hat', '{"patch": {"name": "HAT"}, "base": {"name": "hat"}}'), pg_temp.plus('{"quantity": 1}'),
    tests.op('trip_rules', 'update', 'rule', '{"patch": {}, "add": {"at_most": 3}}')), 'merged merged merged', '[PU2] among ops that add nothing');
select is(pg_temp.quantity(), 9, '[PU2] it is added all the same');
select tests.push(pg_temp.plus('{"quantity": -1}'));

-- One run of many rows, of which one is refused.
select is(tests.statuses(pg_temp.plus('{"quantity": 1}'), pg_temp.plus('{"quantity": 9999}', jsonb_build_object('id', tests.id('hat'))), pg_temp.plus('{"quantity": -1}')),
  'merged invalid merged', '[PU3] a failed constraint is the affair of one op');
select is(pg_temp.add('{"quantity": -9}') ->> 'code', '23514', '[PU6] and has its code');
select is(pg_temp.add('{"quantity": 2147483647}') ->> 'code', '22003', '[PU6] a sum out of range');
select is(pg_temp.add('{"quantity": 1e30}') ->> 'code', '22003', '[PU6] a number out of range');
select is(pg_temp.add('{"quantity": 0.5}') ->> 'code', '22P02', '[PU6] a half of a whole number');
select is(pg_temp.add('{"quantity": "1"}') ->> 'code', 'not_a_counter', '[PU6] a text');
select is(pg_temp.add('{"quantity": null}') ->> 'code', 'not_a_counter', '[PU6] nothing');
select is(pg_temp.add('{"name": 1, "packed": 1, "id": 1}') ->> 'message', 'Not a counter, or nothing that can be added to one: id, name, packed',
  '[PU6] a column that holds no number');
select is(pg_temp.add('{"nope": 1}') ->> 'message', 'Unknown or server-owned column: nope', '[PU6] an unknown column');
select is(pg_temp.add('{"sync_version": 1}') ->> 'message', 'Unknown or server-owned column: sync_version', '[PU5] a server-owned column');
select is(pg_temp.add('{"quantity": 1}', '{"patch": {"quantity": 2}}') ->> 'message', 'A column is in patch and in add.', '[PU6] a column twice');
select is(pg_temp.add('[1]') ->> 'message', 'add must be an object.', '[PU6] a list');
select is(pg_temp.add('{"quantity": 1}', '{"kind": "replace", "patch": {"name": "x"}}') ->> 'message', 'Only an update can add to counters.', '[PU6] a replace');
select is(pg_temp.add('{}') ->> 'message', 'patch is empty.', '[PU6] an update of nothing');
select is(pg_temp.quantity(), 8, '[PU6] none of them did anything');
select is(tests.statuses(pg_temp.plus('{"quantity": 0.5}', jsonb_build_object('id', tests.id('none'))), pg_temp.plus('{"quantity": 1}', jsonb_build_object('id', tests.id('none')))),
  'invalid not_found', '[PU4] a row that is not there');
select tests.sign_in('vera');
select is(pg_temp.add('{"quantity": 1}') ->> 'status', 'forbidden', '[PU5] a viewer adds nothing');

select tests.sign_in('ann');
update answer set a = pg_temp.add('{"quantity": 1}', '{"time": "2026-01-02T03:04:05Z"}');
update answer set a = tests.push(tests.op('items', 'update', 'item', '{"patch": {"quantity": 1}, "base": {"quantity": 5}, "base_version": 0}')) -> 0;
select is(a #> '{fields,quantity}', jsonb_build_object('by', tests.id('ann'), 'at', '2026-01-02T03:04:05+00:00'::timestamptz),
  '[PU2] [CO2] who added last gave the counter its value') from answer;
select tests.sign_out();
select is((select jsonb_build_array(patch, add) from sync.operations where op_id = '00000000-0000-4000-8000-000000000001'), '[{"quantity": 8}, {"quantity": 1}]',
  '[PU2] the log tells what was added, and what came of it');

-- What was refused once is not done by a copy of it that comes late, when the device has long sent its successor.
create function pg_temp.late(n int, fields jsonb) returns text language sql as $$
  select concat_ws(' ', a ->> 'status', a ->> 'code', a #>> '{row,name}', (select string_agg(f, ',') from jsonb_object_keys(a -> 'fields') f), pg_temp.quantity()::text)
    from (select pg_temp.add('{"quantity": 1}', jsonb_build_object('op_id', format('00000000-0000-4000-8000-%s', lpad(n::text, 12, '0'))) || fields) as a) p
$$;
update public.items set name = 'socks', quantity = 1 where id = tests.id('item');
select tests.sign_in('ben');
select is(pg_temp.late(10, '{"patch": {"name": "x"}, "base": {"name": "other"}}'), 'conflict socks name 1', '[PU1] a conflict');
update public.items set name = 'other' where id = tests.id('item');
select is(pg_temp.late(10, '{"patch": {"name": "x"}, "base": {"name": "other"}}'), 'conflict other name 1', '[PU1] is one again where it would fit by now, with the row as it is');
select is(pg_temp.late(11, '{"patch": {"name": "x"}, "base": {"name": "other"}}'), 'merged x 2', '[PU1] under another id it is done');
select is(pg_temp.late(10, '{"patch": {"name": "x"}, "base": {"name": "other"}}'), 'conflict x 2', '[PU1] once, whatever comes late');
select is(pg_temp.late(12, '{"add": {"quantity": -5}}'), 'invalid 23514 2', '[PU1] a sum out of range');
update public.items set quantity = 6 where id = tests.id('item');
select is(pg_temp.late(12, '{"add": {"quantity": -5}}'), 'invalid 23514 6', '[PU1] stays refused where there is room by now');
select is(pg_temp.late(13, jsonb_build_object('id', tests.id('cap'))), 'not_found 6', '[PU1] a row that is not there');
insert into public.items (id, trip_id, name) values (tests.id('cap'), tests.id('trip'), 'cap');
select is(pg_temp.late(13, jsonb_build_object('id', tests.id('cap'))), 'not_found 6', '[PU1] stays refused when it is');
delete from public.items where id = tests.id('cap');
select is(pg_temp.late(14, jsonb_build_object('id', tests.id('cap'))), 'deleted 6', '[PU1] a row that was deleted');
insert into public.items (id, trip_id, name) values (tests.id('cap'), tests.id('trip'), 'cap');
select is(pg_temp.late(14, jsonb_build_object('id', tests.id('cap'))), 'conflict cap 6', '[PU1] and made again: nothing is added, and the device is told of the row');
delete from public.items where id = tests.id('cap');
select is(pg_temp.late(14, jsonb_build_object('id', tests.id('cap'))), 'deleted 6', '[PU1] nor of one that is gone again');
select tests.sign_in('vera');
select is(pg_temp.late(15, '{}'), 'forbidden 42501 6', '[PU1] what a viewer adds');
select is(pg_temp.late(10, '{"patch": {"name": "x"}, "base": {"name": "other"}}'), 'forbidden 42501 6', '[PU1] another user''s op of the same id is another op');
select tests.sign_out();
update public.trip_members set role = 'editor' where user_id = tests.id('vera');
select tests.sign_in('vera');
select is(pg_temp.late(15, '{}') || ', ' || pg_temp.late(16, '{}'), 'forbidden 42501 6, merged x 7', '[PU1] is not added by a grant, but sent anew after it');
select tests.sign_in('ben');
select is(tests.statuses(pg_temp.plus('{"quantity": 1}', '{"op_id": "00000000-0000-4000-8000-000000000017", "patch": {"name": "y"}, "base": {"name": "z"}}'),
    pg_temp.plus('{"quantity": 1}', '{"op_id": "00000000-0000-4000-8000-000000000017", "patch": {"name": "y"}, "base": {"name": "x"}}')),
  'conflict conflict', '[PU1] nor by the second of two in one push');
select tests.sign_out();
select is((select count(*) from sync.refusals r join sync.operations o using (user_id, op_id)), 0::bigint, '[PU1] nothing is both done and refused');

-- Numbers of all kinds.
create domain pg_temp.stock as int check (value >= 0);
create table public.counted (id uuid primary key, trip_id uuid, small smallint default 32000, big bigint default 9007199254740993, exact numeric(4, 1) default 1,
  rough float8 default 1e308, stock pg_temp.stock default 1, price money default 1, label text, facts jsonb);
alter table public.counted enable row level security;
create policy "all" on public.counted to authenticated using (true);
grant all on public.counted to authenticated;
select sync.register_table('public.counted', 'trip_id');
insert into public.counted (id, trip_id) values (tests.id('c'), tests.id('trip'));
create function pg_temp.count(added jsonb) returns text language sql as $$
  select a ->> case when a ->> 'status' = 'merged' then 'status' else 'code' end
    from (select tests.push(tests.op('counted', 'update', 'c', jsonb_build_object('patch', '{}'::jsonb, 'add', added))) -> 0 as a) p
$$;
select tests.sign_in('ben');
select is(array(select pg_temp.count(added) from unnest(array['{"small": 1, "big": 1, "exact": 0.5, "rough": 1, "stock": 1}', '{"small": 1000}', '{"exact": 999}',
    '{"rough": 1e308}', '{"rough": 1e400}', '{"stock": -9}', '{"price": 1}', '{"label": 1}', '{"facts": 1}']::jsonb[]) added),
  '{merged,22003,22003,22003,22003,23514,not_a_counter,not_a_counter,not_a_counter}', '[PU2] [PU6] numbers of all kinds, and what is none');
select is((select format('%s %s %s %s', small, big, exact, stock) from public.counted), '32001 9007199254740994 1.5 2', '[PU2] are added exactly');
create temporary table labelled as select tests.op('counted', 'update', 'c', '{"patch": {}, "add": {"label": 1}}') as op;
select tests.push(op) from labelled;
select tests.sign_out();
alter table public.counted alter label type int using 1;
select tests.sign_in('ben');
select is(tests.push(op) #>> '{0,code}', 'not_a_counter', '[PU1] what was none then is not added to by a migration') from labelled;
select * from finish();
rollback;
