import { describe, expect, test } from 'vitest'
import { manual, memoryStorage, SyncError } from './index.ts'
import { trips } from './test/device.ts'
import { openStubbedApp, refusing, type StubbedApp } from './test/stubbed-app.ts'

const shown = (app: StubbedApp): string[] => Object.keys(app.items()).sort()

/** Two items, each with a name on which this device and the server disagree and a person must decide. */
async function withConflicts() {
  const app = await openStubbedApp({ items: { mergeDefault: manual() } })
  app.add('tent')
  app.add('stove')
  await app.synced()
  app.stub.answer = ({ op_id, id }) => ({ op_id, status: 'conflict', version: 9, row: { id, trip_id: 'lakes', name: 'theirs', quantity: 1, packed: false, sync_version: 9 }, fields: {} })
  app.change('tent', { name: 'mine' })
  app.change('stove', { name: 'mine' })
  await app.synced()
  app.stub.answer = refusing()
  return app
}

describe('[CO5] conflicts', () => {
  test('one is resolved by its id; the history tells of it, and it can be taken back', async () => {
    const app = await withConflicts()
    const [tent] = app.state().conflicts
    await app.sync.resolve(tent!.conflictId, { merged: { name: 'ours' } })
    expect(app.state().conflicts).toHaveLength(1)
    expect(app.items()[tent!.id]).toMatchObject({ name: 'ours' })
    const [decision] = app.sync.history()
    expect(decision).toMatchObject({ id: tent!.id, decidedBy: 'person', user: 'ann', fields: [{ field: 'name', base: tent!.id, local: 'mine', remote: 'theirs', kept: 'ours' }] })
    await app.synced()
    expect(app.sent().at(-1)).toMatchObject({ patch: { name: 'ours' }, base: { name: 'theirs' }, base_version: 9 })
    await app.sync.resolve(app.state().conflicts[0]!.conflictId, 'remote')
    await app.sync.undoResolution(app.sync.history()[0]!.resolutionId)
    await app.synced()
    expect(app.items()['stove']).toMatchObject({ name: 'mine' })
  })

  test('many are resolved at once', async () => {
    const app = await withConflicts()
    await app.sync.resolve(app.state().conflicts.map(({ conflictId }) => conflictId), 'remote')
    expect(app.state()).toMatchObject({ conflicts: [], pending: 0 })
    expect(Object.values(app.items())).toMatchObject([{ name: 'theirs' }, { name: 'theirs' }])
    expect(app.sync.history()).toHaveLength(2)
  })

  test('where one id of many names nothing, none is decided', async () => {
    const app = await withConflicts()
    const ids = [...app.state().conflicts.map(({ conflictId }) => conflictId), 'gone']
    await expect(app.sync.resolve(ids, 'remote')).rejects.toMatchObject({ name: 'SyncError', code: 'not-found' })
    await expect(app.sync.undoResolution('gone')).rejects.toMatchObject({ name: 'SyncError', code: 'not-found' })
    expect(app.state().conflicts).toHaveLength(2)
    expect(app.sync.history()).toEqual([])
  })
})

describe('[OB7] the tray', () => {
  test('one is edited and goes through, one is retried, one is given up', async () => {
    const app = await openStubbedApp()
    app.stub.answer = refusing('tent', 'stove', 'map')
    for (const id of ['tent', 'stove', 'map']) app.add(id)
    await app.synced()
    app.stub.answer = refusing()
    const of = (id: string) => app.state().rejected.find((rejected) => rejected.id === id)!.rejectedId
    const sentBefore = app.sent().length
    await app.sync.edit(of('tent'), { quantity: 2 })
    await app.sync.retry([of('stove')])
    await app.sync.discard(of('map'))
    expect(app.state().rejected).toEqual([])
    await app.synced()
    expect(app.sent().slice(sentBefore)).toMatchObject([{ id: 'tent', kind: 'create', patch: { quantity: 2 } }, { id: 'stove', kind: 'create', patch: { quantity: 1 } }])
    expect(shown(app)).toEqual(['stove', 'tent'])
  })

  test('an id that names nothing is told so', async () => {
    const { sync } = await openStubbedApp()
    for (const asked of [sync.edit('gone', {}), sync.retry('gone'), sync.discard(['gone'])]) {
      await expect(asked).rejects.toMatchObject({ name: 'SyncError', code: 'not-found' })
    }
  })
})

describe('[E6] a hold', () => {
  test('nothing of the collection is sent, also after a restart, until it is released; other collections are', async () => {
    const storage = memoryStorage()
    const before = await openStubbedApp({ storage })
    await before.sync.hold('items')
    before.add('tent')
    before.store.dispatch(trips.slice.actions.added({ id: 'alps', name: 'Alps' }))
    await before.synced()
    expect(before.sent().map(({ id }) => id)).toEqual(['alps'])
    await before.sync.stop()
    const after = await openStubbedApp({ storage })
    await after.synced()
    expect(after.state()).toMatchObject({ held: ['items'], pending: 1 })
    expect(after.sent()).toEqual([])
    await after.sync.release('items')
    await after.synced()
    expect(after.sent().map(({ id }) => id)).toEqual(['tent'])
  })

  test('of a name that is no collection is refused', async () => {
    const { sync, state } = await openStubbedApp()
    await expect(sync.hold('itms')).rejects.toThrow(new SyncError('not-found', 'itms is not among the collections of createSync.'))
    await expect(sync.release('itms')).rejects.toMatchObject({ name: 'SyncError', code: 'not-found' })
    expect(state().held).toEqual([])
  })
})
