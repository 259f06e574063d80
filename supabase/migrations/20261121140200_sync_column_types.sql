-- Stowaway's server half: columns of any type. What an extension brings has its operators in a schema that the functions of sync do not
-- look into, and lists of what cannot be compared cannot be compared; such an edit was refused for good where a row had been changed by
-- others, and a create that came twice was. A type in a schema that users may not look into was refused at once, though an insert is not.

create function sync.compares_as_text(type oid) returns boolean
language plpgsql stable set search_path = '' as $$
declare
  found   pg_catalog.pg_type;
  is_list boolean := false;
begin
  loop
    select t.* into found from pg_catalog.pg_type t where t.oid = type;
    if found.typtype = 'd' then
      type := found.typbasetype;
    elsif found.typcategory = 'A' and found.typelem <> 0 then
      is_list := true;
      type := found.typelem;
    else
      exit;
    end if;
  end loop;
  return case
    when found.typtype <> 'b' then found.typtype = 'c'
    when found.typnamespace = 'pg_catalog'::regnamespace
      then found.typcategory = 'G' or found.typname in ('json', 'xml', 'jsonpath', 'pg_snapshot', 'txid_snapshot')
    -- Lists are compared by what the type itself says, not by the name of an operator.
    else not is_list or not exists (select from pg_catalog.pg_opclass c where c.opcintype = type and c.opcdefault
                                       and c.opcmethod in (select m.oid from pg_catalog.pg_am m where m.amname in ('btree', 'hash'))) end;
end $$;
comment on function sync.compares_as_text(oid) is
  'Types without an equality that can be relied on: json, xml and points have none, boxes compare by area, and that of an '
  'extension''s type is found by a name that is not looked up here.';

create or replace function sync.comparable(relation regclass, alias text, column_name text) returns text
language sql stable set search_path = '' as $$
  select format(case when sync.compares_as_text(a.atttypid) then '%s.%I::text' else '%s.%I' end, alias, column_name)
    from pg_attribute a where a.attrelid = relation and a.attname = column_name
$$;
comment on function sync.comparable(regclass, text, text) is 'A column in a form that can be compared.';

