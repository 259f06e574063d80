import { describe, expect, test } from 'vitest'
import type { Collection } from '../core/collection.ts'
import { keys } from '../core/records.ts'
import { manual } from '../core/policies.ts'
import type { Batch, RecordedChange } from '../core/types.ts'
import { applyWrite, collectionsOf, opOf, recordedOf, recordsIn, replicaOf, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { Draft } from './draft.ts'
import { memoryStorage } from './memory-storage.ts'
import type { PullPage } from './ports.ts'
import { startAnew } from './resync.ts'

const base = rowOf().fields
const rows = ['tent', 'cup', 'lost'].map((id) => rowOf({ id }))

/** A device that has three items of the lakes and one of the alps, and a change of the tent that waits. */
async function stocked(storage = memoryStorage()): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ etag: 'e', cursors: { lakes: '7', alps: '4' }, rows: [...rows, rowOf({ id: 'rope', scope: 'alps' })] }))
  const device = await openTestEngine({ server, storage })
  server.onPull = () => Promise.resolve('unchanged')
  await device.engine.hold('items')
  device.edit(base, { ...base, name: 'Big tent' })
  await device.environment.advance(100)
  return device
}

const shown = ({ shown: seen }: TestEngine, ...ids: string[]) => ids.map((id) => seen('items', id)?.['name'] ?? null)

describe('[E4] a resync', () => {
  test('asks for every scope from its start, whatever the etag says; screen and outbox stay meanwhile', async () => {
    const device = await stocked()
    const before = device.server.pulls.length
    await device.engine.resync()
    await device.environment.settle()
    expect(device.server.pulls[before]).toEqual({ user: 'ann', cursors: { lakes: '0', alps: '0' }, etag: null, only: false, check: true })
    expect(shown(device, 'tent', 'cup', 'lost', 'rope')).toEqual(['Big tent', 'Tent', 'Tent', 'Tent'])
    expect(device.state().pending).toBe(1)
  })

  test('of one scope leaves the cursors of the others', async () => {
    const device = await stocked()
    const before = device.server.pulls.length
    await device.engine.resync('lakes')
    await device.environment.settle()
    expect(device.server.pulls[before]?.cursors).toEqual({ lakes: '0', alps: '4' })
  })

  test('rows that do not come again go when all pages have come, and not before; what waits stays', async () => {
    const device = await stocked()
    const pages: Partial<PullPage>[] = [
      { cursors: { lakes: '0:a' }, partial: ['lakes'], more: true, rows: [rowOf({ version: 3, fields: { ...base, quantity: 5 } })] },
      { cursors: { lakes: '9' }, rows: [rowOf({ id: 'cup' })] },
    ]
    const seen: unknown[] = []
    device.server.onPull = () => {
      seen.push(...shown(device, 'lost'))
      return Promise.resolve(pageOf(pages.shift()))
    }
    await device.engine.resync('lakes')
    await device.environment.settle()
    expect(seen).toEqual(['Tent', 'Tent'])
    expect(shown(device, 'tent', 'cup', 'lost', 'rope')).toEqual(['Big tent', 'Tent', null, 'Tent'])
    expect(device.shown('items', 'tent')).toMatchObject({ quantity: 5 })
    expect(device.state().pending).toBe(1)
  })

  test('goes on after a restart in the middle of it', async () => {
    const storage = memoryStorage()
    const device = await stocked(storage)
    device.engine.pause('user')
    await device.engine.resync('lakes')
    await device.engine.close()
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '9' }, rows: [rowOf(), rowOf({ id: 'cup' })] }))
    const next = await openTestEngine({ storage, server })
    expect(server.pulls[0]?.cursors).toEqual({ lakes: '0', alps: '4' })
    expect(shown(next, 'tent', 'cup', 'lost')).toEqual(['Big tent', 'Tent', null])
  })
})

const versions = (changes: readonly RecordedChange[] = []) => changes.toSorted((a, b) => a.sequence - b.sequence).map(({ baseVersion }) => baseVersion)

