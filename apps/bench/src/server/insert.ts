import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, timedToEnd, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { insertOf, newItems } from './new-items.ts'
import { createWriter, settleDatabase, type Writer } from './writer.ts'

/** The items without what makes them synced: the same columns, keys, indexes, checks, policies and grants. */
const plainTable = `
create table public.%s (
  id uuid primary key, trip_id uuid not null references public.trips on delete cascade, person_id uuid,
  name text not null check (length(name) between 1 and 200), quantity int not null default 1 check (quantity between 0 and 9999),
  category text check (length(category) <= 100), packed boolean not null default false, notes text check (length(notes) <= 20000),
  position double precision not null default 0, rule_id uuid, rule_quantity int check (rule_quantity between 0 and 9999),
  created_at timestamptz not null default now(),
  foreign key (trip_id, person_id) references public.people (trip_id, id) on delete set null (person_id)
);
create index on public.%s (trip_id, person_id);
alter table public.%s enable row level security;
create policy "editors add" on public.%s for insert to authenticated with check (trip_id in (select unnest(sync.my_writable_scopes())));
grant insert on public.%s to authenticated`

const rows = 5_000

interface Shape {
  /** Rows a statement. */
  readonly count: number
  readonly times: number
}

/** Microseconds a row. */
const inserts =
  ({ run, trips: [trip = ''] }: Writer, table: string, { count, times }: Shape): Variant<number> =>
  async () => {
    const statements = Array.from({ length: times }, () => insertOf(trip, newItems(count), `public.${table}`))
    const milliseconds = await timedToEnd(async () => {
      for (const statement of statements) await run(statement)
    })
    return (milliseconds * 1_000) / (count * times)
  }

/** V6: what a synced table costs ordinary SQL, for a bulk insert and for single rows. */
export async function measureInsert(backend: LocalSupabase): Promise<Comparison[]> {
  const table = `bench_${randomUUID().slice(0, 8)}`
  await backend.sql(plainTable.replaceAll('%s', table))
  const [synced, plain] = [await createWriter(backend), await createWriter(backend)]
  await settleDatabase(backend)
  const measured = (shape: Shape) =>
    interleave({ ours: inserts(synced, 'items', shape), plain: inserts(plain, table, shape) }, { warmUp: 2, measured: 9 })
  const bulk = await measured({ count: rows, times: 1 })
  const single = await measured({ count: 1, times: 100 })
  for (const { close } of [synced, plain]) await close()
  await backend.sql(`drop table public.${table}`, [])
  const against = 'the same table, not synced'
  return [
    { figure: 'V6', what: `insert, a row of ${rows.toLocaleString('en')} in one statement`, against, unit: 'µs', ...compare(bulk.ours, bulk.plain), goal: 1.8 },
    { figure: 'V6', what: 'insert, one row a commit', against, unit: 'µs', ...compare(single.ours, single.plain), goal: null },
  ]
}
