-- Stowaway's server half: the doctor looks at what a migration can do to a table after it was registered.

create function sync.find_in_shape() returns setof sync.finding
language sql stable set search_path = '' as $$
  with registered as (
    select c.relation, c.scope_column, t.relpersistence, t.relispartition,
           (select i.indkey::text = (select a.attnum::text from pg_attribute a where a.attrelid = c.relation and a.attname = 'id' and not a.attisdropped)
              from pg_index i where i.indrelid = c.relation and i.indisprimary) as is_key
      from sync.collections c join pg_class t on t.oid = c.relation
  )
  select 'error', r.relation::text, case when r.is_key is null then 'It has no primary key: two rows may have one id, and writes to it fail or hit both.'
                                         else 'Its primary key is not id alone: two rows may have one id, and writes to it fail or hit both.' end,
         case when r.is_key is null then format('alter table %s add primary key (id);', r.relation)
              else 'Make the primary key (id), and another constraint of what it is now.' end
    from registered r where r.is_key is not true
  union all
  select 'error', r.relation::text, format('Its column %s is of type %s, not uuid: writes to it, or pulls, fail.', a.attname, format_type(a.atttypid, a.atttypmod)),
         format('alter table %s alter column %I type uuid using %2$I::text::uuid;', r.relation, a.attname)
    from registered r join pg_attribute a on a.attrelid = r.relation and a.attname in ('id', r.scope_column) and a.attnum > 0 and not a.attisdropped
   where a.atttypid <> 'uuid'::regtype
  union all
  select 'error', r.relation::text, 'It is unlogged: a crash empties it without a trace.', format('alter table %s set logged;', r.relation)
    from registered r where r.relpersistence = 'u'
  union all
  select 'error', r.relation::text, 'It is a partition: what is written through its parent has other triggers.', 'Detach it from its parent.'
    from registered r where r.relispartition
  union all
  select 'error', r.relation::text, format('%s inherits from it: rows that are written there are pulled, and never as news.', i.inhrelid::regclass),
         format('alter table %s no inherit %s;', i.inhrelid::regclass, r.relation)
    from registered r join pg_inherits i on i.inhparent = r.relation
  union all
  select 'hint', r.relation::text, format('Its constraint %s is checked when a transaction ends: an op that breaks it fails the push that it is in, not itself alone.', k.conname),
         case when k.contype = 'f' then format('alter table %s alter constraint %I not deferrable;', r.relation, k.conname)
              else format('alter table %s drop constraint %I, add constraint %2$I %s;', r.relation, k.conname,
                          regexp_replace(pg_get_constraintdef(k.oid), ' DEFERRABLE( INITIALLY DEFERRED)?$', '')) end
    from registered r join pg_constraint k on k.conrelid = r.relation and k.condeferred
  union all
  select 'error', 'sync.commits', 'Its trigger late_event is missing or disabled: a table that is emptied, or a root that is deleted, may stay on devices.',
         'create or replace trigger late_event after update of event on sync.commits for each row '
         'when (new.seq is not null and new.event <> old.event) execute function sync.note_late_event(); alter table sync.commits enable trigger late_event;'
   where not exists (select from pg_trigger g where g.tgrelid = 'sync.commits'::regclass and g.tgname = 'late_event' and g.tgenabled in ('O', 'A'))
$$;
comment on function sync.find_in_shape() is 'Registered tables that could not be registered as they are now.';

create or replace function sync.doctor() returns setof sync.finding
language sql stable set search_path = '' as $$
  select (f).* from (select sync.find_in_tables() union all select sync.find_in_shape() union all select sync.find_in_triggers()
                     union all select sync.find_in_grants() union all select sync.find_in_server() union all select sync.find_in_presence()) s (f)
   order by array_position('{error,warning,hint}', (f).severity), (f).object, (f).problem
$$;

revoke execute on function sync.find_in_shape() from public;