describe('[PL5] another epoch', () => {
  const edited = recordedOf(2, { id: 'cup', baseVersion: 8 })
  const made = recordedOf(3, { id: 'new', kind: 'create', baseVersion: null })
  const parkedChange = recordedOf(4, { id: 'pan', baseVersion: 6 })
  const refusedChange = recordedOf(5, { id: 'pot', baseVersion: 7 })
  const sent = recordedOf(1, { baseVersion: 9 })
  const batch: Batch = { batchId: 'b', ops: [opOf([sent], { opId: 'one', baseVersion: 9 }), opOf([made], { opId: 'two', baseVersion: null })] }

  const replica = replicaOf({
    changes: [sent, edited, made],
    puts: [
      [keys.epoch, 'epoch-1'],
      [keys.batch, batch],
      [keys.conflict('c'), { conflictId: 'c', collection: 'items', id: 'pan', changes: [parkedChange] }],
      [keys.rejected('r'), { rejectedId: 'r', collection: 'items', id: 'pot', changes: [refusedChange] }],
    ],
  })
  applyWrite(replica, startAnew({ epoch: 'epoch-2', asOf: 4 }, new Draft(replica), replica))

  test('what waits, what is parked and what was refused forget the versions that they knew; a create knew none', () => {
    expect(versions([...replica.outbox.byEntity()].flat())).toEqual([0, 0, null])
    expect(versions(replica.conflicts.get(keys.conflict('c'))?.changes)).toEqual([0])
    expect(versions(replica.rejected.get(keys.rejected('r'))?.changes)).toEqual([0])
  })

  test('[OB3] [PU1] the batch keeps its ops: the same ids and values, without their versions', () => {
    expect(replica.batch).toEqual({ batchId: 'b', ops: [{ ...batch.ops[0], baseVersion: 0 }, batch.ops[1]] })
  })

  test('at the engine: everything is fetched from the start, and the outbox goes out against what has come', async () => {
    const device = await stocked()
    device.server.onPull = ({ cursors }) =>
      Promise.resolve(Object.keys(cursors ?? {}).length > 0 ? pageOf({ epoch: 'epoch-2' }) : pageOf({ epoch: 'epoch-2', cursors: { lakes: '1' }, rows: [rowOf({ version: 1, fields: { ...base, quantity: 4 } })] }))
    device.engine.syncNow()
    await device.environment.settle()
    expect(shown(device, 'tent', 'cup', 'lost', 'rope')).toEqual(['Big tent', null, null, null])
    expect((await recordsIn(device.storage)).get(keys.epoch)).toBe('epoch-2')
    await device.engine.release('items')
    await device.environment.advance(100)
    expect(device.server.pushes).toMatchObject([[{ id: 'tent', patch: { name: 'Big tent' }, baseVersion: 0 }]])
  })
})

describe('[CO2] [PL6] a row that was deleted while a change of it waited', () => {
  /** The tombstone is pulled first; only then the change is sent, and the server says `deleted`. */
  async function lateEdit(items: Partial<Collection>, storage = memoryStorage()): Promise<TestEngine> {
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows }))
    const device = await openTestEngine({ server, storage, collections: collectionsOf(items) })
    await device.engine.hold('items')
    device.edit(base, { ...base, name: 'Big tent' })
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '2' }, deleted: [{ collection: 'items', id: 'tent', scope: 'lakes', version: 2 }] }))
    device.engine.syncNow()
    await device.environment.advance(100)
    server.onPull = () => Promise.resolve(pageOf())
    await device.engine.close()
    const next = await openTestEngine({ storage, collections: collectionsOf(items) })
    next.server.onPush = ({ ops }) => {
      next.server.onPush = (later) => Promise.resolve(pushResult(later.ops.map(applied)))
      return Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'deleted' }))))
    }
    await next.engine.release('items')
    await next.environment.advance(100)
    return next
  }
  const whole = { ...base, name: 'Big tent' }

  test('editWins: it is made again with all its fields, also after a restart', async () => {
    const device = await lateEdit({ deletePolicy: 'editWins' })
    expect(device.server.pushes[1]).toMatchObject([{ kind: 'create', patch: whole, baseVersion: null }])
    expect(device.shown('items', 'tent')).toEqual(whole)
  })

  test('manual: a person who wants it gets it with all its fields', async () => {
    const device = await lateEdit({ deletePolicy: 'manual', mergeDefault: manual() })
    expect(device.shown('items', 'tent')).toEqual(whole)
    await device.engine.decisions.resolve([device.state().conflicts[0]!.conflictId], 'local')
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toMatchObject([{ kind: 'create', patch: whole }])
  })

  test('deleteWins: it is gone; the history tells all that was lost, and what was kept for it is forgotten', async () => {
    const storage = memoryStorage()
    const device = await lateEdit({}, storage)
    expect(device.shown('items', 'tent') ?? null).toBeNull()
    expect(device.engine.history()).toMatchObject([{ kind: 'edit-delete', outcome: { is: 'deleted', row: whole } }])
    expect([...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('buried/'))).toEqual([])
  })
})
