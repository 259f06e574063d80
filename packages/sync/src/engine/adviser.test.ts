import { describe, expect, test } from 'vitest'
import type { Validate } from '../core/collection.ts'
import { manual } from '../core/policies.ts'
import type { Advice, Conflict } from '../core/types.ts'
import { collectionsOf, recordsIn, rowOf } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import type { Advise } from './adviser.ts'
import { memoryStorage } from './memory-storage.ts'
import type { OpenTabs, Storage } from './ports.ts'

const base = rowOf().fields
const theirs = rowOf({ version: 5, fields: { ...base, name: 'Igloo' } })
const named: Validate = (entity) => ((entity as { name: string }).name === '' ? { issues: ['name: It needs a name.'] } : { value: entity })
const advice: Advice = { choice: 'local', confidence: 0.8, reason: 'It is Ann’s tent.' }

interface Case {
  readonly advise: Advise
  readonly takeFrom?: number
  readonly storage?: Storage
  readonly openTabs?: OpenTabs
}

/** A device on which an edit has met another, so that a person must decide, and an adviser is there. */
async function advised({ advise, takeFrom = 2, storage = memoryStorage(), openTabs }: Case): Promise<TestEngine & { asked: Conflict[] }> {
  const asked: Conflict[] = []
  const adviser = {
    takeFrom,
    advise: (conflict: Conflict) => {
      asked.push(conflict)
      return advise(conflict)
    },
  }
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf()] }))
  const device = await openTestEngine({ server, storage, collections: collectionsOf({ mergeDefault: manual(), validate: named }), parts: { adviser, ...(openTabs && { openTabs }) } })
  server.onPull = () => Promise.resolve(pageOf())
  server.onPush = ({ ops }) => {
    server.onPush = (next) => Promise.resolve(pushResult(next.ops.map(applied)))
    return Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'conflict', row: theirs, edits: {} }))))
  }
  device.edit(base, { ...base, name: 'Big tent' })
  await device.environment.advance(100)
  return { ...device, asked }
}

describe('[D6] advice', () => {
  test('does not bring a conflict back that another tab has decided, and has not told yet', async () => {
    const late = gate<Advice>()
    const { storage, environment } = await advised({ advise: () => late.passed })
    const key = [...(await recordsIn(storage)).keys()].find((one) => one.startsWith('conflict/'))!
    await storage.commit({ deletes: [key] })
    late.open(advice)
    await environment.settle()
    expect((await recordsIn(storage)).has(key)).toBe(false)
  })

  test('stands beside the conflict, which waits all the same; also after a restart, and it is not asked for again', async () => {
    const storage = memoryStorage()
    const device = await advised({ advise: () => advice, storage })
    expect(device.state().conflicts).toMatchObject([{ id: 'tent', advice }])
    expect(device.asked).toHaveLength(1)
    await device.environment.advance(20_000)
    expect(device.asked).toHaveLength(1)
    await device.engine.close()
    const askedAgain: Conflict[] = []
    const advise = (conflict: Conflict) => {
      askedAgain.push(conflict)
      return null
    }
    const again = await openTestEngine({ storage, parts: { adviser: { takeFrom: 2, advise } } })
    await again.environment.advance(1_000)
    expect(again.state().conflicts).toMatchObject([{ advice }])
    expect(askedAgain).toEqual([])
  })

  test.each([
    ['as sure as the app asks for', 0.8],
    ['surer', 0.5],
  ])('that is %s is taken at once, and the history tells whose it was', async (_, takeFrom) => {
    const device = await advised({ advise: () => advice, takeFrom })
    expect(device.state()).toMatchObject({ conflicts: [], pending: 0 })
    expect(device.server.pushes[1]).toMatchObject([{ patch: { name: 'Big tent' } }])
    expect(device.engine.history()).toMatchObject([{ decidedBy: 'adviser', fields: [{ field: 'name', kept: 'Big tent' }] }])
    await device.engine.decisions.undoResolution(device.engine.history()[0]!.resolutionId)
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Igloo' })
  })

  test('that is less sure is not taken', async () => {
    expect((await advised({ advise: () => advice, takeFrom: 0.81 })).state().conflicts).toHaveLength(1)
  })
})

describe('[D6] does no harm', () => {
  test.each<[string, Advise]>([
    ['no idea', () => null],
    ['an adviser that throws', () => { throw new Error('broken') }],
    ['an adviser that fails later', () => Promise.reject(new Error('broken'))],
  ])('%s: the conflict waits for a person, and nobody is asked twice', async (_, advise) => {
    const device = await advised({ advise })
    await device.environment.advance(20_000)
    expect(device.state().conflicts).toMatchObject([{ advice: null }])
    expect(device.asked).toHaveLength(1)
    await device.engine.decisions.resolve([device.state().conflicts[0]!.conflictId], 'remote')
    expect(device.state().conflicts).toEqual([])
  })

  test.each([0, 2])('advice that comes after the person has decided (taken from %s on)', async (takeFrom) => {
    const late = gate<Advice>()
    const device = await advised({ advise: () => late.passed, takeFrom })
    await device.engine.decisions.resolve([device.state().conflicts[0]!.conflictId], 'remote')
    late.open(advice)
    await device.environment.advance(1_000)
    expect(device.state()).toMatchObject({ conflicts: [], pending: 0 })
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Igloo' })
    expect(device.engine.history()).toMatchObject([{ decidedBy: 'person' }])
  })

  test('advice that the schema refuses leaves the conflict to a person', async () => {
    const device = await advised({ advise: () => ({ ...advice, choice: { merged: { name: '' } } }), takeFrom: 0 })
    expect(device.state()).toMatchObject({ pending: 0, conflicts: [{ id: 'tent' }] })
    expect(device.server.pushes).toHaveLength(1)
  })
})

/** A tab that never comes to lead. */
const follow: OpenTabs = () => ({ campaign: () => ({ takeOver: () => {}, resign: () => {} }), tell: () => {}, listen: () => () => {}, isHidden: () => false, close: () => {} })

test('[D6] only the tab that leads asks', async () => {
  const storage = memoryStorage()
  const leader = await advised({ advise: () => null, storage })
  expect(leader.asked).toHaveLength(1)
  const asked: Conflict[] = []
  const advise = (conflict: Conflict) => {
    asked.push(conflict)
    return null
  }
  const follower = await openTestEngine({ storage, parts: { openTabs: follow, adviser: { takeFrom: 2, advise } } })
  follower.edit({ ...base, name: 'Big tent' }, { ...base, name: 'Big tent', quantity: 2 })
  await follower.environment.advance(1_000)
  expect(follower.state().conflicts).toHaveLength(1)
  expect(asked).toEqual([])
})
