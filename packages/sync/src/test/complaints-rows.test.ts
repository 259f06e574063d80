import { describe, expect, test } from 'vitest'
import { reject } from '../core/policies.ts'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryDevices } from './memory-devices.ts'

const tent = { tripId: 'lakes', name: 'Tent', quantity: 1 }

/** Ann and Ben, who may edit all, with a tent in the trip `lakes`. */
async function sharedTrip(collections = collectionsOf()) {
  const all = memoryDevices()
  const ann = await all.open('ann', { collections })
  ann.add('trips', 'lakes', { name: 'Lakes' })
  ann.add('items', 'tent', tent)
  await all.sync()
  all.share('lakes', 'ben', 'editor')
  const ben = await all.open('ben', { collections })
  await all.sync()
  return { ...all, ann, ben, views: () => [ann.shown('items', 'tent'), ben.shown('items', 'tent')] }
}

describe('complaint 12: deleted rows come back', () => {
  test('an edit that was made elsewhere meanwhile does not make the row again; what it said is in the history', async () => {
    const { ann, ben, row, views, sync } = await sharedTrip()
    ben.offline(true)
    ben.change('items', 'tent', { name: 'Ben’s tent' })
    ann.remove('items', 'tent')
    await sync()
    ben.offline(false)
    await sync()
    expect(row('items', 'tent')).toBeUndefined()
    expect(views()).toEqual([null, null])
    expect(ben.engine.history()).toMatchObject([{ kind: 'edit-delete', fields: [{ field: 'name', local: 'Ben’s tent' }], outcome: { is: 'deleted', row: { name: 'Ben’s tent', quantity: 1 } } }])
  })

  test('a device that was away for long loses it too, and with it every other that was made, sent and deleted', async () => {
    const { ann, ben, views, sync } = await sharedTrip()
    ben.offline(true)
    for (const step of ['made', 'deleted'] as const) {
      if (step === 'made') ann.add('items', 'cup', { ...tent, name: 'Cup' })
      else for (const id of ['cup', 'tent']) ann.remove('items', id)
      await sync()
    }
    ben.offline(false)
    await sync()
    expect(views()).toEqual([null, null])
    expect(ben.shown('items', 'cup') ?? null).toBeNull()
    await sync()
    expect(ben.shown('items', 'tent')).toBeNull()
  })

  test('only who asks for it brings it back: undo, or a policy; then it is there for all, with a later version', async () => {
    const { ann, row, server, views, sync } = await sharedTrip()
    const version = server.tables.row({ collection: 'items', id: 'tent' })!.version
    ann.remove('items', 'tent')
    await sync()
    expect(views()).toEqual([null, null])
    await ann.engine.undo.undo()
    await sync()
    expect(row('items', 'tent')).toMatchObject({ name: 'Tent' })
    expect(server.tables.row({ collection: 'items', id: 'tent' })!.version).toBeGreaterThan(version)
    expect(views()).toMatchObject([{ name: 'Tent' }, { name: 'Tent' }])
  })

  test('under `editWins` the edit keeps the row, whole, for all', async () => {
    const { ann, ben, views, sync } = await sharedTrip(collectionsOf({ deletePolicy: 'editWins' }))
    ben.offline(true)
    ben.change('items', 'tent', { name: 'Ben’s tent' })
    ann.remove('items', 'tent')
    await sync()
    ben.offline(false)
    await sync()
    expect(views()).toMatchObject([{ name: 'Ben’s tent', quantity: 1 }, { name: 'Ben’s tent', quantity: 1 }])
  })
})

