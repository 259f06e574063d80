import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'

/**
 * What is compared with: under the same policies and triggers as every write, but not once only, without compare-and-set, and with
 * one answer for all. peer_items: items as the documentation of peers asks for them, without our triggers.
 */
const bareFunctions = `
create function public.bench_patch(patches jsonb) returns void language sql security invoker set search_path = '' as $$
  update public.items i set quantity = p.quantity
    from jsonb_to_recordset(patches) as p (id uuid, quantity int) where i.id = p.id
$$;
create function public.bench_mixed(trip uuid, patches jsonb, creates jsonb, deletes uuid[]) returns void
language sql security invoker set search_path = '' as $$
  select public.bench_patch(patches);
  insert into public.items (id, trip_id, name, quantity, position)
    select c.id, trip, c.name, c.quantity, c.position from jsonb_to_recordset(creates) as c (id uuid, name text, quantity int, position double precision);
  delete from public.items i where i.id = any (deletes);
$$;
create function public.bench_page(trip uuid, after uuid, at_most int) returns json language sql stable security invoker set search_path = '' as $$
  select coalesce(json_agg(p), '[]') from (select * from public.items i where i.trip_id = trip and i.id > after order by i.id limit at_most) p
$$;
create table public.peer_items (
  id uuid primary key, trip_id uuid not null references public.trips on delete cascade, person_id uuid,
  name text not null check (length(name) between 1 and 200), quantity int not null default 1 check (quantity between 0 and 9999),
  category text, packed boolean not null default false, notes text, position double precision not null default 0,
  created_at timestamptz not null default now(), _modified timestamptz not null default now(), _deleted boolean not null default false
);
create index on public.peer_items (trip_id, _modified, id);
create function public.bench_touch() returns trigger language plpgsql as $$ begin new._modified := now(); return new; end $$;
create trigger touch before update on public.peer_items for each row execute function public.bench_touch();
alter table public.peer_items enable row level security;
grant select, insert, update, delete on public.peer_items to authenticated;
create policy "members see" on public.peer_items for select to authenticated using (trip_id in (select unnest(sync.my_scopes())));
create policy "editors write" on public.peer_items for all to authenticated
  using (trip_id in (select unnest(sync.my_writable_scopes()))) with check (trip_id in (select unnest(sync.my_writable_scopes())));
revoke execute on function public.bench_patch, public.bench_mixed, public.bench_page from public, anon;
grant execute on function public.bench_patch, public.bench_mixed, public.bench_page to authenticated;
`

const migrations = fileURLToPath(new URL('../../../supabase/migrations', import.meta.url))

/** Real Postgres with the project's migrations, then ours: the API reads the schema once, at the start. */
export async function startBackend(): Promise<LocalSupabase> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-migrations-'))
  try {
    await cp(migrations, folder, { recursive: true })
    await writeFile(join(folder, '99999999999999_bench.sql'), bareFunctions)
    return await startLocalSupabase({ database: { kind: 'postgres' }, migrations: folder })
  } finally {
    await rm(folder, { recursive: true })
  }
}
