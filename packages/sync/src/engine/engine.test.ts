import { describe, expect, test } from 'vitest'
import { manual, reject } from '../core/policies.ts'
import { keys } from '../core/records.ts'
import type { Answer, RecordedChange } from '../core/types.ts'
import { collectionsOf, recordsIn, rowOf } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine, type TestEngineParts } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'

const stored = rowOf({ version: 3, fields: { tripId: 'lakes', name: 'Tent' } })
const before = stored.fields
const after = { ...before, name: 'Big tent' }

/** A device that has the row, and whose edit of its name has been answered. */
async function answered(answer: (opId: string) => Answer, given: TestEngineParts = {}): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [stored] }))
  const device = await openTestEngine({ server, ...given })
  server.onPull = () => Promise.resolve(pageOf())
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => answer(opId))))
  device.edit(before, after)
  await device.environment.advance(100)
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  return device
}

const forbidden = (opId: string): Answer => ({ opId, status: 'forbidden', code: '42501', message: 'A viewer may not write.' })
const applyOne = (opId: string): Answer => ({ opId, status: 'applied', version: 4 })
const theirs = rowOf({ version: 9, fields: { tripId: 'lakes', name: 'Igloo' } })
const conflict = (opId: string): Answer => ({ opId, status: 'conflict', row: theirs, edits: { name: { by: 'ben', time: 1 } } })

describe('[OB4] refused changes', () => {
  test('leave the view, keep their data, and are in the slice', async () => {
    const { state, shown } = await answered(forbidden)
    expect(shown('items', 'tent')).toEqual(before)
    expect(state()).toMatchObject({ pending: 0, rejected: [{ status: 'forbidden', message: 'A viewer may not write.', changes: [{ patch: { name: 'Big tent' } }] }] })
  })

  test('[OB1] retried, they go out again as new changes', async () => {
    const { engine, environment, server, state, shown, storage } = await answered(forbidden)
    const [rejected] = state().rejected
    await engine.decisions.retry([rejected!.rejectedId])
    const { sequence, changeId, ...old } = rejected!.changes[0]!
    const again = (await recordsIn(storage)).get(keys.change(sequence + 1)) as RecordedChange
    expect(again).toMatchObject(old)
    expect(again.changeId).not.toBe(changeId)
    expect(shown('items', 'tent')).toEqual(after)
    expect(state()).toMatchObject({ pending: 1, rejected: [] })
    await environment.advance(100)
    expect(server.pushes).toMatchObject([[{ patch: { name: 'Big tent' } }], [{ patch: { name: 'Big tent' } }]])
    expect(server.pushes[1]?.[0]?.opId).not.toBe(server.pushes[0]?.[0]?.opId)
    expect(state().pending).toBe(0)
  })

  test('discarded, they are gone, also after a restart', async () => {
    const storage = memoryStorage()
    const { engine, state } = await answered(forbidden, { storage })
    await engine.decisions.discard([state().rejected[0]!.rejectedId])
    expect(state().rejected).toEqual([])
    expect((await openTestEngine({ storage })).state()).toMatchObject({ rejected: [], pending: 0 })
  })

  test('survive a restart', async () => {
    const storage = memoryStorage()
    await answered(forbidden, { storage })
    expect((await openTestEngine({ storage })).state().rejected).toHaveLength(1)
  })

  test('an id that names nothing is told so, and nothing is lost', async () => {
    const { engine, state } = await answered(forbidden)
    const notFound = expect.objectContaining({ name: 'SyncError', code: 'not-found' }) as Error
    await expect(engine.decisions.retry(['unknown'])).rejects.toEqual(notFound)
    await expect(engine.decisions.discard(['unknown'])).rejects.toEqual(notFound)
    await expect(engine.decisions.resolve(['unknown'], 'local')).rejects.toEqual(notFound)
    expect(state().rejected).toHaveLength(1)
  })
})

