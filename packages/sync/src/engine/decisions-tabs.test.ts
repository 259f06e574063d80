import { describe, expect, test } from 'vitest'
import { counter } from '../core/policies-combine.ts'
import { manual } from '../core/policies.ts'
import { keys } from '../core/records.ts'
import { collectionsOf, recordsIn, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { applied, pageOf, pushResult, scriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import type { Storage } from './ports.ts'

const base = { tripId: 'lakes', name: 'Old', quantity: 1 }
const collections = collectionsOf({ mergeDefault: manual(), merge: { quantity: counter() } })

const refuseAll = (server: ScriptedServer) => {
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'invalid', code: '23514', message: 'no' }))))
}
const clashAll = (server: ScriptedServer) => {
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'conflict', row: rowOf({ version: 5, fields: { ...base, name: 'Theirs' } }), edits: {} }))))
}

/** Two tabs that show the same refused change, or conflict; from then on the second sleeps: it hears nothing of the first. */
async function oneSleeps(answer: (server: ScriptedServer) => void, after: object, through: (storage: Storage) => Storage = (storage) => storage) {
  const storage = memoryStorage()
  const shared = { server: scriptedServer(), environment: fakeEnvironment(), collections }
  const process = tabsOfOneProcess()
  shared.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf({ fields: base })] }))
  const given = { ...shared, parts: { openTabs: process.open } }
  const [awake, asleep] = [await openTestEngine({ ...given, storage }), await openTestEngine({ ...given, storage: through(storage) })]
  shared.server.onPull = () => Promise.resolve(pageOf())
  answer(shared.server)
  awake.edit(base, after)
  await shared.environment.advance(100)
  shared.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  process.isLost = () => true
  const { length } = shared.server.pushes
  return { awake, asleep, storage, ...shared, sentSince: () => shared.server.pushes.slice(length).flat() }
}

const rejectedId = ({ state }: TestEngine) => state().rejected[0]!.rejectedId
const conflictId = ({ state }: TestEngine) => state().conflicts[0]!.conflictId

describe('[TB2] a decision in a tab that has slept, about what another tab has dealt with meanwhile,', () => {
  test('sends a refused +1 that has been sent again, and done, no second time', async () => {
    const { awake, asleep, environment, sentSince } = await oneSleeps(refuseAll, { ...base, quantity: 2 })
    const id = rejectedId(asleep)
    await awake.engine.decisions.retry([id])
    await environment.advance(100)
    await expect(asleep.engine.decisions.retry([id])).rejects.toMatchObject({ code: 'not-found' })
    await environment.advance(10_000)
    expect(sentSince().map(({ add }) => add)).toEqual([{ quantity: 1 }])
    expect(asleep.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('decides no conflict that has been decided', async () => {
    const { awake, asleep, environment, sentSince } = await oneSleeps(clashAll, { ...base, name: 'Mine' })
    const id = conflictId(asleep)
    await awake.engine.decisions.resolve([id], 'remote')
    await environment.advance(100)
    await expect(asleep.engine.decisions.resolve([id], 'local')).rejects.toMatchObject({ code: 'not-found' })
    await environment.advance(10_000)
    expect(sentSince()).toEqual([])
    expect(asleep.engine.history()).toMatchObject([{ decidedBy: 'person', fields: [{ kept: 'Theirs' }] }])
    expect([awake, asleep].map(({ shown }) => shown('items', 'tent'))).toMatchObject([{ name: 'Theirs' }, { name: 'Theirs' }])
  })

  test('gives up nothing that is on its way again', async () => {
    const { awake, asleep, environment, sentSince } = await oneSleeps(refuseAll, { ...base, name: 'Mine' })
    const id = rejectedId(asleep)
    await awake.engine.decisions.edit(id, { name: 'Better' })
    await expect(asleep.engine.decisions.discard([id])).rejects.toMatchObject({ code: 'not-found' })
    await expect(asleep.engine.decisions.edit(id, { name: 'Worse' })).rejects.toMatchObject({ code: 'not-found' })
    await environment.advance(100)
    expect(sentSince().map(({ patch }) => patch)).toEqual([{ name: 'Better' }])
  })

  test('takes back a decision onto what is there now', async () => {
    const { awake, asleep, environment, sentSince } = await oneSleeps(clashAll, { ...base, name: 'Mine' })
    await asleep.engine.decisions.resolve([conflictId(asleep)], 'remote')
    const [decision] = asleep.engine.history()
    await awake.engine.resync()
    awake.engine.record({ edits: [{ collection: 'items', id: 'tent', before: awake.shown('items', 'tent') ?? undefined, after: { ...base, name: 'Newest' } }], atomic: false })
    await awake.engine.flush()
    await asleep.engine.decisions.undoResolution(decision!.resolutionId)
    await environment.advance(10_000)
    expect(sentSince().map(({ patch }) => patch['name'])).not.toContain('Mine')
  })
})

test('[TB2] a decision in a tab that has slept, about what is still open, is taken at the first attempt', async () => {
  const { awake, asleep, environment, sentSince } = await oneSleeps(clashAll, { ...base, name: 'Mine' })
  await awake.engine.hold('people')
  await asleep.engine.decisions.resolve([conflictId(asleep)], 'local')
  await environment.advance(10_000)
  expect(sentSince()).toMatchObject([{ patch: { name: 'Mine' } }])
  expect(asleep.state()).toMatchObject({ pending: 0, conflicts: [], held: ['people'] })
})

test('[TB2] so it is in a tab that led until it slept, and does not know yet that another one does', async () => {
  const { awake: led, storage, environment, server } = await oneSleeps(clashAll, { ...base, name: 'Mine' })
  await storage.commit({ term: 'next', ...sealedWrite({ puts: [[keys.held('people'), { collection: 'people', by: 'app' }]] }) })
  const { length } = server.pushes
  await led.engine.decisions.resolve([conflictId(led)], 'local')
  await environment.settle()
  expect(led.state()).toMatchObject({ pending: 1, conflicts: [], held: ['people'], paused: ['follower'] })
  expect(server.pushes).toHaveLength(length)
})

test('[TB2] a decision that cannot be taken, as the storage cannot be read, fails by code, and nothing of it is written', async () => {
  let isBroken = false
  const { awake, asleep, storage } = await oneSleeps(refuseAll, { ...base, name: 'Mine' }, (whole) => ({ ...whole, readAll: () => (isBroken ? Promise.reject(new Error('unreadable')) : whole.readAll()) }))
  await awake.engine.hold('people')
  const before = await recordsIn(storage)
  isBroken = true
  await expect(asleep.engine.decisions.retry([rejectedId(asleep)])).rejects.toMatchObject({ code: 'outdated-read' })
  expect(await recordsIn(storage)).toEqual(before)
})
