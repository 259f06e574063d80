-- Presence: who has a scope open now. Each open scope has a channel, on which its members tell each other of themselves, and
-- nothing else. The server keeps none of it, and nothing that it decides reads it.

do $do$
begin
  if to_regclass('realtime.messages') is not null then
    -- As texts: what comes before a topic's id, or in its place, may be anything.
    execute $policy$
      create policy "members see who is there" on realtime.messages for select to authenticated
      using (realtime.messages.extension = 'presence'
             and (select realtime.topic()) in (select 'sync:scope:' || scope from unnest(sync.my_scopes()) scope))
    $policy$;
    execute $policy$
      create policy "members say that they are there" on realtime.messages for insert to authenticated
      with check (realtime.messages.extension = 'presence'
                  and (select realtime.topic()) in (select 'sync:scope:' || scope from unnest(sync.my_scopes()) scope))
    $policy$;
  end if;
end
$do$;

create function sync.find_in_presence() returns setof sync.finding
language sql stable set search_path = '' as $$
  select 'hint', 'realtime.messages', w.problem,
         format('create policy "%s" on realtime.messages for %s to authenticated %s (realtime.messages.extension = ''presence'' '
                'and (select realtime.topic()) in (select ''sync:scope:'' || scope from unnest(sync.my_scopes()) scope));', w.policy, w.command, w.clause)
    from (values ('r', 'members see who is there', 'select', 'using', 'No policy lets members see who else has a scope open.'),
                 ('a', 'members say that they are there', 'insert', 'with check', 'No policy lets members say that they have a scope open.'))
         w (kind, policy, command, clause, problem)
   where to_regclass('realtime.messages') is not null
     and not exists (select from pg_policy p where p.polrelid = to_regclass('realtime.messages') and p.polcmd::text in (w.kind, '*')
                        and concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) like '%''sync:scope:''%')
$$;
comment on function sync.find_in_presence() is 'Who may not see, or say, who has a scope open.';

create or replace function sync.doctor() returns setof sync.finding
language sql stable set search_path = '' as $$
  select (f).* from (select sync.find_in_tables() union all select sync.find_in_triggers() union all select sync.find_in_grants()
                     union all select sync.find_in_server() union all select sync.find_in_presence()) s (f)
   order by array_position('{error,warning,hint}', (f).severity), (f).object, (f).problem
$$;

revoke execute on function sync.find_in_presence() from public;
