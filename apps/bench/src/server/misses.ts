import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '@stowaway/local-supabase'
import type { Comparison } from '../report.ts'
import { createCompanion, createWriter, type Writer } from './writer.ts'

const writers = 8

/** Rows that carry what naive cursors go by: the time of writing and a number from a sequence. */
const marked = `
create table public.%s (
  id uuid primary key, trip_id uuid not null references public.trips on delete cascade,
  number bigint generated always as identity, updated_at timestamptz not null default clock_timestamp()
);
alter table public.%s enable row level security;
create policy "see" on public.%s for select to authenticated using (trip_id in (select unnest(sync.my_scopes())));
create policy "add" on public.%s for insert to authenticated with check (trip_id in (select unnest(sync.my_writable_scopes())));
grant select, insert on public.%s to authenticated;
select sync.register_table('public.%s', 'trip_id')`

/** V3: rows that a client never sees which asks all the time, while others commit later than they write. By each kind of cursor, over the same writes. */
export async function measureMisses(backend: LocalSupabase, writes: number): Promise<Comparison[]> {
  const table = `bench_${randomUUID().slice(0, 8)}`
  await backend.sql(marked.replaceAll('%s', table))
  const reader = await createWriter(backend)
  const others = await Promise.all(Array.from({ length: writers }, () => createCompanion(backend, reader)))
  const cursors = [byCommit(reader, table), naive(reader, { table, column: 'updated_at', start: '-infinity' }), naive(reader, { table, column: 'number', start: '0' })]
  const writing = { isDone: false }
  const written = Promise.all(others.map((writer) => write(writer, { table, writes }))).then(() => (writing.isDone = true))
  while (!writing.isDone) for (const { look } of cursors) await look()
  await written
  for (const { look } of cursors) await look()
  for (const { close } of [reader, ...others]) await close()
  const [missed = 0, byTime = 0, byNumber = 0] = cursors.map(({ seen }) => writers * writes - seen.size)
  // What cannot be registered again would be pulled by later figures.
  await backend.sql(`delete from sync.collections where name = $1`, [table])
  await backend.sql(`drop table public.${table}`, [])
  const what = `rows missed, ${writers} writers, ${(writers * writes).toLocaleString('en')} rows`
  const against = (naiveMissed: number, name: string): Comparison => {
    const ratio = missed / Math.max(1, naiveMissed)
    return { figure: 'V3', what, against: name, unit: 'rows', ours: missed, reference: naiveMissed, ratio, spread: [ratio, ratio], goal: 0 }
  }
  return [against(byTime, 'cursor: updated_at > last seen'), against(byNumber, 'cursor: number of a sequence')]
}

async function write({ run, trips: [trip = ''] }: Writer, { table, writes }: { table: string; writes: number }): Promise<void> {
  for (let count = 0; count < writes; count += 1) {
    // Now and then there is more to do before the commit.
    const delay = count % 5 === 0 ? `perform pg_sleep(random() * 0.02);` : ''
    await run(`do $$ begin insert into public.${table} (id, trip_id) values ('${randomUUID()}', '${trip}'); ${delay} end $$`)
  }
}

interface Cursor {
  readonly seen: Set<string>
  readonly look: () => Promise<void>
}

function byCommit({ run }: Writer, table: string): Cursor {
  const seen = new Set<string>()
  let cursors: Record<string, string> = {}
  const look = async (): Promise<void> => {
    const [answer] = await run<{ page: { rows: Record<string, { id: string }[]>; scopes: Record<string, string>; more: boolean } }>(
      'select public.sync_pull($1::text::jsonb) as page',
      [JSON.stringify({ cursors })],
    )
    for (const { id } of answer?.page.rows[table] ?? []) {
      if (seen.has(id)) throw new Error('A row came twice: the figures are of something else.')
      seen.add(id)
    }
    cursors = { ...cursors, ...answer?.page.scopes }
    if (answer?.page.more) await look()
  }
  return { seen, look }
}

function naive({ run }: Writer, { table, column, start }: { table: string; column: string; start: string }): Cursor {
  const seen = new Set<string>()
  let last = start
  const look = async (): Promise<void> => {
    const type = column === 'number' ? 'bigint' : 'timestamptz'
    const rows = await run<{ id: string; mark: string }>(`select id, ${column}::text as mark from public.${table} where ${column} > $1::text::${type} order by ${column}`, [last])
    for (const { id } of rows) seen.add(id)
    last = rows.at(-1)?.mark ?? last
  }
  return { seen, look }
}