describe('[CO2] [OB4] a conflict that a person decides', () => {
  const collections = collectionsOf({ merge: { name: manual() } })

  test('is in the slice with both values; the local one stays in the view', async () => {
    const { state, shown } = await answered(conflict, { collections })
    expect(state()).toMatchObject({ pending: 0, conflicts: [{ kind: 'edit-edit', fields: [{ field: 'name', base: 'Tent', local: 'Big tent', remote: 'Igloo' }] }] })
    expect(shown('items', 'tent')).toEqual(after)
  })

  test('for the local value: it is sent against the server’s row', async () => {
    const { engine, environment, server, state, shown } = await answered(conflict, { collections })
    await engine.decisions.resolve([state().conflicts[0]!.conflictId], 'local')
    await environment.advance(100)
    expect(server.pushes[1]).toMatchObject([{ kind: 'update', patch: { name: 'Big tent' }, baseValues: { name: 'Igloo' }, baseVersion: 9 }])
    expect(state()).toMatchObject({ pending: 0, conflicts: [] })
    expect(shown('items', 'tent')).toEqual(after)
  })

  test('for the remote value: nothing is sent and the view is the server’s row', async () => {
    const { engine, environment, server, state, shown } = await answered(conflict, { collections })
    await engine.decisions.resolve([state().conflicts[0]!.conflictId], 'remote')
    await environment.advance(100)
    expect(server.pushes).toHaveLength(1)
    expect(state()).toMatchObject({ pending: 0, conflicts: [] })
    expect(shown('items', 'tent')).toEqual(theirs.fields)
  })
})

describe('[CO2] [OB4] an edit that the policy rejects', () => {
  const collections = collectionsOf({ merge: { name: reject() } })

  test('is in the tray and not in the view; retried, it overrules the server’s row', async () => {
    const { engine, environment, server, state, shown } = await answered(conflict, { collections })
    expect(shown('items', 'tent')).toEqual(theirs.fields)
    expect(state()).toMatchObject({ pending: 0, conflicts: [], rejected: [{ status: 'conflict', changes: [{ patch: { name: 'Big tent' } }] }] })
    await engine.decisions.retry([state().rejected[0]!.rejectedId])
    await environment.advance(100)
    expect(server.pushes[1]).toMatchObject([{ kind: 'update', patch: { name: 'Big tent' }, baseValues: { name: 'Igloo' }, baseVersion: 9 }])
    expect(state()).toMatchObject({ pending: 0, rejected: [] })
    expect(shown('items', 'tent')).toEqual(after)
  })
})

describe('[PL2] a poke', () => {
  test('of a known scope pulls that scope alone, of an unknown one everything; neither moves a cursor', async () => {
    const { environment, poke, server, storage } = await answered(applyOne)
    const cursors = { lakes: '1' }
    const held = await storage.readAll()
    server.onPull = () => Promise.resolve('unchanged')
    poke('lakes')
    await environment.settle()
    expect(server.pulls.at(-1)).toMatchObject({ cursors, only: true })
    poke('alps')
    await environment.settle()
    expect(server.pulls.at(-1)).toMatchObject({ cursors, only: false })
    expect(await storage.readAll()).toEqual(held)
  })

  test('of a commit that has been fetched asks for nothing, of a later one it does; a scope that is being fetched whole is asked for', async () => {
    const { environment, poke, server } = await answered(applyOne)
    server.onPull = () => Promise.resolve('unchanged')
    const pulls = server.pulls.length
    poke('lakes', 1)
    await environment.settle()
    expect(server.pulls).toHaveLength(pulls)
    poke('lakes', 2)
    poke('lakes', 1)
    await environment.settle()
    expect(server.pulls.slice(pulls)).toMatchObject([{ only: true, cursors: { lakes: '1' } }])
  })

  test('that comes while a pull is under way leads to another pull', async () => {
    const { engine, environment, poke, server } = await answered(applyOne)
    const answer = gate<'unchanged'>()
    server.onPull = () => answer.passed
    const pulls = server.pulls.length
    engine.syncNow()
    await environment.settle()
    poke('lakes')
    answer.open('unchanged')
    await environment.settle()
    expect(server.pulls.slice(pulls).map(({ only }) => only)).toEqual([false, true])
  })
})

