import { randomUUID } from 'node:crypto'
import { createClient, REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Device, op, pull, push, sync } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { DatabaseChoice, LocalSupabase } from './start.ts'
import { findSystemPostgres } from './system-postgres.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

const deleteFirst = `delete from public.items where id =
  (select id from public.items where trip_id = $1 order by id limit 1)`

const programs = findSystemPostgres()
const databases: Array<[string, DatabaseChoice]> = [
  ['PGlite', { kind: 'memory' }],
  ['embedded Postgres 18', { kind: 'postgres' }],
  ...(programs === undefined ? [] : [[`the Postgres of ${programs}`, { kind: 'system', programs }] satisfies [string, DatabaseChoice]]),
]

// On such a machine the two versions that come with npm are all that is tested, and the report says so.
test.skipIf(programs === undefined)('there is a Postgres of another major version in /usr/lib/postgresql to run the protocol on', () => {
  expect(databases).toHaveLength(3)
})

// Supabase-js as it is, against the real migrations. What one transaction can show is tested in supabase/tests/database.
describe.each(databases)('the protocol on %s', (_what, database) => {
  let supabase: LocalSupabase
  let ann: SignedIn
  let ben: SignedIn
  beforeAll(async () => {
    supabase = await startLocalSupabase({ database })
    ann = await signIn(supabase, 'ann')
    ben = await signIn(supabase, 'ben')
  })
  afterAll(() => supabase.close())

  /** A new trip of ann's with one item; ben joins as an editor. */
  async function sharedTrip() {
    const scope = randomUUID()
    const trip = { collection: 'trips', id: scope, scope }
    const item = { collection: 'items', id: randomUUID(), scope }
    const answers = await push(ann, [
      op(trip, 'create', { patch: { name: 'Rome' } }),
      op(item, 'create', { patch: { name: 'socks' } }),
    ])
    expect(answers).toMatchObject([{ status: 'applied' }, { status: 'applied' }])
    const invite = await ann.client.rpc('create_invite', { trip: scope, role: 'editor' })
    expect(await ben.client.rpc('accept_invite', { token: String(invite.data) })).toMatchObject({ data: scope })
    return { scope, trip, item, version: answers[1]?.version ?? 0 }
  }

  test('[PL1] [PU2] a push reaches the other user, once, and disjoint edits both survive', async () => {
    const { scope, item, version } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    expect(device.rows.get(`items ${item.id}`)).toMatchObject({ name: 'socks', quantity: 1, sync_version: version })

    const rename = op(item, 'update', { base_version: version, patch: { name: 'SOCKS' }, base: { name: 'socks' } })
    expect(await push(ann, [rename])).toMatchObject([{ status: 'applied' }])
    const count = op(item, 'update', { base_version: version, patch: { quantity: 3 }, base: { quantity: 1 } })
    const [counted] = await push(ben, [count])
    expect(counted).toMatchObject({ status: 'merged', row: { name: 'SOCKS', quantity: 3 } })

    const page = await pull(ben, { cursors: device.cursors })
    expect(Object.keys(page.rows)).toEqual(['items'])
    device.take(page)
    expect(device.rows.get(`items ${item.id}`)).toMatchObject({ name: 'SOCKS', quantity: 3, sync_version: counted?.version })
    expect((await pull(ben, { cursors: device.cursors })).scopes).not.toHaveProperty(scope)
  })

  test('[PU2] [A7] two who add to a counter both count; a unit with a refused op leaves nothing', async () => {
    const { item, version } = await sharedTrip()
    const plus = (amount: number, fields = {}) => op(item, 'update', { base_version: version, patch: {}, base: {}, add: { quantity: amount }, ...fields })
    expect(await push(ann, [plus(1)])).toMatchObject([{ status: 'applied' }])
    expect(await push(ben, [plus(1)])).toMatchObject([{ status: 'merged', row: { quantity: 3 } }])

    const unit = randomUUID()
    const refused = op({ ...item, id: randomUUID() }, 'update', { unit, patch: { name: 'x' } })
    expect(await push(ben, [plus(5, { unit }), refused, plus(1)])).toMatchObject([{ status: 'undone' }, { status: 'not_found' }, { row: { quantity: 4 } }])
  })

  test('[PL6] a delete arrives as a tombstone, and a row created again is later than it', async () => {
    const { item } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    expect(await push(ann, [op(item, 'delete')])).toMatchObject([{ status: 'applied' }])
    const page = await pull(ben, { cursors: device.cursors })
    expect(page.deleted).toMatchObject([item])
    device.take(page)
    expect(device.rows.has(`items ${item.id}`)).toBe(false)

    expect(await push(ben, [op(item, 'update', { patch: { name: 'x' } })])).toMatchObject([{ status: 'deleted' }])
    const [again] = await push(ben, [op(item, 'replace', { patch: { name: 'back' }, base: { name: 'socks' } })])
    expect(again?.status).toBe('applied')
    expect(again?.version).toBeGreaterThan(page.deleted[0]?.version ?? Infinity)
    await sync(ben, device)
    expect(device.rows.get(`items ${item.id}`)).toMatchObject({ name: 'back' })
  })

  test('[PL4] revoked and deleted are told apart; a trip shared again comes back whole', async () => {
    const { scope, trip, item } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    await ann.client.from('trip_members').delete().eq('trip_id', scope).eq('user_id', ben.id)
    const revoked = await pull(ben, { cursors: device.cursors })
    expect(revoked.gone).toEqual([{ scope, reason: 'revoked' }])
    device.take(revoked)
    expect(device.held(scope)).toEqual([])

    await ann.client.from('trip_members').insert({ trip_id: scope, user_id: ben.id, role: 'viewer', name: 'Ben' })
    await sync(ben, device)
    expect(device.rows.has(`items ${item.id}`)).toBe(true)

    expect(await push(ann, [op(trip, 'delete')])).toMatchObject([{ status: 'applied' }])
    expect((await pull(ben, { cursors: device.cursors })).gone).toEqual([{ scope, reason: 'deleted' }])
    expect(await push(ben, [op(trip, 'delete')])).toMatchObject([{ status: 'applied' }])
  })

  test.each(['two pushes', 'one push'])('[PL6] a trip that was deleted and created again, in %s, is sent anew to a device that missed it', async (pushes) => {
    const { scope, trip, item } = await sharedTrip()
    const device = new Device()
    await sync(ann, device)
    const cursor = device.cursors[scope]
    const ops = [op(trip, 'delete'), op(trip, 'create', { patch: { name: 'again' } })]
    for (const together of pushes === 'one push' ? [ops] : ops.map((one) => [one])) await push(ann, together)
    const page = await pull(ann, { cursors: { [scope]: cursor ?? null }, only: true })
    expect(page.reset).toEqual([scope])
    device.take(page)
    expect(device.rows.has(`items ${item.id}`)).toBe(false)
    expect(device.rows.get(`trips ${scope}`)).toMatchObject({ name: 'again' })
  })

  test('[PL8] plain supabase-js and plain SQL sync like a push', async () => {
    const { scope, item } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    await ann.client.from('items').update({ packed: true, sync_version: 1, sync_xid: '1' }).eq('id', item.id)
    await supabase.sql(`insert into public.items (id, trip_id, name) values ($1, $2, 'by hand')`, [randomUUID(), scope])
    await sync(ben, device)
    const items = device.held(scope, 'items')
    expect(items).toMatchObject([{ name: 'socks', packed: true }, { name: 'by hand' }])
    await supabase.sql('truncate public.items')
    await sync(ben, device)
    expect(device.held(scope, 'items')).toEqual([])
  })

  test('[PL8] what the database does by itself syncs too: a deleted person gives their items back to everyone', async () => {
    const { scope, item } = await sharedTrip()
    const person = { collection: 'people', id: randomUUID(), scope }
    const give = op(item, 'update', { patch: { person_id: person.id }, base: { person_id: null } })
    expect(await push(ann, [op(person, 'create', { patch: { name: 'Pia' } }), give])).toMatchObject([{}, { status: 'merged' }])
    const device = new Device()
    await sync(ben, device)
    expect(device.rows.get(`items ${item.id}`)).toMatchObject({ person_id: person.id })
    await push(ann, [op(person, 'delete')])
    await sync(ben, device)
    expect(device.held(scope, 'people')).toEqual([])
    expect(device.rows.get(`items ${item.id}`)).toMatchObject({ person_id: null })
  })

  test('[PL3] in pages of any size, with writes between the pages, a device ends with what the server has', async () => {
    const { scope } = await sharedTrip()
    const add = (table: string, rows: number) =>
      supabase.sql(
        `insert into public.${table} (id, trip_id, name) select gen_random_uuid(), $1, 'x' from generate_series(1, ${rows})`,
        [scope],
      )
    await add('people', 9)
    await add('items', 40)
    for (const limit of [1, 7, 30]) {
      const device = new Device()
      for (let more = true, step = 0; more; step += 1) {
        const page = await pull(ben, { cursors: device.cursors, limit })
        device.take(page)
        more = page.more
        if (step === 1) await supabase.sql('update public.items set quantity = quantity + 1 where trip_id = $1', [scope])
        if (step === 2) await supabase.sql(deleteFirst, [scope])
      }
      const truth = await supabase.sql('select id, sync_version from public.items where trip_id = $1 order by id', [scope])
      const held = device.held(scope, 'items')
      expect(new Map(held.map((row) => [row.id, row.sync_version]))).toEqual(
        new Map(truth.map((row) => [row['id'], Number(row['sync_version'])])),
      )
    }
  })

  test('[PL1] [PL3] a row written again and again is no end of the pages: the cursor reaches the last commit', async () => {
    const { scope, item } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    for (const quantity of [2, 3, 4, 5]) {
      const count = op(item, 'update', { patch: { quantity }, base: { quantity: quantity - 1 } })
      expect(await push(ann, [count])).toMatchObject([{ status: 'merged' }])
    }
    await sync(ben, device, 1)
    const [counter] = await supabase.sql('select seq from sync.scopes where scope_id = $1', [scope])
    expect(device.cursors[scope]).toBe(String(counter?.['seq']))
    expect(device.rows.get(`items ${item.id}`)).toMatchObject({ quantity: 5 })
  })

  test('[PL3] a commit too large for any page makes its scope come whole, and ends', async () => {
    const { scope } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    await supabase.sql(
      `insert into public.items (id, trip_id, name) select gen_random_uuid(), $1, 'x' from generate_series(1, 10500)`,
      [scope],
    )
    for (let more = true, pages = 0; more; pages += 1) {
      const page = await pull(ben, { cursors: device.cursors, limit: 4000 })
      expect(Object.values(page.rows).flat().length).toBeLessThanOrEqual(4000)
      expect(pages).toBeLessThan(10)
      device.take(page)
      more = page.more
    }
    expect(device.held(scope, 'items')).toHaveLength(10_501)
  })

  test('[PL9] an idle poll is one short answer', async () => {
    const { item } = await sharedTrip()
    const device = new Device()
    await sync(ben, device)
    const { etag } = await pull(ben, { cursors: device.cursors })
    expect(await pull(ben, { etag: String(etag) })).toEqual({ unchanged: true })
    expect(await pull(ann, { etag: String(etag) })).not.toEqual({ unchanged: true })
    await push(ann, [op(item, 'update', { patch: { packed: true }, base: { packed: false } })])
    expect(await pull(ben, { etag: String(etag) })).toMatchObject({ more: true, etag: null, rows: {} })
  })

  test('[ID1] who is not signed in is told so with 401, malformed requests with 400', async () => {
    const stranger = createClient(supabase.url, supabase.anonKey, { auth: { persistSession: false } })
    expect(await stranger.rpc('sync_push', { ops: [] })).toMatchObject({ status: 401, error: { code: 'PT401' } })
    expect(await stranger.rpc('sync_pull', { request: {} })).toMatchObject({ status: 401, error: { code: 'PT401' } })
    expect(await ann.client.rpc('sync_push', { ops: {} })).toMatchObject({ status: 400, error: { code: 'PT400' } })
    const malformed = { request: { cursors: { [randomUUID()]: 'x' } } }
    expect(await ann.client.rpc('sync_pull', malformed)).toMatchObject({ status: 400, error: { code: 'PT400' } })
  })

  test('[PL2] members are poked after a commit, one who is removed too, and a stranger never', async () => {
    const { scope, item } = await sharedTrip()
    const stella = await signIn(supabase, `stella-${database.kind}`)
    const heard = { ben: [] as unknown[], stella: [] as unknown[] }
    for (const [user, pokes] of [[ben, heard.ben], [stella, heard.stella]] as const) {
      const channel = user.client.channel(`sync:${user.id}`, { config: { private: true } })
      channel.on('broadcast', { event: 'poke' }, ({ payload }) => pokes.push(payload))
      await new Promise<void>((resolve) => {
        channel.subscribe((status) => {
          if (status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) resolve()
        })
      })
    }
    await push(ann, [op(item, 'update', { patch: { packed: true }, base: { packed: false } })])
    await vi.waitFor(() => expect(heard.ben).toEqual([{ scope, seq: 3 }]))
    await ann.client.from('trip_members').delete().eq('trip_id', scope).eq('user_id', ben.id)
    await vi.waitFor(() => expect(heard.ben).toEqual([{ scope, seq: 3 }, { scope, seq: 4 }]))
    expect(heard.stella).toEqual([])
    await ben.client.removeAllChannels()
    await stella.client.removeAllChannels()
  })
})
