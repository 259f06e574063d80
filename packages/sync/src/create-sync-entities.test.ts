import { configureStore, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSync, memoryStorage } from './index.ts'
import { openStubbedApp, refusing, stubbedApp, stubSupabase } from './test/stubbed-app.ts'
import { fakeEnvironment } from './testing/fake-environment.ts'

describe('a codec', () => {
  interface Outing {
    readonly id: string
    readonly tripId: string
    readonly leaves: Date
    readonly seats: ReadonlyMap<string, number>
  }
  interface StoredOuting extends Omit<Outing, 'leaves' | 'seats'> {
    readonly leaves: string
    readonly seats: Readonly<Record<string, number>>
  }

  interface State {
    readonly byId: Readonly<Record<string, Outing>>
  }
  const initialState: State = { byId: {} }
  const outings = createSlice({
    name: 'outings',
    initialState,
    reducers: { planned: (state, { payload }: PayloadAction<Outing>) => ({ byId: { ...state.byId, [payload.id]: payload } }) },
  })

  function openOutings(storage = memoryStorage()) {
    const environment = fakeEnvironment()
    const stub = stubSupabase(environment.now)
    const sync = createSync({
      supabase: stub.supabase,
      environment,
      storage: () => Promise.resolve(storage),
      collections: {
        outings: {
          scope: 'tripId',
          read: (state: State) => state.byId,
          write: (state: State, { upserts, removes }) => {
            const kept = Object.entries(state.byId).filter(([id]) => !removes.includes(id))
            return { byId: Object.fromEntries([...kept, ...upserts.map((one) => [one.id, one] as const)]) }
          },
          codec: {
            toFields: ({ seats, ...rest }: Outing) => ({ ...rest, seats: Object.fromEntries(seats) }),
            toEntity: ({ leaves, seats, ...rest }: StoredOuting) => ({ ...rest, leaves: new Date(leaves), seats: new Map(Object.entries(seats)) }),
          },
        },
      },
    })
    const store = configureStore({
      reducer: sync.reducer({ outings: outings.reducer }),
      middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
    })
    return { environment, stub, sync, store, shown: () => store.getState().outings.byId }
  }

  const hike: Outing = { id: 'hike', tripId: 'lakes', leaves: new Date('2026-07-01T06:30:00.000Z'), seats: new Map([['ann', 1], ['ben', 2]]) }

  test('a Map and a Date are sent as JSON and come back after a restart as they were; the same values again are no change', async () => {
    const storage = memoryStorage()
    const before = openOutings(storage)
    await before.sync.start(before.store)
    before.store.dispatch(outings.actions.planned(hike))
    await before.environment.advance(1_000)
    expect(before.stub.pushes.flatMap(({ ops }) => ops)).toMatchObject([{ id: 'hike', patch: { leaves: '2026-07-01T06:30:00.000Z', seats: { ann: 1, ben: 2 } } }])
    before.store.dispatch(outings.actions.planned({ ...hike, seats: new Map(hike.seats), leaves: new Date(hike.leaves) }))
    await before.sync.stop()

    const after = openOutings(storage)
    await after.sync.start(after.store)
    await after.environment.advance(1_000)
    expect(after.shown()).toEqual({ hike })
    expect(after.stub.pushes).toEqual([])
    after.store.dispatch(outings.actions.planned({ ...hike, seats: new Map([['ann', 1]]) }))
    await after.environment.advance(1_000)
    expect(after.stub.pushes.flatMap(({ ops }) => ops)).toMatchObject([{ kind: 'update', patch: { seats: { ann: 1 } } }])
  })

  test('[A6] a step with such an entity is undone and redone', async () => {
    const { environment, sync, store, shown: seen } = openOutings()
    await sync.start(store)
    store.dispatch(outings.actions.planned(hike))
    await environment.advance(1_000)
    store.dispatch(outings.actions.planned({ ...hike, seats: new Map([['ann', 5]]) }))
    expect(await sync.undo()).toBe(true)
    expect(seen()).toEqual({ hike })
    expect(await sync.redo()).toBe(true)
    expect(seen()).toEqual({ hike: { ...hike, seats: new Map([['ann', 5]]) } })
  })

  test('a refusal of such an entity is edited by its fields as they are sent', async () => {
    const { environment, stub, sync, store, shown: seen } = openOutings()
    await sync.start(store)
    stub.answer = refusing('hike')
    store.dispatch(outings.actions.planned(hike))
    await environment.advance(1_000)
    stub.answer = refusing()
    await sync.edit(store.getState().sync.rejected[0]!.rejectedId, { seats: { ben: 3 } })
    await environment.advance(1_000)
    expect(seen()).toEqual({ hike: { ...hike, seats: new Map([['ben', 3]]) } })
  })
})

describe('[A4] a schema', () => {
  const schema = z.object({ name: z.string().trim().min(1, 'A name is needed.') })

  test('what it makes of a field is recorded and shown; what it refuses is put back with its sentence, and hinders no other', async () => {
    const app = await openStubbedApp({ items: { schema } })
    app.add('tent', { name: '  Tent ' })
    app.add('stove', { name: ' ' })
    await app.synced()
    expect(app.sent()).toMatchObject([{ id: 'tent', patch: { name: 'Tent' } }])
    expect(app.items()).toMatchObject({ tent: { name: 'Tent' } })
    expect(Object.keys(app.items())).toEqual(['tent'])
    expect(app.events).toContainEqual(expect.objectContaining({ type: 'changeRefused', entity: { collection: 'items', id: 'stove' }, issues: ['name: A name is needed.'] }))
    app.change('tent', { name: '' })
    expect(app.items()['tent']).toMatchObject({ name: 'Tent' })
  })

  test('a decision or an edit of the tray that it refuses is thrown, and nothing is done', async () => {
    const app = await openStubbedApp({ items: { schema } })
    app.stub.answer = refusing('tent')
    app.add('tent')
    await app.synced()
    await expect(app.sync.edit(app.state().rejected[0]!.rejectedId, { name: '' })).rejects.toMatchObject({ name: 'SyncError', code: 'invalid-change', issues: ['name: A name is needed.'] })
    expect(app.state().rejected).toHaveLength(1)
  })

  test('one that answers later is refused at set-up, or, where it does so for some entities alone, each change of these', async () => {
    const later = z.object({}).refine(() => Promise.resolve(true))
    expect(() => stubbedApp({ items: { schema: later } })).toThrow(expect.objectContaining({ name: 'SyncError', code: 'bad-configuration' }))
    const app = await openStubbedApp({ items: { schema: schema.refine(() => Promise.resolve(true)) } })
    app.add('tent')
    expect(app.items()).toEqual({})
    expect(app.state().lastError).toMatchObject({ kind: 'validation', code: 'bad-configuration' })
  })
})
