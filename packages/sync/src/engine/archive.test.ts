import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { webCompression } from '../compression.ts'
import { keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import type { Resolution } from '../core/types.ts'
import { mostSteps } from '../core/undo-stacks.ts'
import { recordedOf, recordsIn } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { mostDecisions } from './history.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'

const compression = webCompression!
const day = 86_400_000
/** Of the clock of the tests, which starts a million milliseconds after 1970. */
const now = 1_000_000

const decisionOf = (index: number, given: Partial<Resolution> = {}): Resolution => ({
  resolutionId: `r${index}`, collection: 'items', id: 'tent', scope: 'lakes', kind: 'edit-edit', decidedBy: 'policy', user: 'ann', time: index,
  fields: [{ field: 'name', base: 'Tent', local: `Tent ${index}`, remote: 'Big tent', remoteEdit: null, kept: 'Big tent' }], outcome: { is: 'kept' }, ...given,
})

async function storageWith({ decisions = 0, steps = 0 }: { decisions?: number; steps?: number }): Promise<Storage> {
  const storage = memoryStorage()
  const history = Array.from({ length: decisions }, (_, index) => [keys.history(decisionOf(index)), seal(decisionOf(index))] as const)
  const past = Array.from({ length: steps }, (_, index) => [keys.past(`g${index}`), seal({ changes: [recordedOf(index + 1, { time: index })] })] as const)
  await storage.commit({ puts: [...history, ...past], sequenceAtLeast: steps })
  return storage
}

const open = (storage: Storage, keptDays = 90): Promise<TestEngine> => openTestEngine({ storage, parts: { archive: { compression, keptDays } } })
const keysOf = async (storage: Storage, kind: string) => [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith(kind))
/** Packing takes turns of the event loop, not of the clock. */
const packed = async ({ environment }: TestEngine, storage: Storage, records: number) => {
  await environment.advance(1_000)
  await expect.poll(() => keysOf(storage, 'archive/')).toHaveLength(records)
}

describe('[CO5] the older history of a device', () => {
  test('what comes out of the archive is what went in, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const plain = JSON.stringify({ text })
        expect(await compression.unpack(await compression.pack(plain))).toBe(plain)
      }),
      { numRuns: 25 },
    )
  }, 30_000)

  test('beyond 500 decisions and 100 steps it is packed when a sync has ended, read on request, and the live part stays', async () => {
    const storage = await storageWith({ decisions: mostDecisions + 60, steps: mostSteps + 30 })
    const device = await open(storage)
    await packed(device, storage, 1)
    expect(await keysOf(storage, 'history/')).toHaveLength(mostDecisions)
    expect(await keysOf(storage, 'past/')).toHaveLength(mostSteps)
    const { decisions, changes, unreadable } = await device.engine.archive.read()
    expect(decisions).toEqual(Array.from({ length: 60 }, (_, index) => decisionOf(59 - index)))
    expect(changes.map(({ entryId, status }) => [entryId, status])).toEqual(Array.from({ length: 30 }, (_, index) => [`change-${30 - index}`, 'done']))
    expect(unreadable).toBe(0)
    expect(device.engine.history()).toHaveLength(mostDecisions)
    const [key] = await keysOf(storage, 'archive/')
    expect(JSON.stringify((await recordsIn(storage)).get(key!)).length).toBeLessThan(JSON.stringify({ decisions, changes }).length / 4)
  })

  test('a few more than that are not worth a record', async () => {
    const storage = await storageWith({ decisions: mostDecisions + 10, steps: mostSteps + 10 })
    const device = await open(storage)
    await device.environment.advance(60_000)
    await device.engine.archive.tidy()
    expect(await keysOf(storage, 'archive/')).toEqual([])
    expect(device.engine.history()).toHaveLength(mostDecisions)
  })

  test('[A6] the last steps stay where they can be undone, also where the clock was set back before them', async () => {
    const storage = await storageWith({ steps: mostSteps + 30 })
    const newest = recordedOf(mostSteps + 31, { id: 'cup', time: -1, group: { groupId: 'newest', atomic: false, cause: 'edit' } })
    await storage.commit({ puts: [[keys.past('newest'), seal({ changes: [newest] })]], sequenceAtLeast: newest.sequence })
    const device = await open(storage)
    await packed(device, storage, 1)
    expect(await keysOf(storage, 'past/')).toHaveLength(mostSteps)
    expect(await keysOf(storage, 'past/newest')).toHaveLength(1)
  })

  test('[A6] a step of which more comes while it is packed stays as it is', async () => {
    const storage = await storageWith({ steps: mostSteps + 30 })
    const packing = gate<string>()
    const slow = { ...compression, pack: () => packing.passed }
    const { open: openTabs } = tabsOfOneProcess()
    const device = await openTestEngine({ storage, parts: { openTabs, archive: { compression: slow, keptDays: 90 } } })
    const more = { changes: [recordedOf(1, { time: 0 }), recordedOf(900, { time: 1 })] }
    const { number } = await storage.commit({ puts: [[keys.past('g0'), seal(more)]] })
    openTabs('ann').tell({ is: 'commit', number, puts: [[keys.past('g0'), more]], deletes: [] })
    packing.open('packed')
    await device.environment.settle()
    expect((await recordsIn(storage)).get(keys.past('g0'))).toEqual(more)
    expect(await keysOf(storage, 'archive/')).toEqual([])
  })

  test('what is older than its days is forgotten, and there are 50 records at most', async () => {
    const storage = await storageWith({})
    const puts = Array.from({ length: 55 }, (_, index) => [keys.archive(now - index, `a${index}`), seal({ until: now - index, packing: 'none', text: '{"decisions":[],"changes":[]}' })] as const)
    await storage.commit({ puts: [...puts, [keys.archive(0, 'old'), seal({ until: now - 2 * day, packing: 'none', text: '{"decisions":[],"changes":[]}' })]] })
    const device = await open(storage, 1)
    await packed(device, storage, 50)
    expect(await keysOf(storage, 'archive/')).toEqual(puts.slice(0, 50).map(([key]) => key).toReversed())
  })

  test('[OB8] a part that cannot be read is told and left out, and nothing else is harmed', async () => {
    const storage = await storageWith({ decisions: mostDecisions + 60 })
    await storage.commit({ puts: [[keys.archive(5, 'broken'), seal({ until: now, packing: 'gzip', text: 'bm8gZ3ppcA==' })]] })
    const device = await open(storage)
    await packed(device, storage, 2)
    const { decisions, unreadable } = await device.engine.archive.read()
    expect([decisions.length, unreadable]).toEqual([60, 1])
  })

  test('where nothing compresses, it lies there plain', async () => {
    const storage = await storageWith({ decisions: mostDecisions + 60 })
    const device = await openTestEngine({ storage, parts: { archive: { compression: null, keptDays: 90 } } })
    await packed(device, storage, 1)
    expect((await device.engine.archive.read()).decisions).toHaveLength(60)
  })
})
