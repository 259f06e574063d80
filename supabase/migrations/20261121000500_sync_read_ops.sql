-- Stowaway's server half: from a request to ops that are safe to try.

create type sync.wire_op as (
  op_id uuid, collection text, kind text, id uuid, scope uuid, base_version bigint, patch jsonb, base jsonb, "time" timestamptz,
  add jsonb, unit uuid
);
comment on type sync.wire_op is 'An op as a client sends it. Casting to it checks the type of each field.';

create type sync.op as (
  ordinal int, op_id uuid, collection text, kind text, id uuid, scope uuid, base_version bigint, patch jsonb, base jsonb,
  edited_at timestamptz, columns text, add jsonb, counters text, unit uuid
);
comment on type sync.op is
  'An op that passed the checks. ordinal: its place in the push; columns and counters: the names in patch and in add, each of '
  'them a writable column, so that only names from the catalogue reach dynamic SQL. add is never null.';

create type sync.answer as (
  ordinal int, status text, version bigint, "row" jsonb, code text, message text, fields jsonb
);
comment on type sync.answer is 'What became of one op.';

create function sync.writable_columns(collection sync.collections) returns text[]
language sql stable set search_path = '' as $$
  select array_agg(a.attname::text) from pg_attribute a
   where a.attrelid = (collection).relation and a.attnum > 0 and not a.attisdropped
     and a.attgenerated = '' and a.attidentity <> 'a'
     and a.attname not in ('sync_version', 'sync_xid')
     and a.attname <> all ((collection).server_columns)
$$;
comment on function sync.writable_columns(sync.collections) is
  'Asked of the catalogue each time: columns come and go by migrations.';

create function sync.counter_columns(collection sync.collections) returns text[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(a.attname::text), '{}') from pg_attribute a join pg_type t on t.oid = a.atttypid
   where a.attrelid = (collection).relation and a.attnum > 0 and not a.attisdropped
     and coalesce(nullif(t.typbasetype, 0), t.oid)
         in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'float4'::regtype, 'float8'::regtype)
$$;
comment on function sync.counter_columns(sync.collections) is 'The columns that can be added to: numbers, and domains over them.';

create function sync.not_counters(add jsonb, counters text[]) returns text
language sql immutable set search_path = '' as $$
  select 'Not a counter, or nothing that can be added to one: ' || left(string_agg(e.key, ', '), 200)
    from jsonb_each(add) e where e.key <> all (counters) or jsonb_typeof(e.value) <> 'number'
$$;
comment on function sync.not_counters(jsonb, text[]) is 'What is wrong with the counters of an op; null: nothing.';

create function sync.cast_ops(ops json, out parsed sync.wire_op[], out problems text[])
language plpgsql stable set search_path = '' as $$
declare
  uuid_form constant text := '[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}';
  is_grouped boolean := strpos(ops::text, '"ops"') > 0;
  element   json;
begin
  -- All at once, which is ten times faster and nearly always right.
  begin
    if is_grouped then
      parsed := array(select o from jsonb_array_elements(ops::jsonb) e cross join lateral sync.ops_of(e) o);
    else
      parsed := array(select o from json_populate_recordset(null::sync.wire_op, ops) o);
    end if;
    problems := array_fill(null::text, array[cardinality(parsed)]);
    return;
  exception when others then
    parsed := '{}';
    problems := '{}';
  end;
  if is_grouped then ops := sync.single_ops(ops); end if;
  for element in select e from json_array_elements(ops) e loop
    begin
      parsed := parsed || json_populate_record(null::sync.wire_op, element);
      problems := problems || case when json_typeof(element) <> 'object' then 'An op must be an object.' end;
    exception when others then
      -- From the text, because an element with \u0000 in it cannot be read as json at all: the id, and the unit, which is spoiled.
      parsed := parsed || row(substring(element::text from '"op_id"\s*:\s*"(' || uuid_form || ')"'),
                              null, null, null, null, null, null, null, null, null,
                              substring(element::text from '"unit"\s*:\s*"(' || uuid_form || ')"'))::sync.wire_op;
      problems := problems || ('The op cannot be read: ' || sqlerrm);
    end;
  end loop;
