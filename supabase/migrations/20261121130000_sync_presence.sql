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
