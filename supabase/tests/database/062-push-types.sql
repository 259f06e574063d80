-- [PU2] [PU4] [PU6] Values are compared and written as the columns have them: with their lengths, scales and collations, and the types of other schemas.
begin;
select plan(16);
select tests.create_users();
select tests.create_trip();
create schema parcels;
grant usage on schema parcels to authenticated;
create type parcels.size as enum ('small', 'large');
create domain parcels.grams as int check (value >= 0);
create domain parcels.sender as text not null default 'nobody';
create collation parcels.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create table parcels.parcels (
  id uuid primary key, trip_id uuid not null, code text collate "C", label text collate parcels.loose, tag varchar(5), price numeric(6, 2), flags bit(3),
  size parcels.size, weight parcels.grams, sender parcels.sender default 'us', sizes parcels.size[], "a ""b""" text, form json
);
alter table parcels.parcels enable row level security;
grant select, insert, update on parcels.parcels to authenticated;
create policy "all of the trip" on parcels.parcels for all to authenticated using (trip_id in (select unnest(sync.my_scopes())));
select sync.register_table('parcels.parcels', 'trip_id');

select tests.sign_in('ben');
create function pg_temp.parcel() returns jsonb language sql as $$ select to_jsonb(p.*) - '{trip_id,sync_version,sync_xid}'::text[] from parcels.parcels p where id = tests.id('one') $$;
create function pg_temp.whole(more jsonb default '{}') returns jsonb language sql as $$
  select '{"code": "b", "label": "Fragile", "tag": "abcde", "price": 1.005, "flags": "101", "size": "small", "weight": 5, "sizes": ["small", "large"],
           "a \"b\"": "c", "form": {"x": [1]}}'::jsonb || more
$$;
create function pg_temp.update(patch jsonb, base jsonb) returns jsonb language sql as $$
  select tests.push(tests.op('parcels', 'update', 'one', jsonb_build_object('patch', patch, 'base', base, 'base_version', 1))) -> 0
$$;

select is(tests.statuses(tests.op('parcels', 'create', 'one', jsonb_build_object('patch', pg_temp.whole()))), 'applied', '[PU4] a row of all of them is made');
select is(pg_temp.parcel() - 'id', pg_temp.whole('{"price": 1.01, "sender": "us"}'), '[PU6] as its columns have it, with their defaults');
select is(tests.statuses(tests.op('parcels', 'create', 'one', jsonb_build_object('patch', pg_temp.whole()))), 'applied', '[PU4] the same once more: done already');
select is(tests.push(tests.op('parcels', 'create', 'one', jsonb_build_object('patch', pg_temp.whole('{"code": "B", "weight": 6}')))) #> '{0,fields}' ?& array['code', 'weight'],
  true, '[PU4] others: a conflict, of just these');
select is(tests.statuses(tests.op('parcels', 'create', 'two', jsonb_build_object('patch', pg_temp.whole('{"tag": "abcdef"}'))),
                         tests.op('parcels', 'create', 'two', jsonb_build_object('patch', pg_temp.whole('{"weight": -1}'))),
                         tests.op('parcels', 'create', 'two', jsonb_build_object('patch', pg_temp.whole('{"size": "huge"}'))),
                         tests.op('parcels', 'create', 'two', jsonb_build_object('patch', pg_temp.whole('{"price": 12345.6}')))),
  'invalid invalid invalid invalid', '[PU6] too long, too light, of no such size, too dear');

select is(pg_temp.update('{"code": "c"}', '{"code": "b"}') ->> 'status', 'merged', '[PU2] a text of a collation of its own still has its base value');
select is(pg_temp.update('{"code": "d"}', '{"code": "C"}') ->> 'status', 'conflict', '[PU2] or not');
select is(pg_temp.update('{"label": "Heavy"}', '{"label": "FRAGILE"}') ->> 'status', 'merged', '[PU2] one that the column takes for equal is no conflict');
select is(pg_temp.update('{"price": 2}', '{"price": 1.005}') ->> 'status', 'merged', '[PU2] a number is compared as the column rounds it');
select is(pg_temp.update('{"sizes": ["large"], "size": "large"}', '{"sizes": ["small", "large"], "size": "small"}') ->> 'status', 'merged',
  '[PU2] types of another schema, and lists of them');
select is(pg_temp.update('{"a \"b\"": "d", "form": {"x": []}}', '{"a \"b\"": "c", "form": {"x":[1]}}') ->> 'status', 'merged', '[PU2] an odd name, and json');
select is(pg_temp.update('{"flags": "11"}', '{"flags": "101"}') ->> 'status', 'invalid', '[PU6] bits of another length');
select is(pg_temp.update('{"sender": null}', '{"sender": "us"}') ->> 'status', 'invalid', '[PU6] nothing where the type must be something');
select is(pg_temp.update('{"code": "e"}', '{"code": "c", "weight": "no number", "nowhere": 1}') ->> 'status', 'merged',
  '[PU2] base values of fields that are not changed are not looked at');
select is((select tests.push(tests.op('parcels', 'update', 'one', jsonb_build_object('add', '{"weight": 2, "price": 1}'::jsonb, 'patch', '{}'::jsonb)))) #>> '{0,status}',
  'merged', '[PU2] numbers of a domain and of a scale can be added to');
select is(pg_temp.parcel() - '{id,form}'::text[], '{"code": "e", "label": "Heavy", "tag": "abcde", "price": 3, "flags": "101", "size": "large", "weight": 7,
  "sender": "us", "sizes": ["large"], "a \"b\"": "d"}'::jsonb, '[PU2] all of it is in the row');
select * from finish();
rollback;
