import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Device, op, openConnection, pull, push, sync } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

let supabase: LocalSupabase
let ann: SignedIn
beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  ann = await signIn(supabase, 'ann')
})
afterAll(() => supabase.close())

/** A trip of ann's with items, and a device that has them. */
async function syncedTrip(names: readonly string[] = []) {
  const scope = randomUUID()
  await push(ann, [op({ collection: 'trips', id: scope, scope }, 'create', { patch: { name: 'Rome' } })])
  const items = names.map((name) => ({ id: randomUUID(), trip_id: scope, name }))
  await ann.client.from('items').insert(items)
  const device = new Device()
  await sync(ann, device)
  return { scope, items, device }
}

const namesIn = (device: Device, scope: string) => device.held(scope, 'items').map(({ name }) => String(name)).sort()

async function expectInStep(device: Device, scope: string): Promise<void> {
  await sync(ann, device)
  const rows = await supabase.sql('select id, name, sync_version from public.items where trip_id = $1', [scope])
  expect(new Map(device.held(scope, 'items').map(({ id, name, sync_version }) => [id, [name, sync_version]]))).toEqual(
    new Map(rows.map((row) => [row['id'], [row['name'], Number(row['sync_version'])]])),
  )
}

test('[PL8] what plain supabase-js upserts, new rows and old ones in one request, arrives', async () => {
  const { scope, items, device } = await syncedTrip(['socks', 'boots'])
  const upserted = [...items.map((item) => ({ ...item, name: `${item.name}!` })), { id: randomUUID(), trip_id: scope, name: 'hat' }]
  const { error } = await ann.client.from('items').upsert(upserted)
  expect(error).toBeNull()
  await expectInStep(device, scope)
  expect(namesIn(device, scope)).toEqual(['boots!', 'hat', 'socks!'])
  const version = (id: string | undefined) => device.rows.get(`items ${id}`)?.sync_version
  const before = version(items[0]?.id)
  await ann.client.from('items').upsert(upserted)
  await expectInStep(device, scope)
  expect(version(items[0]?.id)).toBe(before)
})

test.each(['repeatable read', 'serializable'])('[PL1] [PL8] a %s transaction whose scope others wrote to since it began is told to try again, and then arrives', async (isolation) => {
  const { scope, device } = await syncedTrip(['socks'])
  const strict = await openConnection(supabase, ann)
  const insert = (name: string) => strict`insert into public.items (id, trip_id, name) values (${randomUUID()}, ${scope}, ${name})`
  await strict.unsafe(`begin isolation level ${isolation}`)
  await insert('refused')
  await ann.client.from('items').insert({ id: randomUUID(), trip_id: scope, name: 'in between' })
  await expectInStep(device, scope)
  await expect(strict`commit`).rejects.toMatchObject({ code: '40001' })
  await expectInStep(device, scope)
  await strict.unsafe(`begin isolation level ${isolation}`)
  await insert('again')
  await strict`commit`
  await strict.end()
  await expectInStep(device, scope)
  expect(namesIn(device, scope)).toEqual(['again', 'in between', 'socks'])
})

test('[PL1] [PL6] with constraints checked at once what is written and deleted after the commit has its number arrives too', async () => {
  const { scope, items, device } = await syncedTrip(['socks', 'boots'])
  const [socks, boots] = items
  const sql = await openConnection(supabase, ann)
  await sql`begin`
  await sql`set constraints all immediate`
  await sql`update public.items set name = 'SOCKS' where id = ${String(socks?.id)}`
  await sql`delete from public.items where id = ${String(boots?.id)}`
  await sql`insert into public.items (id, trip_id, name) values (${randomUUID()}, ${scope}, 'hat')`
  // Others who write to the scope wait for this one, so that no number passes it.
  const other = ann.client.from('items').insert({ id: randomUUID(), trip_id: scope, name: 'later' }).then(({ error }) => error)
  await sync(ann, device)
  await sql`commit`
  expect(await other).toBeNull()
  await expectInStep(device, scope)
  expect(namesIn(device, scope)).toEqual(['SOCKS', 'hat', 'later'])
  await sql.end()
})

test.each([
  ['at once', []],
  ['after a write to it', ['update']],
])('[PL4] [PL6] a trip that is deleted with constraints checked at once, %s, is deleted for everyone', async (_when, writes) => {
  const { scope, device } = await syncedTrip(['socks'])
  const sql = await openConnection(supabase, ann)
  await sql`begin`
  await sql`set constraints all immediate`
  if (writes.length > 0) await sql`update public.items set name = 'SOCKS' where trip_id = ${scope}`
  await sql`delete from public.trips where id = ${scope}`
  await sql`commit`
  await sql.end()
  const page = await pull(ann, { cursors: device.cursors })
  expect(page.gone).toEqual([{ scope, reason: 'deleted' }])
})

test('[PL4] [PL6] a trip that is deleted in the transaction of a push, after it, is deleted for everyone', async () => {
  const { scope, items, device } = await syncedTrip(['socks'])
  const sql = await openConnection(supabase, ann)
  const rename = op({ collection: 'items', id: String(items[0]?.id), scope }, 'update', { patch: { name: 'SOCKS' }, base: { name: 'socks' } })
  await sql.begin(async (transaction) => {
    await transaction`select public.sync_push(${JSON.stringify([rename])}::text::json)`
    await transaction`delete from public.trips where id = ${scope}`
  })
  await sql.end()
  expect((await pull(ann, { cursors: device.cursors })).gone).toEqual([{ scope, reason: 'deleted' }])
})

test('[PL6] a table that is emptied with constraints checked at once, after a write, is empty for a device that was away', async () => {
  const { scope, device } = await syncedTrip(['socks'])
  const sql = await openConnection(supabase)
  await sql`begin`
  await sql`set constraints all immediate`
  await sql`update public.items set name = 'SOCKS' where trip_id = ${scope}`
  await sql`truncate public.items`
  await sql`commit`
  await sql.end()
  await expectInStep(device, scope)
  expect(device.held(scope, 'items')).toEqual([])
})

test('[PL3] [PL8] transactions of 12,000 rows, which no page can hold, arrive whole', async () => {
  const { scope, device } = await syncedTrip(['socks'])
  await supabase.sql(`insert into public.items (id, trip_id, name) select gen_random_uuid(), $1, 'x' from generate_series(1, 12000)`, [scope])
  await expectInStep(device, scope)
  await supabase.sql(`update public.items set name = 'y' where trip_id = $1`, [scope])
  await expectInStep(device, scope)
  await supabase.sql(`delete from public.items where trip_id = $1 and name = 'y' and id::text < '8'`, [scope])
  await expectInStep(device, scope)
  await supabase.sql('delete from public.items where trip_id = $1', [scope])
  await expectInStep(device, scope)
  expect(device.held(scope, 'items')).toEqual([])
})
