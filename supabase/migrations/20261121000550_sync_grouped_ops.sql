-- Stowaway's server half: many ops of one kind as one element of a push, which then is a third of the size and is read twice as fast.

create function sync.ops_of(element jsonb) returns setof sync.wire_op
language plpgsql stable set search_path = '' as $$
declare
  columns text[];
  width   int;
begin
  if coalesce(jsonb_typeof(element -> 'ops'), '') <> 'array' then
    return next jsonb_populate_record(null::sync.wire_op, element);
    return;
  end if;
  columns := array(select jsonb_array_elements_text(element -> 'columns'));
  width := 4 + cardinality(columns) * case element ->> 'kind' when 'update' then 2 when 'create' then 1 when 'delete' then 0 end;
  if exists (select from jsonb_array_elements(element -> 'ops') o where jsonb_array_length(o) is distinct from width) then
    raise exception 'An op of a group must have a value for each column.' using errcode = '22023';
  end if;
  return query
    select (o ->> 0)::uuid, h.collection, h.kind, (o ->> 1)::uuid, h.scope, (o ->> 2)::bigint,
           case when h.kind = 'delete' then null
                when cardinality(columns) = 1 then jsonb_build_object(columns[1], o -> 4)
                else (select coalesce(jsonb_object_agg(c, o -> (3 + i::int)), '{}') from unnest(columns) with ordinality u (c, i)) end,
           case when h.kind <> 'update' then null
                when cardinality(columns) = 1 then jsonb_build_object(columns[1], o -> 5)
                else (select coalesce(jsonb_object_agg(c, o -> (3 + cardinality(columns) + i::int)), '{}')
                        from unnest(columns) with ordinality u (c, i)) end,
           h."time" + (o ->> 3)::float8 * interval '1 millisecond', null::jsonb, null::uuid
      from (select element ->> 'collection' as collection, element ->> 'kind' as kind, (element ->> 'scope')::uuid as scope,
                   (element ->> 'time')::timestamptz as "time" offset 0) h
     cross join lateral jsonb_array_elements(element -> 'ops') o;
end $$;
comment on function sync.ops_of(jsonb) is
  'The ops that one element of a push stands for: the element itself, or those of a group, in their order. Raises where one of '
  'them cannot be read.';

create function sync.single_op(head json, op json) returns json
language plpgsql immutable set search_path = '' as $$
declare
  columns text[];
  many    int;
  kind    text := head ->> 'kind';
  width   int;
begin
  -- Not where they are declared: what fails there is not caught below.
  columns := array(select json_array_elements_text(head -> 'columns'));
  many := cardinality(columns);
  width := 4 + many * case kind when 'update' then 2 when 'create' then 1 when 'delete' then 0 end;
  if json_array_length(op) is distinct from width then return op; end if;
  return json_build_object(
    'op_id', op -> 0, 'collection', head -> 'collection', 'kind', head -> 'kind', 'id', op -> 1, 'scope', head -> 'scope',
    'base_version', op -> 2, 'time', (head ->> 'time')::timestamptz + (op ->> 3)::float8 * interval '1 millisecond',
    'patch', (select coalesce(json_object_agg(c, op -> (3 + i::int)), '{}') from unnest(columns) with ordinality u (c, i) where kind <> 'delete'),
    'base', (select coalesce(json_object_agg(c, op -> (3 + many + i::int)), '{}') from unnest(columns) with ordinality u (c, i) where kind = 'update'));
exception when others then
  return op;
end $$;
comment on function sync.single_op(json, json) is
  'One op of a group as an element of its own; unaltered, and so refused as one that cannot be read, where that fails.';

create function sync.group_of(element json) returns json
language plpgsql immutable set search_path = '' as $$
begin
  return case when json_typeof(element) = 'object' and json_typeof(element -> 'ops') = 'array' then element -> 'ops' end;
exception when others then
  return null;
end $$;
comment on function sync.group_of(json) is
  'The ops of a group, else null: also where one of its texts has a character that Postgres cannot hold, of which not even the '
  'members can be read. Such a group is refused as one op; clients send ops with such texts singly.';

create function sync.single_ops(ops json) returns json
language plpgsql immutable set search_path = '' as $$
declare
  element json;
  members json;
  head    json;
  single  json[] := '{}';
begin
  for element in select json_array_elements(ops) loop
    members := sync.group_of(element);
    if members is null then
      single := single || element;
    else
      head := json_build_object('collection', element -> 'collection', 'kind', element -> 'kind', 'scope', element -> 'scope',
                                'time', element -> 'time', 'columns', element -> 'columns');
      single := single || array(select sync.single_op(head, o) from json_array_elements(members) o);
    end if;
  end loop;
  return array_to_json(single);
end $$;
comment on function sync.single_ops(json) is 'The ops of a push one by one. Slow: it is asked only where one of them cannot be read.';

create function sync.sizes_of(ops json) returns int[]
language plpgsql immutable set search_path = '' as $$
declare
  element json;
  members json;
  sizes   int[] := '{}';
begin
  for element in select json_array_elements(ops) loop
    members := sync.group_of(element);
    sizes := sizes || case when members is null then array[octet_length(element::text)]
                           else array(select octet_length(o::text) from json_array_elements(members) o) end;
  end loop;
  return sizes;
end $$;
comment on function sync.sizes_of(json) is 'The bytes of each op of a push.';

create function sync.count_ops(ops json) returns int
language plpgsql immutable set search_path = '' as $$
begin
  if strpos(ops::text, '"ops"') = 0 then return json_array_length(ops); end if;
  return (select coalesce(sum(coalesce(json_array_length(sync.group_of(e)), 1)), 0) from json_array_elements(ops) e);
end $$;
comment on function sync.count_ops(json) is 'How many ops a push holds, those of groups one by one.';

revoke execute on function sync.ops_of(jsonb), sync.single_op(json, json), sync.group_of(json), sync.single_ops(json),
  sync.sizes_of(json), sync.count_ops(json) from public;
grant execute on function sync.ops_of(jsonb), sync.single_op(json, json), sync.group_of(json), sync.single_ops(json),
  sync.sizes_of(json), sync.count_ops(json) to authenticated;
