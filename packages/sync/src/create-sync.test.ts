import { configureStore } from '@reduxjs/toolkit'
import { describe, expect, test } from 'vitest'
import { createSync, memoryStorage, selectUnsynced, type SyncEvent } from './index.ts'
import { items } from './test/device.ts'
import { openStubbedApp, refusing, stubbedApp, stubSupabase, type StubbedApp } from './test/stubbed-app.ts'
import { fakeEnvironment } from './testing/fake-environment.ts'

const shown = (app: StubbedApp): string[] => Object.keys(app.items()).sort()

describe('[A7] atomically', () => {
  test('what is dispatched in several steps is sent as one unit, and undone as a whole; what its work returns is returned', async () => {
    const app = await openStubbedApp()
    const result = app.sync.atomically(() => {
      app.add('tent')
      app.add('stove')
      return 'done'
    })
    expect(result).toBe('done')
    await app.synced()
    const [tent, stove] = app.sent()
    expect(tent!.unit).toBeDefined()
    expect(stove!.unit).toBe(tent!.unit)
    expect(await app.sync.undo()).toBe(true)
    expect(shown(app)).toEqual([])
  })

  test('within another step it is part of that', async () => {
    const app = await openStubbedApp()
    app.sync.atomically(() => {
      app.add('tent')
      app.sync.atomically(() => app.add('stove'))
      app.add('map')
    })
    await app.synced()
    expect(new Set(app.sent().map(({ unit }) => unit)).size).toBe(1)
    expect(await app.sync.undo()).toBe(true)
    expect(shown(app)).toEqual([])
  })

  test('work that throws: the error is the app’s, what was dispatched until then is one step, and the next step is another', async () => {
    const app = await openStubbedApp()
    const work = () => {
      app.add('tent')
      app.add('stove')
      throw new Error('the app’s')
    }
    expect(() => app.sync.atomically(work)).toThrow('the app’s')
    app.add('map')
    await app.synced()
    const [tent, stove, map] = app.sent()
    expect(tent!.unit).toBeDefined()
    expect(stove!.unit).toBe(tent!.unit)
    expect(map!.unit).toBeUndefined()
  })

  test('where nothing changed nothing is recorded, and there is nothing to undo', async () => {
    const app = await openStubbedApp()
    app.add('tent')
    await app.synced()
    const told = app.events.length
    app.sync.atomically(() => {})
    app.sync.atomically(() => app.change('tent', { name: 'tent' }))
    await app.sync.flush()
    expect(app.events.slice(told)).toEqual([])
    expect(app.state()).toMatchObject({ pending: 0, undoable: 1 })
  })

  test('refused, all of it waits in the tray, and other changes of the same moment go through', async () => {
    const app = await openStubbedApp()
    app.stub.answer = (op) => (op.unit === undefined ? refusing()(op) : op.id === 'tent' ? refusing('tent')(op) : { op_id: op.op_id, status: 'undone' })
    app.sync.atomically(() => {
      app.add('tent')
      app.add('stove')
    })
    app.add('map')
    await app.synced()
    expect(shown(app)).toEqual(['map'])
    expect(app.state().rejected.map(({ id, code }) => [id, code])).toEqual([['tent', '23514'], ['stove', 'unit_refused']])
  })
})

describe('[A6] undo and redo', () => {
  test('take back and repeat the last step on screen and on the server, offline and after sync alike', async () => {
    const app = await openStubbedApp()
    app.add('tent')
    await app.synced()
    app.stub.online = false
    app.change('tent', { quantity: 3 })
    expect(await app.sync.undo()).toBe(true)
    expect(app.items()['tent']).toMatchObject({ quantity: 1 })
    expect(await app.sync.redo()).toBe(true)
    expect(app.items()['tent']).toMatchObject({ quantity: 3 })
    app.stub.online = true
    await app.synced()
    expect(app.sent().at(-1)).toMatchObject({ kind: 'update', patch: { quantity: 3 }, base: { quantity: 1 } })
    expect(app.state()).toMatchObject({ pending: 0, undoable: 2, redoable: 0 })
  })

  test('without a step there is nothing to do', async () => {
    const app = await openStubbedApp()
    expect(await app.sync.undo()).toBe(false)
    expect(await app.sync.redo()).toBe(false)
  })
})

test('[F1] a listener that throws harms neither sync nor other listeners, and its error is thrown where the app’s reporting finds it; one that has ended hears no more', async () => {
  const app = stubbedApp()
  const heard: SyncEvent['type'][] = []
  app.sync.subscribe(({ type }) => {
    if (type === 'changeRecorded') throw new Error('the listener’s')
  })
  const end = app.sync.subscribe(({ type }) => heard.push(type))
  await app.sync.start(app.store)
  await app.environment.settle()
  app.add('tent')
  await expect(app.synced()).rejects.toThrow('the listener’s')
  await app.synced()
  expect(heard).toContain('changeRecorded')
  expect(heard).toContain('pushed')
  expect(app.state()).toMatchObject({ pending: 0 })
  end()
  const before = heard.length
  app.add('stove')
  await app.synced().catch(() => {})
  expect(heard).toHaveLength(before)
})

