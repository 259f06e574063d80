import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { items, openApp, trips, type App } from './plain-app.ts'

// Complaints about other engines that are about the server: shown on a real Postgres, beside what plain requests come to there.
let backend: LocalSupabase
let ann: App
let ben: App
const opened: App[] = []

/** PostgREST's `max_rows`, which a hosted project has and the local stand-in has not: of more rows the first thousand are sent, without a word. */
const capped: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  const text = await response.text()
  const body: unknown = response.status === 200 && text.startsWith('[') ? JSON.parse(text) : null
  const { status, headers } = response
  return new Response(Array.isArray(body) ? JSON.stringify(body.slice(0, 1_000)) : status === 204 ? null : text, { status, headers })
}

async function open(name: string): Promise<App> {
  const app = await openApp(backend, { name, storage: memoryStorage(), fetch: capped })
  opened.push(app)
  return app
}

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  for (const name of ['ann', 'ben']) await backend.createUser(`${name}@example.com`, 'packing-list', name)
  ann = await open('ann')
  ben = await open('ben')
})

afterAll(async () => {
  await Promise.all(opened.map((app) => app.stop()))
  await backend.close()
})

const quiet = ({ state }: App) => state().pending === 0
const made = (app: App, name: string): string => {
  const id = crypto.randomUUID()
  app.dispatch(trips.actions.added({ id, name }))
  return id
}

async function share(trip: string, role: 'editor' | 'viewer'): Promise<void> {
  const { data } = await ann.supabase.rpc('create_invite', { trip, role }).throwOnError() as { data: string }
  await ben.supabase.rpc('accept_invite', { token: data }).throwOnError()
}

test('COMPLAINTS 4: 13,000 rows come whole where a plain select is cut off at 1,000 without a word [PL3]', async () => {
  const trip = made(ann, 'Expedition')
  await ann.until(quiet)
  await backend.sql(`insert into public.items (id, trip_id, name) select gen_random_uuid(), $1, 'Thing ' || n from generate_series(1, 13000) n`, [trip])
  const { data } = await ann.supabase.from('items').select('id').eq('trip_id', trip).throwOnError()
  expect(data).toHaveLength(1_000)

  const fresh = await open('ann')
  await fresh.until(({ rows }) => Object.keys(rows('items')).length === 13_000)
  expect(new Set(Object.values(fresh.rows('items')).map(({ name }) => name)).size).toBe(13_000)
  await fresh.stop()
  await backend.sql('delete from public.trips where id = $1', [trip])
})

test('COMPLAINTS 5: what row level security refuses waits in the tray; what comes after it goes up, and news comes down [OB7]', async () => {
  const trip = made(ann, 'Look, do not touch')
  const kettle = crypto.randomUUID()
  ann.dispatch(items.actions.added({ id: kettle, tripId: trip, name: 'Kettle' }))
  await ann.until(quiet)
  await share(trip, 'viewer')
  await ben.until(({ rows }) => rows('items')[kettle] !== undefined)

  ben.dispatch(items.actions.changed({ id: kettle, changes: { name: 'Mine' } }))
  const own = made(ben, 'Own trip')
  const socks = crypto.randomUUID()
  ben.dispatch(items.actions.added({ id: socks, tripId: own, name: 'Socks' }))
  await ben.until(({ state }) => state().pending === 0 && state().rejected.length === 1)

  expect(ben.state().rejected).toMatchObject([{ id: kettle, code: '42501' }])
  expect(await backend.sql('select name from public.items where id = any ($1::uuid[]) order by name', [[kettle, socks]])).toEqual([{ name: 'Kettle' }, { name: 'Socks' }])
  ann.dispatch(items.actions.changed({ id: kettle, changes: { name: 'Kettle, dented' } }))
  await ben.until(({ rows }) => rows('items')[kettle]?.['name'] === 'Kettle, dented')
})

test('COMPLAINTS 10: what is shared late comes whole, though all of it is older than what the device has already [PL4]', async () => {
  const trip = made(ann, 'Long planned')
  const old = Array.from({ length: 25 }, (_, index) => ({ id: crypto.randomUUID(), tripId: trip, name: `Old ${index}` }))
  ann.dispatch(items.actions.addedMany(old))
  await ann.until(quiet)
  const later = made(ben, 'Made after all that')
  ben.dispatch(items.actions.added({ id: crypto.randomUUID(), tripId: later, name: 'New' }))
  await ben.until(quiet)
  expect(old.filter(({ id }) => ben.rows('items')[id] !== undefined)).toEqual([])

  await share(trip, 'editor')
  await ben.until(({ rows }) => old.every(({ id }) => rows('items')[id] !== undefined))
})

test('COMPLAINTS 25: many rows with other columns each, lists, and documents, go up in one request, as patches and not as rows [PU2] [PU5]', async () => {
  await backend.sql('alter table public.items add column if not exists details jsonb', [])
  const trip = made(ann, 'Lakes')
  const [tent, rope, map] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  ann.dispatch(items.actions.addedMany([tent, rope, map].map((id) => ({ id, tripId: trip, name: id.slice(0, 4), notes: 'as it was' }))))
  await ann.until(quiet)
  await share(trip, 'editor')
  await ben.until(({ rows }) => rows('items')[map] !== undefined)

  // A plain upsert of parts of rows asks for the columns that it does not change, and fails as a whole.
  const partial = await ben.supabase.from('items').upsert([{ id: tent, packed: true }, { id: rope, quantity: 2 }])
  expect(partial.error).not.toBeNull()

  ben.dispatch(trips.actions.changed({ id: trip, changes: { conditions: ['cold', 'a, b', 'say "no"', '{}', ' '] } }))
  ben.dispatch(items.actions.changed({ id: tent, changes: { packed: true } }))
  ben.dispatch(items.actions.changed({ id: rope, changes: { quantity: 2, details: { size: [1, { deep: null }], note: 'it’s "so"' } } }))
  ben.dispatch(items.actions.changed({ id: map, changes: { name: 'Map', details: ['a', 1, null] } }))
  await ben.until(quiet)
  expect(ben.state().rejected.filter(({ id }) => [trip, tent, rope, map].includes(id))).toEqual([])

  expect(await backend.sql('select to_jsonb(conditions) as conditions from public.trips where id = $1', [trip])).toEqual([{ conditions: ['cold', 'a, b', 'say "no"', '{}', ' '] }])
  const rows = await backend.sql('select packed, quantity, notes, details from public.items where id = any ($1::uuid[]) order by array_position($1::uuid[], id)', [[tent, rope, map]])
  expect(rows).toEqual([
    { packed: true, quantity: 1, notes: 'as it was', details: null },
    { packed: false, quantity: 2, notes: 'as it was', details: { size: [1, { deep: null }], note: 'it’s "so"' } },
    { packed: false, quantity: 1, notes: 'as it was', details: ['a', 1, null] },
  ])
  await ann.until((app) => (app.rows('items')[rope]?.['details'] as { note?: string } | null)?.note === 'it’s "so"')
})
