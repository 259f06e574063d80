import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Device, openConnection, pullOver } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

let supabase: LocalSupabase
let ann: SignedIn
const trip = randomUUID()
beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  ann = await signIn(supabase, 'ann')
  await ann.client.from('trips').insert({ id: trip, name: 'Rome' })
})
afterAll(() => supabase.close())

interface Reader {
  /** Fetches what is new and resolves with the names of all items that it has ever been given. */
  read(): Promise<string[]>
}

/** One transaction writes first and commits last; the reader reads before and after that. */
async function lateCommit(reader: Reader): Promise<string[]> {
  const early = await openConnection(supabase, ann)
  const late = await openConnection(supabase, ann)
  await late`begin`
  await late`insert into public.items (id, trip_id, name) values (${randomUUID()}, ${trip}, 'committed late')`
  await early`insert into public.items (id, trip_id, name) values (${randomUUID()}, ${trip}, 'committed early')`
  expect(await reader.read()).toEqual(['committed early'])
  await late`commit`
  await Promise.all([early.end(), late.end()])
  return reader.read()
}

test('[PL1] the cursor does not pass a row of a transaction that commits late', async () => {
  await supabase.sql('delete from public.items')
  const connection = await openConnection(supabase, ann)
  const device = new Device()
  const seen = await lateCommit({
    async read() {
      device.take(await pullOver(connection, { cursors: device.cursors }))
      return device.held(trip, 'items').map((row) => String(row['name'])).toSorted()
    },
  })
  await connection.end()
  expect(seen).toEqual(['committed early', 'committed late'])
})

test('[PL1] in the same case a cursor of the form `updated_at > since` does miss it', async () => {
  await supabase.sql('delete from public.items')
  await supabase.sql(`
    alter table public.items add column updated_at timestamptz;
    create function public.touch() returns trigger language plpgsql as
      $$ begin new.updated_at := clock_timestamp(); return new; end $$;
    create trigger touch before insert or update on public.items for each row execute function public.touch()`)
  const connection = await openConnection(supabase, ann)
  const seen: string[] = []
  let since = '-infinity'
  const names = await lateCommit({
    async read() {
      const rows = await connection<Array<{ name: string; updated_at: string }>>`
        select name, updated_at::text from public.items where updated_at > ${since}::text::timestamptz order by items.updated_at`
      for (const row of rows) seen.push(row.name)
      since = rows.at(-1)?.updated_at ?? since
      return seen
    },
  })
  await connection.end()
  expect(names).toEqual(['committed early'])
})

test('[PL1] eight writers at once, transactions of all lengths: every row arrives, none goes backwards', async () => {
  await supabase.sql('delete from public.items')
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    const connection = await openConnection(supabase, ann)
    const own = Array.from({ length: 40 }, () => randomUUID())
    for (const [index, id] of own.entries()) {
      await connection`begin`
      await connection`insert into public.items (id, trip_id, name) values (${id}, ${trip}, ${`writer ${writer}`})`
      // An earlier row of the same transaction or of one before it, so that updates are in it too.
      await connection`update public.items set quantity = quantity + 1 where id = ${own[Math.floor(index / 2)] ?? id}`
      // Work of different lengths between the write and the commit: they commit in another order than they wrote in.
      if (index % 4 === writer % 4) await connection`select count(*) from generate_series(1, ${(writer + 1) * 20_000})`
      await (index % 10 === 9 ? connection`rollback` : connection`commit`)
    }
    await connection.end()
  })
  const reader = await openConnection(supabase, ann)
  const device = new Device()
  const state = { writing: true }
  const allWritten = Promise.all(writers).finally(() => (state.writing = false))
  let pulls = 0
  while (state.writing) {
    device.take(await pullOver(reader, { cursors: device.cursors, limit: 5 }))
    pulls += 1
  }
  await allWritten
  for (let more = true; more; ) {
    const page = await pullOver(reader, { cursors: device.cursors, limit: 5 })
    device.take(page)
    more = page.more
  }
  await reader.end()
  expect(pulls).toBeGreaterThan(10)
  const truth = await supabase.sql('select id, sync_version from public.items')
  const held = device.held(trip, 'items')
  expect(truth.length).toBe(8 * 36)
  expect(new Map(held.map((row) => [row.id, row.sync_version]))).toEqual(
    new Map(truth.map((row) => [row['id'], Number(row['sync_version'])])),
  )
})
