-- [PL3] What a page holds when scopes are sent whole: 30 trips of 1 to 12 items, one of 70.
begin;
select plan(6);
select tests.create_users();
select tests.create_trip();
insert into public.trips (id, name, created_by) select md5('page' || i)::uuid, i::text, tests.id('ann') from generate_series(1, 30) i;
insert into public.items (id, trip_id, name) select gen_random_uuid(), md5('page' || i)::uuid, 'x' from generate_series(1, 30) i, generate_series(1, 1 + i % 12);
insert into public.items (id, trip_id, name) select gen_random_uuid(), tests.id('trip'), 'x' from generate_series(1, 70);
set constraints all immediate;
create temporary table truth as select array(select id from public.items order by id) as items;
grant all on truth to authenticated;

create function pg_temp.pages(at_most int) returns table (nr int, size int, partial int, ids uuid[]) language plpgsql as $$
declare
  answer  jsonb;
  cursors jsonb := '{}';
begin
  for page in 1 .. 500 loop
    answer := tests.pull(jsonb_build_object('cursors', cursors, 'limit', at_most));
    cursors := cursors || (answer -> 'scopes');
    return query select page, count(*)::int, jsonb_array_length(answer -> 'partial'), array_agg((r ->> 'id')::uuid) filter (where c.key = 'items')
                   from jsonb_each(answer -> 'rows') c, jsonb_array_elements(c.value) r;
    if answer -> 'more' = 'false' then return; end if;
  end loop;
end $$;

select tests.sign_in('ann');
select ok((select array_agg(i order by i) from pg_temp.pages(n) p, unnest(p.ids) i) = items, format('[PL3] in pages of %s: every item, once', n))
  from truth, unnest(array[2, 10, 40]) n;
create temporary table forty as select * from pg_temp.pages(40);
select is((select max(size) <= 40 from forty), true, '[PL3] no page holds more than was asked for');
select is((select bool_and(size >= 20) from forty where nr < (select max(nr) from forty)), true, '[PL3] nor, but the last, less than half of it');
select is((select sum(partial) <= 3 from forty), true, '[PL3] only the trip that no page can hold is cut');
select * from finish();
rollback;
