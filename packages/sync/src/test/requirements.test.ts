import { configureStore, createSlice } from '@reduxjs/toolkit'
import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { unseal } from '../core/sealed.ts'
import type { RecordedChange } from '../core/types.ts'
import { counter, createSync, manual, memoryStorage, text } from '../index.ts'
import { TransportError, type Transport } from '../engine/ports.ts'
import { collectionsOf, recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { items as itemsOf, people as peopleOf } from './device.ts'
import { memoryDevices } from './memory-devices.ts'
import { openStubbedApp, stubSupabase } from './stubbed-app.ts'

// Requirements that are held by several parts together, each shown on the whole. The others are cited where their part is tested.

const tent = { tripId: 'lakes', name: 'Tent', quantity: 1, personId: null }

/** Ann and Ben, who share a trip with a tent and are then apart. */
async function apart(items: Parameters<typeof collectionsOf>[0] = {}) {
  const devices = memoryDevices()
  const collections = collectionsOf(items)
  const ann = await devices.open('ann', { collections })
  ann.add('trips', 'lakes', { name: 'Lakes' })
  ann.add('items', 'tent', tent)
  await devices.sync()
  devices.share('lakes', 'ben', 'editor')
  const ben = await devices.open('ben', { collections })
  await devices.sync()
  for (const device of [ann, ben]) device.offline(true)
  /** First Ann comes back, then Ben. */
  const meet = async () => {
    for (const device of [ann, ben]) {
      device.offline(false)
      await devices.sync()
    }
    await devices.sync()
  }
  return { ...devices, ann, ben, meet }
}

/** A reducer without an entity adapter. */
const byHand = (state: Record<string, { id: string; tripId: string }> = {}, action: { type: string }) =>
  action.type === 'emptied' ? { cup: { id: 'cup', tripId: 'lakes' } } : state

describe('capturing', () => {
  test('[A1] one action that several reducers answer, one of them written by hand: each change is captured, wherever it was made', async () => {
    const environment = fakeEnvironment()
    const stub = stubSupabase(environment.now)
    const people = createSlice({
      name: 'people',
      initialState: peopleOf.adapter.getInitialState(undefined, [{ id: 'ben', tripId: 'lakes', name: 'Ben' }]),
      reducers: {},
      extraReducers: (builder) => builder.addCase('emptied', () => peopleOf.adapter.getInitialState(undefined, [{ id: 'ann', tripId: 'lakes', name: 'Ann' }])),
    })
    const sync = createSync({
      supabase: stub.supabase,
      environment,
      storage: () => Promise.resolve(memoryStorage()),
      collections: {
        people: { adapter: peopleOf.adapter, scope: 'tripId' },
        items: { scope: 'tripId', read: (state: ReturnType<typeof byHand>) => state, write: (state: ReturnType<typeof byHand>) => state },
      },
    })
    const store = configureStore({ reducer: sync.reducer({ people: people.reducer, items: byHand }), middleware: (getDefault) => getDefault().concat(sync.middleware) })
    await sync.start(store)
    store.dispatch({ type: 'emptied' })
    await environment.advance(1_000)
    expect(stub.pushes.flatMap(({ ops }) => ops.map(({ kind, collection, id }) => [kind, collection, id]))).toEqual([
      ['delete', 'people', 'ben'],
      ['create', 'people', 'ann'],
      ['create', 'items', 'cup'],
    ])
  })

  test('[A2] a change names itself, its number, user, device, app, scope, step and time, and the version and values that the edit saw; it lies under a checksum', async () => {
    const app = await openStubbedApp({ options: { appVersion: '1.2' } })
    app.add('tent')
    await app.synced()
    app.stub.online = false
    app.change('tent', { name: 'Big tent', bought: new Date(0) })
    await app.sync.flush()
    const stored = new Map(await app.storage.readAll())
    const change = (await recordsIn(app.storage)).get(keys.change(2)) as RecordedChange
    const who = { user: 'ann', app: '1.2', device: expect.any(String) as string, time: app.environment.now(), sequence: 2, changeId: expect.any(String) as string }
    const what = { collection: 'items', id: 'tent', scope: 'lakes', kind: 'update', patch: { name: 'Big tent', bought: '1970-01-01T00:00:00.000Z' }, baseValues: { name: 'tent', bought: null }, baseVersion: 1 }
    expect(change).toEqual({ ...who, ...what, group: { groupId: expect.any(String) as string, atomic: false, cause: 'edit' } })
    expect(unseal({ ...(stored.get(keys.change(2)) as object), text: '{}' })).toMatchObject({ is: 'broken' })
  })

  test('[A3] tables and columns of other names are a matter of configuration, there and back', async () => {
    const app = await openStubbedApp({ items: { adapter: itemsOf.adapter, scope: 'tripId', table: 'cosas', columns: { name: 'nombre', tripId: 'viaje' } } })
    app.add('tent')
    await app.synced()
    expect(app.sent()).toMatchObject([{ collection: 'cosas', patch: { nombre: 'tent' } }])
    app.stub.answer = ({ op_id }) => ({ op_id, status: 'merged', version: 3, row: { id: 'tent', viaje: 'lakes', nombre: 'Igloo', quantity: 2, packed: true, sync_version: 3 } })
    app.change('tent', { quantity: 2 })
    await app.synced()
    expect(app.items()['tent']).toMatchObject({ name: 'Igloo', tripId: 'lakes', packed: true })
  })
})

describe('the outbox', () => {
  test('[B1] ten thousand changes made offline outlive a restart in their order, and go out, each once', { timeout: 60_000 }, async () => {
    const storage = memoryStorage()
    const before = await openStubbedApp({ storage })
    before.stub.online = false
    const ids = Array.from({ length: 10_000 }, (_, index) => `item-${index}`)
    before.store.dispatch(itemsOf.slice.actions.addedMany(ids.map((id) => ({ id, tripId: 'lakes', name: id, quantity: 1, packed: false }))))
    await before.sync.stop()
    const after = await openStubbedApp({ storage })
    await after.environment.advance(60_000)
    expect(after.sent().map(({ id }) => id)).toEqual(ids)
    expect(after.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('[B3] changes of a moment, and all changes of one entity, travel together, in requests of a size that the server takes', async () => {
    const app = await openStubbedApp()
    for (const name of ['T', 'Te', 'Tent']) {
      app.change('none', {})
      if (name === 'T') app.add('tent', { name })
      else app.change('tent', { name })
    }
    app.add('cup')
    await app.synced()
    expect(app.stub.pushes.map(({ ops }) => ops.map(({ id, kind, patch }) => [id, kind, patch?.['name']]))).toEqual([[['tent', 'create', 'Tent'], ['cup', 'create', 'cup']]])
    const letter = 'x'.repeat(100_000)
    for (let index = 0; index < 25; index += 1) app.add(`long-${index}`, { notes: letter })
    await app.synced()
    const sizes = app.stub.pushes.slice(1).map(({ ops }) => JSON.stringify(ops).length)
    expect(Math.max(...sizes)).toBeLessThan(1_100_000)
    expect(app.stub.pushes.slice(1).flatMap(({ ops }) => ops)).toHaveLength(25)
  })
})

describe('conflicts', () => {
  test.each([
    ['edit-edit', { ann: { name: 'Igloo' }, ben: { name: 'Tipi' } }],
    ['edit-delete', { ann: null, ben: { name: 'Tipi' } }],
    ['delete-edit', { ann: { name: 'Igloo' }, ben: null }],
  ] as const)('[D1] %s is told as such', async (kind, { ann: first, ben: second }) => {
    const { ann, ben, meet } = await apart({ mergeDefault: manual(), deletePolicy: 'manual' })
    for (const [device, patch] of [[ann, first], [ben, second]] as const) {
      if (patch === null) device.remove('items', 'tent')
      else device.change('items', 'tent', patch)
    }
    await meet()
    expect(ben.state().conflicts).toMatchObject([{ kind, collection: 'items', id: 'tent' }])
  })

  test('[D1] two that made an entity with the same id: create-create', async () => {
    const { ann, ben, meet } = await apart({ mergeDefault: manual() })
    ann.add('items', 'cup', { ...tent, name: 'Cup' })
    ben.add('items', 'cup', { ...tent, name: 'Mug' })
    await meet()
    expect(ben.state().conflicts).toMatchObject([{ kind: 'create-create', fields: [{ field: 'name', local: 'Mug', remote: 'Cup' }] }])
  })

  test('[D2] each field is decided by its own policy, and everybody ends with the same', async () => {
    const { ann, ben, row, meet } = await apart({ merge: { quantity: counter(), notes: text() } })
    ann.change('items', 'tent', { quantity: 3, notes: 'Poles first.\nPegs last.' })
    await meet()
    for (const device of [ann, ben]) device.offline(true)
    ann.change('items', 'tent', { quantity: 4, notes: 'Poles first, always.\nPegs last.', name: 'Igloo' })
    ben.change('items', 'tent', { quantity: 5, notes: 'Poles first.\nPegs last, if any.' })
    await meet()
    expect(row('items', 'tent')).toMatchObject({ quantity: 6, notes: 'Poles first, always.\nPegs last, if any.', name: 'Igloo' })
    expect([ann, ben].map((device) => device.shown('items', 'tent'))).toEqual([row('items', 'tent'), row('items', 'tent')])
  })

  test('[D3] [D5] of edits that are far apart one is chosen without a person, and that is in the history; of edits at the same moment it is asked', async () => {
    const clear = await apart({ threshold: 0.5 })
    clear.ann.change('items', 'tent', { name: 'Igloo' })
    await clear.environment.advance(3_600_000)
    clear.ben.change('items', 'tent', { name: 'Tipi' })
    await clear.meet()
    expect(clear.row('items', 'tent')).toMatchObject({ name: 'Tipi' })
    expect(clear.ben.engine.history()).toMatchObject([{ decidedBy: 'policy', user: 'ben', fields: [{ field: 'name', base: 'Tent', local: 'Tipi', remote: 'Igloo', kept: 'Tipi' }] }])

    const doubtful = await apart({ threshold: 0.5 })
    doubtful.ann.change('items', 'tent', { name: 'Igloo' })
    doubtful.ben.change('items', 'tent', { name: 'Tipi' })
    await doubtful.meet()
    expect(doubtful.ben.state().conflicts).toMatchObject([{ fields: [{ local: 'Tipi', remote: 'Igloo' }] }])
  })
})

describe('recovery', () => {
  test('[E1] a first sync that breaks off goes on where it was, also after a restart', async () => {
    const { ann, open, server, sync } = await apart()
    ann.offline(false)
    for (let index = 0; index < 30; index += 1) ann.add('items', `item-${index}`, { ...tent, name: `Item ${index}` })
    await sync()
    server.tables.commit(() => server.tables.setRole('lakes', 'cleo', 'viewer'))
    const storage = memoryStorage()
    /** What each pull asked from, but for probes; the server has all the rows at each. */
    const asked: (string | undefined)[] = []
    const paged = (mostPages: number) => (transport: Transport): Transport => ({
      ...transport,
      pull: async (request) => {
        if (!request.only) asked.push(request.cursors?.['lakes'])
        if (asked.length > mostPages) throw new TransportError('The network is gone.', { kind: 'network', code: '0' })
        const page = await transport.pull({ ...request, cursors: {} })
        return page === 'unchanged' ? page : { ...page, more: true, etag: null, partial: ['lakes'], cursors: { lakes: `page-${asked.length}` } }
      },
    })
    const broken = await open('cleo', { storage, through: paged(2) })
    await sync()
    broken.kill()
    asked.length = 0
    await open('cleo', { storage, through: paged(1) })
    await sync()
    expect(asked[0]).toBe('page-2')
  })

  test('[E2] a damaged page is fetched again, and everything is on screen as before', async () => {
    const { ann, open, sync } = await apart()
    await ann.engine.flush()
    ann.kill()
    const key = keys.page('items', 'lakes', 0)
    const damaged = new Map(await ann.storage.readAll()).get(key) as { readonly text: string }
    await ann.storage.commit({ puts: [[key, { ...damaged, text: damaged.text.replace('Tent', 'Tant') }]] })
    const again = await open('ann', { storage: ann.storage })
    expect(again.state().setAside).toMatchObject([{ what: 'record', name: key }])
    await sync()
    expect(again.shown('items', 'tent')).toMatchObject({ name: 'Tent' })
  })

  test('[E3] a change that stands on an older version is put on the present row: what others did stays', async () => {
    const { ann, ben, row, meet } = await apart()
    ann.change('items', 'tent', { name: 'Igloo' })
    ben.change('items', 'tent', { quantity: 7 })
    await meet()
    expect(row('items', 'tent')).toMatchObject({ name: 'Igloo', quantity: 7 })
  })

  test('[E5] the server is set back to a backup: every device ends with what the server has, and what waited is done', async () => {
    const { ann, ben, row, server, sync, meet } = await apart()
    await meet()
    const backup = server.tables.snapshot()
    ann.change('items', 'tent', { name: 'Igloo' })
    await sync()
    ben.offline(true)
    ben.change('items', 'tent', { quantity: 9 })
    server.tables.restore(backup)
    server.done.clear()
    server.epoch = 'epoch-restored'
    await sync()
    ben.offline(false)
    await sync()
    expect(row('items', 'tent')).toMatchObject({ name: 'Tent', quantity: 9 })
    expect([ann, ben].map((device) => device.shown('items', 'tent'))).toEqual([row('items', 'tent'), row('items', 'tent')])
    expect([ann, ben].map((device) => device.state().pending)).toEqual([0, 0])
  })
})
