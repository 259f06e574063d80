import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { checklists, items, openApp, trips, type App } from './plain-app.ts'

/** One message and so one transaction, as a migration is. A later release: a column more, and a table more that the migration itself puts rows into. */
const laterRelease = `
  alter table public.items add column weight int not null default 7 check (weight >= 0);
  create table public.checklists (
    id      uuid primary key default gen_random_uuid(),
    trip_id uuid not null references public.trips on delete cascade,
    name    text not null check (length(name) between 1 and 200)
  );
  create index checklists_trip on public.checklists (trip_id);
  alter table public.checklists enable row level security;
  revoke all on public.checklists from anon, authenticated;
  grant select, insert, update, delete on public.checklists to authenticated;
  create policy "members see" on public.checklists for select to authenticated using (trip_id in (select unnest(sync.my_scopes())));
  create policy "editors add" on public.checklists for insert to authenticated with check (trip_id in (select unnest(sync.my_writable_scopes())));
  create policy "editors change" on public.checklists for update to authenticated
    using (trip_id in (select unnest(sync.my_writable_scopes()))) with check (trip_id in (select unnest(sync.my_writable_scopes())));
  insert into public.checklists (trip_id, name) select t.id, 'Before you go' from public.trips t;
  select sync.register_table('public.checklists', 'trip_id')`

let backend: LocalSupabase
const trip = crypto.randomUUID()
const [tent, rope, map] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
const storages = { ann: memoryStorage(), ben: memoryStorage() }
let ann: App
let ben: App

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  for (const name of ['ann', 'ben']) await backend.createUser(`${name}@example.com`, 'packing-list', name)
  ann = await openApp(backend, { name: 'ann', storage: storages.ann, version: 1 })
  ben = await openApp(backend, { name: 'ben', storage: storages.ben, version: 1 })
  ann.dispatch(trips.actions.added({ id: trip, name: 'Lakes' }))
  ann.dispatch(items.actions.added({ id: tent, tripId: trip, name: 'Tent' }))
  ann.dispatch(items.actions.added({ id: rope, tripId: trip, name: 'Rope' }))
  await ann.until(({ state }) => state().pending === 0)
  const invitation = await ann.supabase.rpc('create_invite', { trip, role: 'editor' }).throwOnError()
  await ben.supabase.rpc('accept_invite', { token: invitation.data as string }).throwOnError()
  await ben.until(({ rows }) => Object.keys(rows('items')).length === 2)
})

afterAll(async () => {
  await Promise.all([ann.stop(), ben.stop()])
  await backend.close()
})

const quiet = ({ state }: App) => state().pending === 0
const onServer = () => backend.sql('select name, packed, quantity, weight from public.items where trip_id = $1 order by name', [trip])

test('[ST3] [OB4] devices with changes that wait live through a migration: none is lost, on neither, and both agree', async () => {
  for (const { sync } of [ann, ben]) sync.pause()
  ann.dispatch(items.actions.changed({ id: tent, changes: { packed: true } }))
  ann.dispatch(items.actions.added({ id: map, tripId: trip, name: 'Map' }))
  ben.dispatch(items.actions.changed({ id: tent, changes: { quantity: 2 } }))
  ben.dispatch(items.actions.changed({ id: rope, changes: { name: 'Long rope' } }))
  await Promise.all([ann.sync.flush(), ben.sync.flush()])

  await backend.sql(laterRelease)
  for (const { sync } of [ann, ben]) sync.resume()
  await Promise.all([ann, ben].map(({ until }) => until((app) => quiet(app) && app.rows('items')[map] !== undefined && app.rows('items')[rope]?.['name'] === 'Long rope' && app.rows('items')[tent]?.['packed'] === true && app.rows('items')[tent]?.['quantity'] === 2)))

  expect([ann.state().rejected, ben.state().rejected]).toEqual([[], []])
  expect(await onServer()).toEqual([
    { name: 'Long rope', packed: false, quantity: 1, weight: 7 },
    { name: 'Map', packed: false, quantity: 1, weight: 7 },
    { name: 'Tent', packed: true, quantity: 2, weight: 7 },
  ])
})

test('[PL3] [ST3] the column comes to rows that nobody has touched, and the table to an app that did not know it when its rows were pulled', async () => {
  await Promise.all([ann, ben].map(({ until }) => until(({ rows }) => [tent, rope, map].every((id) => rows('items')[id]?.['weight'] === 7))))
  await ann.stop()
  ann = await openApp(backend, { name: 'ann', storage: storages.ann, version: 2 })
  await ann.until(({ rows }) => Object.values(rows('checklists')).length === 1)
  expect(Object.values(ann.rows('checklists'))).toMatchObject([{ tripId: trip, name: 'Before you go' }])
  expect(ann.rows('items')[tent]).toMatchObject({ packed: true, quantity: 2, weight: 7 })
})

test('[PL8] [ST3] the new version of the app uses the new column and table, beside an old one that knows neither', async () => {
  const list = crypto.randomUUID()
  ann.dispatch(checklists.actions.added({ id: list, tripId: trip, name: 'At the border' }))
  ann.dispatch(items.actions.changed({ id: map, changes: { weight: 3 } }))
  await ann.until(quiet)
  ben.dispatch(items.actions.changed({ id: map, changes: { name: 'Old map' } }))
  await ben.until((app) => quiet(app) && app.rows('items')[map]?.['weight'] === 3)
  await ann.until(({ rows }) => rows('items')[map]?.['name'] === 'Old map')

  expect(await onServer()).toContainEqual({ name: 'Old map', packed: false, quantity: 1, weight: 3 })
  expect(ann.rows('checklists')[list]).toMatchObject({ name: 'At the border' })
  expect([ann.state().rejected, ben.state().rejected, ben.state().lastError]).toEqual([[], [], null])
})