create function sync.as_record(value text, relation regclass, columns text[]) returns text
language sql stable set search_path = '' as $$
  select case when bool_and(has_schema_privilege(t.typnamespace, 'usage'))
           then format('(select r.* from jsonb_to_record(%s) r (%s))', value,
                       string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '))
         else format('(select r.* from jsonb_populate_record(null::%s, %s) r)', relation, value) end
    from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = relation and a.attname = any (columns)
$$;
comment on function sync.as_record(text, regclass, text[]) is
  'A json object, given as an expression, as a row with these columns at least. In the form of just these, which costs a fifth of '
  'that of the whole table; but to write down that form takes a right to the schema of each type.';

create or replace function sync.apply_creates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns text[] := sync.columns_of(ops);
  answers sync.answer[];
begin
  execute format('insert into %s (%s) select %s from unnest($1) o cross join lateral %s r',
      collection.relation, (select string_agg(quote_ident(k), ', ') from unnest(columns) k),
      (select string_agg(format('r.%I', k), ', ') from unnest(columns) k), sync.as_record('o.patch', collection.relation, columns))
    using ops;
  -- Not by RETURNING: that asks the select policy before triggers such as "add the owner as a member" have run.
  execute format($q$
      select array_agg((o.ordinal, 'applied', t.sync_version, null, null, null, null)::sync.answer)
        from unnest($1) o left join %s t on t.id = o.id $q$, collection.relation)
    into answers using ops;
  return answers;
end $$;

create or replace function sync.answer_existing(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns   text[] := sync.columns_of(ops);
  differing text := (
    select string_agg(format('case when %s is distinct from %s then %L end', sync.comparable(collection.relation, 't', k),
                             sync.comparable(collection.relation, 'r', k), k), ', ')
      from unnest(columns) k);
  answers sync.answer[];
begin
  execute format($q$
      select coalesce(array_agg((o.ordinal, case when d.differing = '{}' then 'applied' else 'conflict' end, t.sync_version,
               case when d.differing <> '{}' then to_jsonb(t.*) end, null, null,
               case when d.differing <> '{}' then sync.who_changed($2, to_jsonb(t.*), d.differing, 0) end)::sync.answer), '{}')
        from unnest($1) o cross join lateral %3$s r join %1$s t on t.id = o.id
             cross join lateral (select array_remove(array[%2$s], null) as differing) d $q$,
      collection.relation, differing, sync.as_record('o.patch', collection.relation, columns))
    into answers using ops, collection.ordinal;
  return answers;
exception when others then
  -- What says nothing of the op must not become a refusal of it: then the push fails as a whole, and comes again.
  if sync.status_of_error(sqlstate) = 'retry' then raise; end if;
  -- A value that its column cannot have, for whatever its type says of it: the caller halves the run until it is alone, and tells
  -- what the insert said.
  return '{}';
end $$;

create or replace function sync.try_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns  text[] := sync.columns_of(ops);
  alike    boolean := (select count(distinct o.columns) = 1 from unnest(ops) o);
  counters text[] := ops[1].counters;
  setters  text := (select string_agg(format(case when alike then '%1$I = r.%1$I'
                      else '%1$I = case when o.patch ? %1$L then r.%1$I else t.%1$I end' end, k), ', ') from unnest(columns) k);
  source   text := 'o.patch';
  present  text := 'null::jsonb';
  written  text;
  settled  text;
  answers  sync.answer[];
  merged   sync.answer[];
begin
  if counters <> '{}' then
    setters := concat_ws(', ', setters,
      (select string_agg(format('%1$I = coalesce(t.%1$I + r.%1$I, r.%1$I)', k), ', ') from unnest(counters) k));
    source := 'o.patch || o.add';
    present := 'to_jsonb(t.*)';  -- for the log: what the counters came to
  end if;
  written := sync.as_record(source, collection.relation, columns || counters);

  -- 1. Rows that are as the edit saw them.
  execute format($q$
      with done as (
        update %1$s t set %2$s from unnest($1) o cross join lateral %3$s r
         where t.id = o.id and t.sync_version = o.base_version returning o.ordinal, t.sync_version, %4$s as present)
      select coalesce(array_agg((ordinal, 'applied', sync_version, present, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation, setters, written, present)
    into answers using ops;
  if cardinality(answers) = cardinality(ops) then return answers; end if;

  -- 2. Rows that others changed, but not in these fields.
  ops := sync.answers_missing(ops, answers);
  settled := coalesce((select string_agg(sync.settled(collection.relation, k), ' and ') from unnest(columns) k), 'true');
  execute format($q$
      with done as (
        update %1$s t set %2$s from unnest($1) o cross join lateral %4$s r cross join lateral %5$s b
         where t.id = o.id and %3$s returning o.ordinal, t.sync_version, to_jsonb(t.*) as present)
      select coalesce(array_agg((ordinal, 'merged', sync_version, present, null, null, null)::sync.answer), '{}') from done $q$,
      collection.relation, setters, settled, written, sync.as_record('o.base', collection.relation, columns || counters))
    into merged using ops;
  answers := answers || merged;
  ops := sync.answers_missing(ops, merged);
  return case when ops = '{}' then answers else answers || sync.explain_updates(collection, ops) end;
end $$;

create or replace function sync.explain_updates(collection sync.collections, ops sync.op[]) returns sync.answer[]
language plpgsql set search_path = '' as $$
declare
  columns text[] := sync.columns_of(ops);
  changed text := (select string_agg(format('case when not %s then %L end', sync.settled(collection.relation, k), k), ', ')
                     from unnest(columns) k);
  named   text[] := columns || ops[1].counters::text[];
  buried  uuid[] := sync.buried(collection.ordinal, array(select o.id from unnest(ops) o));
  answers sync.answer[];
begin
  execute format($q$
      select array_agg(case
          when t.id is null and o.id = any ($2) then (o.ordinal, 'deleted', null, null, null, null, null)::sync.answer
          when t.id is null then (o.ordinal, 'not_found', null, null, null, null, null)::sync.answer
          when d.changed = '{}' or t.sync_version = o.base_version
            then (o.ordinal, 'forbidden', null, null, '42501', 'You may see this row but not change it.', null)::sync.answer
          else (o.ordinal, 'conflict', t.sync_version, to_jsonb(t.*), null, null,
                sync.who_changed($3, to_jsonb(t.*), d.changed, 0))::sync.answer end)
        from unnest($1) o cross join lateral %3$s r cross join lateral %4$s b left join %1$s t on t.id = o.id
             cross join lateral (select array_remove(array[%2$s]::text[], null) as changed) d $q$,
      collection.relation, changed, sync.as_record('o.patch || o.add', collection.relation, named),
      sync.as_record('o.base', collection.relation, named))
    into answers using ops, buried, collection.ordinal;
  return answers;
end $$;
drop function sync.form_of(regclass, text[]);

revoke execute on function sync.compares_as_text(oid), sync.as_record(text, regclass, text[]) from public;
grant execute on function sync.compares_as_text(oid), sync.as_record(text, regclass, text[]) to authenticated;
