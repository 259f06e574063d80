-- Stowaway's server half: tables may have columns of any name. One that was called like the variable of the generated function could not
-- be written any more.

create or replace function sync.change_trigger_source(collection sync.collections) returns text
language sql stable set search_path = '' as $outer$
  select format($body$
    #variable_conflict use_variable
    declare
      running xid8 := pg_current_xact_id();
    begin
      if tg_op = 'DELETE' then
        insert into sync.commits (xid, scope_id, event)
          select distinct running, r.%1$I, %3$L from old_rows r where r.%1$I is not null
        on conflict (xid, scope_id) do update set event = excluded.event where excluded.event = 'ended';
        insert into sync.tombstones (row_id, collection, scope_id, xid, version)
          select r.id, %2$s, r.%1$I, running, greatest(r.sync_version + 1, running::text::bigint)
            from old_rows r where r.%1$I is not null
        on conflict (row_id, collection, scope_id) do update set xid = excluded.xid, version = excluded.version;
      else
        insert into sync.commits (xid, scope_id)
          select distinct running, r.%1$I from new_rows r where r.sync_xid = running and r.%1$I is not null
        on conflict (xid, scope_id) do %4$s;
      end if;
      return null;
    end $body$, collection.scope_column, collection.ordinal,
    case when collection.scope_column = 'id' then 'ended' else 'written' end,
    -- A root that was deleted and made anew in one transaction: its scope has not ended, but lost all its rows.
    case when collection.scope_column = 'id' then 'update set event = ''emptied'' where commits.event = ''ended''' else 'nothing' end)
$outer$;

select sync.add_change_trigger(c) from sync.collections c where exists (select from pg_class t where t.oid = c.relation);