test('[F3] what is exported for somebody who helps is JSON, tells what waits, and holds no value that a user has written', async () => {
  const app = await openStubbedApp()
  app.stub.answer = refusing('first')
  app.add('first', { name: 'Divorce papers' })
  await app.synced()
  app.stub.online = false
  app.add('second', { name: 'Divorce papers' })
  await app.sync.flush()
  const exported = app.sync.exportDiagnostics()
  expect(JSON.parse(JSON.stringify(exported))).toEqual(exported)
  expect(exported).toMatchObject({ user: 'ann', rejected: [{ id: 'first', code: '23514' }], collections: [{}, {}, { name: 'items', pending: 1 }] })
  expect(JSON.stringify(exported)).not.toContain('Divorce')
})

const askedOfNobody = ({ sync }: StubbedApp) => [
  sync.undo(),
  sync.redo(),
  sync.resolve('id', 'local'),
  sync.undoResolution('id'),
  sync.retry('id'),
  sync.edit('id', {}),
  sync.discard('id'),
  sync.hold('items'),
  sync.release('items'),
  sync.resync(),
]

const moments: [string, (app: StubbedApp) => Promise<void>][] = [
  ['before `start`', async () => {}],
  [
    'after `stop`',
    async ({ sync, store }) => {
      await sync.start(store)
      await sync.stop()
    },
  ],
]
test.each(moments)('%s what needs a user’s data is refused by code, and what asks for nothing does nothing', async (_when, reach) => {
  const app = stubbedApp()
  await reach(app)
  for (const answer of askedOfNobody(app)) await expect(answer).rejects.toMatchObject({ name: 'SyncError', code: 'signed-out' })
  app.sync.now()
  app.sync.pause()
  app.sync.resume()
  await app.sync.flush()
  expect(app.sync.history()).toEqual([])
  expect(app.sync.exportDiagnostics()).toBeNull()
})

describe('start and stop', () => {
  test('[OB2] what is dispatched before `start`, `atomically` too, is recorded then; what is dispatched after `stop` with the next `start`', async () => {
    const app = stubbedApp()
    app.sync.atomically(() => {
      app.add('tent')
      app.add('stove')
    })
    await app.sync.start(app.store)
    await app.synced()
    const [tent, stove] = app.sent()
    expect(tent!.unit).toBeDefined()
    expect(stove!.unit).toBe(tent!.unit)
    await app.sync.stop()
    app.add('map')
    await app.sync.start(app.store)
    await app.synced()
    expect(app.sent().map(({ id }) => id)).toEqual(['tent', 'stove', 'map'])
  })

  test('a second `start` is refused, and the first goes on', async () => {
    const app = await openStubbedApp()
    await expect(app.sync.start(app.store)).rejects.toMatchObject({ name: 'SyncError', code: 'bad-configuration' })
    app.add('tent')
    await app.synced()
    expect(app.sent().map(({ id }) => id)).toEqual(['tent'])
  })
})

describe('signOut', () => {
  test('[ID3] by default what waits is sent first; without a network the count is told, and the user stays', async () => {
    const app = await openStubbedApp()
    app.add('tent')
    app.stub.online = false
    const refused = app.sync.signOut().catch((error: unknown) => error)
    await app.environment.advance(1_000)
    expect(await refused).toMatchObject({ name: 'SyncError', code: 'unsynced', count: 1 })
    expect([app.state().user, selectUnsynced(app.store.getState())]).toEqual(['ann', 1])
    app.stub.online = true
    const left = app.sync.signOut()
    await app.synced()
    await left
    expect(app.sent().map(({ id }) => id)).toEqual(['tent'])
    expect([app.state().user, app.items()]).toEqual([null, {}])
  })

  test('before `start` it is refused by code', async () => {
    await expect(stubbedApp().sync.signOut()).rejects.toMatchObject({ name: 'SyncError', code: 'signed-out' })
  })
})

const breaking = () => {
  throw new Error('the app’s read')
}

test('[RX3] a failure of the middleware itself is told to the app’s reporting, and dispatch works on', async () => {
  const environment = fakeEnvironment()
  const sync = createSync({
    supabase: stubSupabase(environment.now).supabase,
    environment,
    storage: () => Promise.resolve(memoryStorage()),
    collections: { items: { scope: 'tripId', read: breaking, write: breaking } },
  })
  const store = configureStore({ reducer: sync.reducer({ items: items.slice.reducer }), middleware: (getDefault) => getDefault().concat(sync.middleware) })
  store.dispatch(items.slice.actions.added({ id: 'tent', tripId: 'lakes', name: 'Tent', quantity: 1, packed: false }))
  expect(store.getState().items.ids).toEqual(['tent'])
  await expect(environment.advance(0)).rejects.toThrow('the app’s read')
})
