-- [PL1] What a push may say of the cursor rests on Postgres's count of what a transaction wrote, where it keeps one.
begin;
set local track_counts = off;
select plan(4);
select tests.create_users();
select tests.create_trip();
create table public.parcels (id uuid primary key, trip_id uuid not null);
alter table public.parcels enable row level security;
grant select on public.parcels to authenticated;
-- Of the others this connection may still count what earlier tests wrote.
delete from sync.collections;
select sync.register_table('public.parcels', 'trip_id');

insert into public.parcels values (gen_random_uuid(), tests.id('trip'));
select is(sync.wrote_only('{parcels}'), false, '[PL1] where it keeps none, it is not asked');
set local track_counts = on;
insert into public.parcels values (gen_random_uuid(), tests.id('trip'));
select is(sync.wrote_only('{items}'), false, '[PL1] a table that was written to is found beside those that are named');
select is(sync.wrote_only('{}'), false, '[PL1] beside none too');
select is(sync.wrote_only('{parcels}'), true, '[PL1] and by itself');
select * from finish();
rollback;
