-- [PU2] An update is held against each field that it changes, not against the row.
begin;
select plan(22);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name, notes) values (tests.id('item'), tests.id('trip'), 'socks', 'wool');
create function pg_temp.version() returns bigint language sql as $$ select sync_version from public.items where id = tests.id('item') $$;
create function pg_temp.update(patch jsonb, base jsonb, base_version bigint default 0) returns jsonb language sql as $$
  select tests.push(tests.op('items', 'update', 'item', jsonb_build_object('patch', patch, 'base', base, 'base_version', base_version))) -> 0
$$;

select tests.sign_in('ben');
select is(pg_temp.update('{"quantity": 2}', '{"quantity": 1}', pg_temp.version()) ->> 'status', 'applied',
  '[PU2] the row as the edit saw it: applied');
select is(pg_temp.update('{"quantity": 3}', '{"quantity": 2}', pg_temp.version()) -> 'version', to_jsonb(pg_temp.version()),
  '[PU2] with the new version');
select is(pg_temp.update('{"quantity": 4}', '{}', pg_temp.version()) ->> 'status', 'applied',
  '[PU2] then the base values are not needed');
create temporary table before as select pg_temp.version() as version;
select is((pg_temp.update('{"quantity": 4}', '{"quantity": 4}', version) ->> 'version')::bigint, version,
  '[PU2] an update that changes nothing makes no version') from before;
update public.items set sync_version = 1, sync_xid = '1';
select is(pg_temp.version(), version, '[PU5] and nobody can write a version') from before;

create temporary table answer as select pg_temp.update('{"name": "SOCKS"}', '{"name": "socks"}', 1) as a;
select is(a ->> 'status', 'merged', '[PU2] the row changed, but not this field: merged') from answer;
select is(a #>> '{row,name}', 'SOCKS', '[PU2] the row comes with it, with this change') from answer;
select is(a #>> '{row,quantity}', '4', '[PU2] and with those of the others') from answer;
select is(pg_temp.update('{"name": "SOCKS"}', '{"name": "stockings"}') ->> 'status', 'merged',
  '[PU2] the field has the new value already: merged');
select is(pg_temp.update('{"category": "clothes"}', '{"category": null}') ->> 'status', 'merged',
  '[PU2] null is a base value like any other');
select is(pg_temp.update('{"category": "shoes"}', '{"category": null}') ->> 'status', 'conflict',
  '[PU2] and is compared as one');
select is(pg_temp.update('{"name": "x"}', '{}') ->> 'status', 'conflict',
  '[PU2] no base value and another version: conflict');

select tests.sign_in('ann');
select tests.push(tests.op('items', 'update', 'item', jsonb_build_object('patch', '{"quantity": 9}'::jsonb, 'base', '{"quantity": 4}'::jsonb,
  'base_version', 0, 'time', '2026-01-02T03:04:05Z')));
select tests.sign_in('ben');
update answer set a = pg_temp.update('{"quantity": 5, "packed": true}', '{"quantity": 4, "packed": false}', 1);
select is(a ->> 'status', 'conflict', '[PU2] one field that others changed: conflict') from answer;
select is(a #>> '{row,quantity}', '9', '[PU2] with the row') from answer;
select is(a #>> '{row,packed}', 'false', '[PU2] of which nothing was changed, not even the other field') from answer;
select is(a -> 'fields', jsonb_build_object('quantity', jsonb_build_object('by', tests.id('ann'), 'at', '2026-01-02T03:04:05+00:00'::timestamptz)),
  '[PU2] [CO2] and who changed which field, and when they made the edit') from answer;

select tests.push(tests.op('items', 'update', 'item', jsonb_build_object('patch', '{"notes": "soon"}'::jsonb, 'base', '{"notes": "wool"}'::jsonb,
  'base_version', 0, 'time', '2999-01-01T00:00:00Z')));
update answer set a = pg_temp.update('{"notes": "x"}', '{"notes": "y"}');
select is((a #>> '{fields,notes,at}')::timestamptz, now(),
  '[CO2] a device''s clock cannot put an edit into the future') from answer;

select tests.sign_out();
update public.items set notes = 'by hand';
select tests.sign_in('ben');
update answer set a = pg_temp.update('{"notes": "x"}', '{"notes": "wool"}');
select is((a #>> '{fields,notes,at}')::timestamptz, now(),
  '[CO2] [PL8] a change by plain SQL is known by its commit') from answer;
select is(pg_temp.update('{"quantity": 5}', '{"quantity": 4}') #>> '{fields,quantity,by}', tests.id('ann')::text,
  '[CO2] and takes no other field''s author away');

select is(tests.push(tests.op('items', 'delete', 'item', '{"base_version": 1}')) #>> '{0,status}', 'conflict',
  '[PU2] a delete of what others changed: conflict');
select is(tests.push(tests.op('items', 'delete', 'item', jsonb_build_object('base_version', pg_temp.version()))) #>> '{0,status}', 'applied',
  '[PU2] of what the user saw: applied');

select tests.sign_out();
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');
select tests.sign_in('stella');
select is(sync.who_changed((select ordinal from sync.collections where name = 'items'),
    jsonb_build_object('id', tests.id('item'), 'name', 'socks', 'sync_xid', pg_current_xact_id()), array['name'], 0) -> 'name',
  jsonb_build_object('by', null, 'at', now() - interval '90 days'), '[PU5] who changed a row of another''s trip, and when, is not told');
select * from finish();
rollback;