end $$;
comment on function sync.cast_ops(json) is
  'One wire_op and one problem or null per op, those of groups one by one. Takes json, not jsonb: one element with \u0000 or half a surrogate pair '
  'would otherwise fail the whole request before this function is reached.';

create function sync.is_deep(value jsonb) returns boolean
language sql immutable set search_path = '' as $$ select value @? '$.**{100}' $$;
comment on function sync.is_deep(jsonb) is
  'Nested a hundred levels or more. What is nested some thousands deep fits the stack when it is parsed and not when it is '
  'merged or sent out: one such op would fail its whole push, and one such row every pull of its scope.';

create function sync.refuse_oversized_push(ops json, at_most int) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if ops is null or json_typeof(ops) <> 'array' then
    raise exception 'The ops of a push must be an array.' using errcode = 'PT400';
  end if;
  if sync.count_ops(ops) > at_most then
    raise exception 'A push may hold at most % ops; send them in several.', at_most using errcode = 'PT413';
  end if;
end $$;
comment on function sync.refuse_oversized_push(json, int) is
  'What no single op can be blamed for is an error of the whole request: the client cuts its batch into smaller ones.';

create function sync.read_ops(
  ops json, bytes_per_op int, out valid sync.op[], out repeated sync.op[], out refused sync.answer[], out op_ids uuid[], out spoiled uuid[],
  out counting uuid[]
)
language plpgsql stable set search_path = '' as $$
declare
  parsed   sync.wire_op[];
  problems text[];
  sizes    int[];
  twins    boolean;
