-- [C9] Presence: on the channel of a scope its members tell each other that they are there, and can do nothing else.
begin;
select plan(13);
select tests.create_users();
select tests.create_trip();
select tests.create_trip('other');

-- As Realtime asks: it writes a message of each kind as its owner, sees which the caller sees, and tries to write one as the caller.
create function pg_temp.may(topic text, extension text) returns text language plpgsql as $$
declare
  caller text := current_user;
  may    text := '';
begin
  perform set_config('realtime.topic', may.topic, true);
  perform set_config('role', 'none', true);
  delete from realtime.messages m;
  insert into realtime.messages (topic, extension, private) values (may.topic, may.extension, true);
  perform set_config('role', caller, true);
  if exists (select from realtime.messages m where m.topic = may.topic and m.extension = may.extension) then may := 'hear'; end if;
  begin
    insert into realtime.messages (topic, extension, private) values (may.topic, may.extension, true);
    may := may || ' tell';
  exception when insufficient_privilege then null;
  end;
  return trim(may);
end $$;
create function pg_temp.channel(name text) returns text language sql as $$ select 'sync:scope:' || tests.id(name) $$;
delete from public.trip_members where trip_id = tests.id('other') and user_id = tests.id('ben');

select tests.sign_in('ben');
select is(pg_temp.may(pg_temp.channel('trip'), 'presence'), 'hear tell', '[C9] a member hears who is there, and says so');
select is(pg_temp.may(pg_temp.channel('trip'), 'broadcast'), '', '[C9] and broadcasts nothing, nor hears what others might');
select is(pg_temp.may(pg_temp.channel('trip'), 'postgres_changes'), '', '[C9] nor anything else');
select is(pg_temp.may(pg_temp.channel('other'), 'presence'), '', '[C9] who is no member hears and tells nothing');
select is(pg_temp.may('sync:scope:' || gen_random_uuid(), 'presence'), '', '[C9] nor of a scope that does not exist');
select is(pg_temp.may('sync:scope:', 'presence') || pg_temp.may('sync:scope:trip', 'presence') || pg_temp.may('sync:scope:%', 'presence'), '',
  '[C9] a topic that names no scope is refused, not an error');
select is(pg_temp.may('sync:scope:' || tests.id('trip') || ':more', 'presence'), '', '[C9] nor does one that goes on after the scope');
select is(pg_temp.may(tests.id('trip')::text, 'presence'), '', '[C9] nor the scope alone');
select is(pg_temp.may('sync:' || tests.id('ben'), 'broadcast'), 'hear', '[PL2] the user''s own channel stays as it was');
select tests.sign_out();

select tests.sign_in('vera');
select is(pg_temp.may(pg_temp.channel('trip'), 'presence'), 'hear tell', '[C9] who may only look at the trip is there too');
select tests.sign_out();
delete from public.trip_members where trip_id = tests.id('trip') and user_id = tests.id('vera');
select tests.sign_in('vera');
select is(pg_temp.may(pg_temp.channel('trip'), 'presence'), '', '[C9] [PL4] who was removed is refused at the next join');
select tests.sign_out();

select set_config('role', 'anon', true) as role;
select is(pg_temp.may(pg_temp.channel('trip'), 'presence'), '', '[C9] nobody without a name is there');
select tests.sign_out();
select is((select count(*)::int from pg_policy p where p.polrelid = 'realtime.messages'::regclass and p.polcmd in ('a', '*') and pg_get_expr(p.polwithcheck, p.polrelid) not like '%''presence''%'),
  0, '[C9] presence is all that a client may write');
select * from finish();
rollback;