describe('[PL2] the poke line', () => {
  test('is not relied on: polls are frequent without it and rare with it, and each join pulls what was missed', async () => {
    const { environment, line, server } = await openTestEngine()
    const pullsWithin = async (milliseconds: number) => {
      const pulls = server.pulls.length
      await environment.advance(milliseconds)
      return server.pulls.length - pulls
    }
    expect(await pullsWithin(60_000)).toBe(7)
    line('joined')
    expect(await pullsWithin(0)).toBe(1)
    expect(await pullsWithin(290_000)).toBe(0)
    line('lost')
    expect(await pullsWithin(10_000)).toBe(1)
  })

  test('joins at once when the network or the user returns, unless it is joined', async () => {
    const { line, network, reconnects } = await openTestEngine()
    network('offline')
    expect(reconnects()).toBe(0)
    network('online')
    network('focus')
    expect(reconnects()).toBe(2)
    line('joined')
    network('focus')
    expect(reconnects()).toBe(2)
  })
})

test('[PL3] pages are fetched until the server says done, each from the cursor of the one before', async () => {
  const server = scriptedServer()
  server.onPull = ({ cursors }) => {
    const at = Number(cursors?.['lakes'] ?? 0) + 1
    return Promise.resolve(pageOf({ cursors: { lakes: String(at) }, rows: [rowOf({ id: `row-${at}` })], more: at < 3, etag: at < 3 ? null : 'e3' }))
  }
  const { environment, engine, shown, state } = await openTestEngine({ server })
  expect(server.pulls.map(({ cursors, etag }) => [cursors?.['lakes'], etag])).toEqual([[undefined, null], ['1', null], ['2', null]])
  expect(['row-1', 'row-2', 'row-3'].map((id) => shown('items', id))).toEqual([rowOf().fields, rowOf().fields, rowOf().fields])
  expect(state().lastSuccess).toBe(environment.now())
  server.onPull = () => Promise.resolve('unchanged')
  engine.syncNow()
  await environment.settle()
  expect(server.pulls.at(-1)).toEqual({ user: 'ann', cursors: { lakes: '3' }, etag: 'e3', only: false })
})

test('[PL5] a server of another epoch is fetched whole, also when a poke found it out', async () => {
  const device = await answered(applyOne)
  const { environment, poke, server, shown } = device
  const restored = pageOf({ epoch: 'epoch-2', cursors: { lakes: '1' }, rows: [rowOf({ version: 1, fields: { name: 'Restored' } })] })
  server.onPull = () => Promise.resolve(restored)
  poke('lakes')
  await environment.settle()
  expect(server.pulls.slice(-2)).toMatchObject([{ only: true }, { only: false, cursors: {}, etag: null }])
  expect(shown('items', 'tent')).toEqual({ name: 'Restored' })
})

const crash = () => {
  throw new Error('subscriber')
}

describe('[RX3] what breaks at the edges', () => {
  test('an edit that cannot be recorded is told, and hinders no other', async () => {
    const { engine, environment, server, state } = await openTestEngine()
    const bad = { collection: 'items', id: 'bad', before: undefined, after: { tripId: 'lakes', size: NaN } }
    const good = { collection: 'items', id: 'good', before: undefined, after: { tripId: 'lakes' } }
    engine.record({ edits: [bad, good], atomic: false })
    expect(state()).toMatchObject({ pending: 1, lastError: { kind: 'validation', code: 'bad-change' } })
    await environment.advance(100)
    expect(server.pushes.flat().map(({ id }) => id)).toEqual(['good'])
  })

  test('a store that throws when it is told or shown something: each change is sent once, and the loop goes on', async () => {
    const { edit, environment, server } = await openTestEngine({ parts: { emit: crash, show: crash } })
    edit(undefined, before)
    await expect(environment.advance(0)).rejects.toThrow('subscriber')
    for (let tries = 0; tries < 50; tries += 1) await environment.advance(100).catch(() => {})
    expect(server.pushes).toMatchObject([[{ kind: 'create', sequences: [1] }]])
    expect(server.pulls.length).toBeGreaterThan(1)
  })
})

test('edits made before the data were read are recorded like any other', async () => {
  const { environment, server, shown } = await openTestEngine({ early: [{ edits: [{ collection: 'items', id: 'tent', before: undefined, after: before }], atomic: false }] })
  expect(shown('items', 'tent')).toEqual(before)
  await environment.advance(100)
  expect(server.pushes).toMatchObject([[{ kind: 'create', patch: before }]])
})