describe('complaint 13: one’s own edit flickers, or is overwritten between answer and echo', () => {
  test('from the moment it is made, pulls before, during and after its push, one that lags behind too, show nothing else', async () => {
    const names: unknown[] = []
    const device = await openTestEngine({ parts: { show: (views) => names.push(...views.flatMap(({ id, fields }) => (id === 'tent' ? [fields?.['name']] : []))) } })
    const { edit, engine, environment, server } = device
    const pulled = async (version: number, given: object) => {
      server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: String(version) }, rows: [rowOf({ version, fields: { ...tent, ...given } })] }))
      engine.syncNow()
      await environment.settle()
    }
    await pulled(1, {})
    names.length = 0
    const answer = gate()
    server.onPush = ({ ops }) => answer.passed.then(() => pushResult(ops.map((op) => ({ ...applied(op), version: 3 }))))
    engine.pause('user')
    edit(tent, { ...tent, name: 'Big tent' })
    engine.resume('user')
    await pulled(2, { quantity: 2 })
    await environment.advance(100)
    expect(server.pushes).toHaveLength(1)
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '2' }, rows: [rowOf({ version: 2, fields: { ...tent, quantity: 2 } })] }))
    answer.open()
    await environment.advance(10_000)
    await pulled(3, { name: 'Big tent', quantity: 2 })
    expect(engine.diagnostics().collections.map(({ pending }) => pending)).toEqual([0, 0, 0])
    expect(new Set(names)).toEqual(new Set(['Big tent']))
  })

  test('edit after edit, while others edit the same row, each is seen at once and none of the old ones again', async () => {
    const { ann, ben, environment, sync } = await sharedTrip()
    const typed = ['B', 'Bi', 'Big', 'Big t', 'Big te', 'Big tent']
    const seenBefore = ann.views('items', 'tent').length
    for (const [index, name] of typed.entries()) {
      ann.change('items', 'tent', { name })
      ben.change('items', 'tent', { quantity: index + 2 })
      expect(ann.shown('items', 'tent')).toMatchObject({ name })
      await environment.advance(200)
      expect(ann.shown('items', 'tent')).toMatchObject({ name })
    }
    await sync()
    const places = ann.views('items', 'tent').slice(seenBefore).map((fields) => typed.findIndex((name) => name === fields?.['name']))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect([ann, ben].map((device) => device.shown('items', 'tent'))).toMatchObject([{ name: 'Big tent', quantity: 7 }, { name: 'Big tent', quantity: 7 }])
  })

  test('only a decision takes it from the screen, and then it can be found', async () => {
    const { ann, ben, sync } = await sharedTrip(collectionsOf({ merge: { name: reject() } }))
    ben.offline(true)
    ben.change('items', 'tent', { name: 'Ben’s tent' })
    ann.change('items', 'tent', { name: 'Ann’s tent' })
    await sync()
    expect(ben.shown('items', 'tent')).toMatchObject({ name: 'Ben’s tent' })
    ben.offline(false)
    await sync()
    expect(ben.shown('items', 'tent')).toMatchObject({ name: 'Ann’s tent' })
    expect(ben.state().rejected).toMatchObject([{ status: 'conflict', changes: [{ patch: { name: 'Ben’s tent' } }] }])
  })
})

const year = 365 * 86_400_000

/** Ben’s clock shows `wrong`; he edits offline, Ann later, then he comes back: hers is the later one. */
async function editedInTurn(wrong: number) {
  const all = await sharedTrip()
  let offset = wrong
  const ben = await all.open('ben', { now: () => all.environment.now() + offset })
  await all.sync()
  ben.offline(true)
  ben.change('items', 'tent', { name: 'Ben’s tent', quantity: 4 })
  await all.environment.advance(60_000)
  all.ann.change('items', 'tent', { name: 'Ann’s tent' })
  await all.sync()
  return { ...all, ben, setClock: (to: number) => void (offset = to), views: () => [all.ann.shown('items', 'tent'), ben.shown('items', 'tent')] }
}

describe('complaint 24: clocks that are wrong decide who wins, or what is heard', () => {
  test.each([70 * year, year, 3_600_000, -3_600_000, -30 * year])('%i ms off: the later edit wins, not the later clock, and the next one again; other fields lose nothing', async (wrong) => {
    const { ben, ann, views, sync } = await editedInTurn(wrong)
    ben.offline(false)
    await sync()
    expect(views()).toMatchObject([{ name: 'Ann’s tent', quantity: 4 }, { name: 'Ann’s tent', quantity: 4 }])
    expect(ben.engine.history()).toMatchObject([{ fields: [{ field: 'name', local: 'Ben’s tent', kept: 'Ann’s tent' }] }])
    ann.offline(true)
    ann.change('items', 'tent', { name: 'Ann’s old tent' })
    await sync()
    ben.change('items', 'tent', { name: 'Ben’s new tent' })
    await sync()
    ann.offline(false)
    await sync()
    expect(views()).toMatchObject([{ name: 'Ben’s new tent' }, { name: 'Ben’s new tent' }])
  })

  test.each([
    ['forward, and was wrong when the edit was made', 0, 5 * year],
    ['back, and was wrong when the edit was made', 5 * year, 0],
    ['back by an hour', 0, -3_600_000],
  ])('a clock that is set %s: each change is sent once, and what others do is heard', async (_how, at, to) => {
    const { ben, ann, views, server, setClock, sync } = await editedInTurn(at)
    setClock(to)
    ben.offline(false)
    await sync()
    expect(ben.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
    expect(views()[0]).toEqual(views()[1])
    expect(views()[0]).toMatchObject({ quantity: 4 })
    expect(server.complaints).toEqual([])
    ann.change('items', 'tent', { name: 'Heard of' })
    await sync()
    expect(ben.shown('items', 'tent')).toMatchObject({ name: 'Heard of' })
  })

  test('a clock that is set back while the app runs: edits go out at once, and what others do is heard within 10 s', async () => {
    const { ben, ann, row, setClock, environment, sync } = await editedInTurn(0)
    ben.offline(false)
    await sync()
    setClock(-year)
    await environment.advance(1)
    ben.change('items', 'tent', { quantity: 6 })
    await environment.advance(1_000)
    expect(row('items', 'tent')).toMatchObject({ quantity: 6 })
    await environment.advance(1)
    setClock(-2 * year)
    ann.change('items', 'tent', { name: 'Heard of' })
    await environment.advance(10_000)
    expect(ben.shown('items', 'tent')).toMatchObject({ name: 'Heard of' })
  })
})
