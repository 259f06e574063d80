-- [PU6] What devices would not show is refused: of a trip without a name to them there would be nothing left to see.
begin;
select plan(20);
select tests.create_users();
select tests.create_trip();
insert into public.items (id, trip_id, name) values (tests.id('item'), tests.id('trip'), 'socks');
create function pg_temp.rename(collection text, row_name text, name text) returns text language sql as $$
  select string_agg(concat_ws(' ', a ->> 'status', a ->> 'code'), ' ') from jsonb_array_elements(
    tests.push(tests.op(collection, 'update', row_name, jsonb_build_object('patch', jsonb_build_object('name', name), 'base', '{}'::jsonb, 'base_version',
      (select sync_version from public.trips where id = tests.id(row_name) union all select sync_version from public.items where id = tests.id(row_name)))))) a
$$;
create function pg_temp.conditions(words text[]) returns text language sql as $$
  select string_agg(concat_ws(' ', a ->> 'status', a ->> 'code'), ' ') from jsonb_array_elements(
    tests.push(tests.op('trips', 'update', 'trip', jsonb_build_object('patch', jsonb_build_object('conditions', words), 'base', '{}'::jsonb, 'base_version',
      (select sync_version from public.trips where id = tests.id('trip')))))) a
$$;

select tests.sign_in('ben');
select is(pg_temp.rename('trips', 'trip', ' '), 'invalid 23514', 'a space');
select is(pg_temp.rename('trips', 'trip', E'\t\n\r'), 'invalid 23514', 'white space');
select is(pg_temp.rename('trips', 'trip', E'\u00a0\u2003\u3000\ufeff'), 'invalid 23514', 'in whatever script');
select is(pg_temp.rename('items', 'item', E'\u2028'), 'invalid 23514', 'an item likewise');
select is(pg_temp.rename('trips', 'trip', repeat(E'\U0001f9e6', 101)), 'invalid 23514', 'what is 101 long here, and 202 there');
select is(pg_temp.rename('trips', 'trip', repeat(E'\U0001f9e6', 100)), 'applied', 'what is just as long as may be');
select is(pg_temp.rename('trips', 'trip', repeat('x', 200)), 'applied', 'in other letters');
select is(pg_temp.rename('trips', 'trip', repeat('ü', 200)), 'applied', 'or such as take two bytes');
select is(pg_temp.rename('trips', 'trip', repeat('x', 199) || E'\U0001f9e6'), 'invalid 23514', 'or one too many');
select is(pg_temp.rename('trips', 'trip', E'\u00a0Rome '), 'applied', 'white space around it is no matter');
select is(pg_temp.rename('trips', 'trip', E'\u200d'), 'applied', 'nor is what cannot be seen, and is no white space to a device');
select is(pg_temp.conditions('{cold,""}'), 'invalid 23514', 'a condition that is none');
select is(pg_temp.conditions(array['cold', repeat('x', 101)]), 'invalid 23514', 'one that is too long');
select is(pg_temp.conditions(array[repeat(E'\U0001f9e6', 51)]), 'invalid 23514', 'or is to a device');
select is(pg_temp.conditions(array[repeat('x', 60) || E'\x01' || repeat('x', 60)]), 'invalid 23514', 'however it is put');
select is(pg_temp.conditions(array[repeat('x', 60) || E'\n' || repeat('x', 60)]), 'invalid 23514', 'on two lines too');
select is(pg_temp.conditions(array[repeat('x', 100), repeat(E'\U0001f9e6', 50), E'a\nb', ' ']), 'applied', 'others are fine');
select is(pg_temp.conditions('{}'), 'applied', 'none at all too');
select tests.sign_out();
select throws_ok(format($$ insert into public.default_rules (id, user_id, name, per) values (gen_random_uuid(), %L, '  ', 'day') $$, tests.id('ben')), '23514', null, 'plain SQL is refused it as well');
select is((select count(*) from pg_constraint where conname like '%\_shown' and not convalidated), 6::bigint, 'what is there already is left to be put right');
select * from finish();
rollback;