begin
  select c.parsed, c.problems into parsed, problems from sync.cast_ops(ops) c;
  -- A level takes eight bytes at least: nearly all pushes have only ops that are too small to be asked.
  if exists (select from unnest(parsed) p where greatest(pg_column_size(p.patch), pg_column_size(p.base), pg_column_size(p.add)) > 800) then
    problems := array(select coalesce(p.problem, case when sync.is_deep(p.patch) or sync.is_deep(p.base) or sync.is_deep(p.add)
                        then 'The values of the op are nested deeper than 100 levels.' end)
                        from unnest(parsed, problems) with ordinality
                               p (op_id, collection, kind, id, scope, base_version, patch, base, "time", add, unit, problem, ordinal)
                       order by p.ordinal);
  end if;
  -- Nearly always all differ, and then none need be counted.
  twins := (select count(p.op_id) > count(distinct p.op_id) from unnest(parsed) p);
  -- Only a push that is large as a whole can hold an op that is too large.
  if octet_length(ops::text) > bytes_per_op then
    sizes := sync.sizes_of(ops);
  end if;

  with named as materialized (
    select c.name, c.scope_column, sync.writable_columns(c) as writable,
           case when exists (select from unnest(parsed) p where p.add is not null) then sync.counter_columns(c) end as counters
      from sync.collections c where c.name in (select collection from unnest(parsed))
  ), request as materialized (
    select o.*, c.name, c.scope_column, c.writable, c.counters,
           case when problem is null and jsonb_typeof(o.add) = 'object' then o.add else '{}' end as added,
           case when problem is not null then null
                when o.kind = 'update' then o.patch
                when o.kind in ('create', 'replace') and jsonb_typeof(o.patch) = 'object' and c.name is not null
                then o.patch || jsonb_build_object('id', o.id, c.scope_column, o.scope) end as whole
      from unnest(parsed, problems, sizes) with ordinality
             o (op_id, collection, kind, id, scope, base_version, patch, base, "time", add, unit, problem, size, ordinal)
      left join named c on c.name = o.collection
  ), checked as materialized (
    select r.*, case
        when problem is not null then problem
        when op_id is null then 'op_id is missing.'
        when size > bytes_per_op then format('The op is larger than %s bytes.', bytes_per_op)
        when name is null then 'There is no synced collection of this name.'
        when kind is null or kind not in ('create', 'update', 'delete', 'replace')
          then 'kind must be create, update, delete or replace.'
        when id is null then 'id is missing.'
        when scope is null then 'scope is missing.'
        when scope_column = 'id' and scope <> id then 'The scope of a scope''s root is its own id.'
        when base_version < 0 then 'base_version must not be negative.'
        when not isfinite("time") then 'time must be a point in time.'
        when coalesce(jsonb_typeof(base), 'null') not in ('object', 'null') then 'base must be an object.'
        when coalesce(jsonb_typeof(add), 'null') not in ('object', 'null') then 'add must be an object.'
        when kind <> 'update' and added <> '{}' then 'Only an update can add to counters.'
        when kind = 'delete' then null
        when coalesce(jsonb_typeof(patch), 'null') <> 'object' then 'patch must be an object.'
        when kind = 'update' and patch = '{}' and added = '{}' then 'patch is empty.'
        when kind = 'update' and patch ? 'id' then 'The id of a row cannot be changed.'
        when kind <> 'update' and whole @> patch is false then 'id or scope in the patch is another than that of the op.'
        when (whole || added) - writable <> '{}' then 'Unknown or server-owned column: '
          || left((select string_agg(k, ', ') from jsonb_object_keys((whole || added) - writable) k), 200)
        when added <> '{}' and whole - array(select jsonb_object_keys(added)) <> whole then 'A column is in patch and in add.'
      end as refusal
      from request r
  ), adding as (
    select unit from request where added <> '{}' and unit is not null
  ), scattered as (
    select unit from request where unit is not null group by unit having max(ordinal) - min(ordinal) + 1 <> count(*)
  ), coded as materialized (
    select c.*, case
        when refusal is not null then '22000'
        when added <> '{}' and sync.not_counters(added, counters) is not null then 'not_a_counter'
        when unit in (select unit from scattered) then 'scattered_unit'
      end as code
      from checked c
  ), counted as (
    select c.*, case when twins and op_id is not null then (
             select count(*) from coded e where e.op_id = c.op_id and (e.code is null) = (c.code is null) and e.ordinal <= c.ordinal)
           else 1 end as occurrence from coded c
  )
  select coalesce(array_agg(op order by ordinal) filter (where code is null and occurrence = 1), '{}'),
         coalesce(array_agg(op order by ordinal) filter (where code is null and occurrence > 1), '{}'),
         coalesce(array_agg((ordinal, 'invalid', null, null, code, case code
             when 'not_a_counter' then sync.not_counters(added, counters)
             when 'scattered_unit' then 'The ops of a unit must stand next to each other in the push.' else refusal end, null)::sync.answer)
           filter (where code is not null), '{}'),
         array_agg(op_id order by ordinal),
         coalesce(array_agg(unit) filter (where code is not null and unit is not null), '{}'),
         coalesce(array_agg(op_id) filter (where added <> '{}' or unit in (select unit from adding)), '{}')
    into valid, repeated, refused, op_ids, spoiled, counting
    from counted cross join lateral (select case when code is null then
           (ordinal, op_id, name, kind, id, scope, base_version, whole,
            case when jsonb_typeof(base) = 'object' then base else '{}' end, greatest(least("time", now()), 'epoch'),
            case when kind = 'delete' then '' else array(select jsonb_object_keys(whole))::text end,
            added, case when added = '{}' then '{}' else array(select jsonb_object_keys(added))::text end, unit)::sync.op end as op) o;
end $$;
comment on function sync.read_ops(json, int) is
  'Checks everything that can be checked without trying. repeated: ops that come a second time; spoiled: units of which an op '
  'was refused; counting: the ids of the ops that add to counters, and of those of their units. Creates and replaces get their id and scope into the patch, so that it is the whole row.';

revoke execute on function sync.writable_columns(sync.collections), sync.counter_columns(sync.collections),
  sync.not_counters(jsonb, text[]), sync.cast_ops(json), sync.is_deep(jsonb), sync.refuse_oversized_push(json, int), sync.read_ops(json, int) from public;
grant execute on function sync.writable_columns(sync.collections), sync.counter_columns(sync.collections),
  sync.not_counters(jsonb, text[]), sync.cast_ops(json), sync.is_deep(jsonb), sync.refuse_oversized_push(json, int), sync.read_ops(json, int) to authenticated;
