import { describe, expect, test } from 'vitest'
import type { Collection } from '../core/collection.ts'
import { manual, reject } from '../core/policies.ts'
import type { Answer, Op } from '../core/types.ts'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { TransportError } from './ports.ts'

const tent = rowOf()
const rope = rowOf({ id: 'rope', fields: { tripId: 'lakes', name: 'Rope', quantity: 1 } })
const theirs = rowOf({ version: 5, fields: { ...tent.fields, name: 'Igloo' } })
const make = (id: string) => ({ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } })
const edit = (row: typeof tent, patch: object) => ({ collection: 'items', id: row.id, before: row.fields, after: { ...row.fields, ...patch } })

type Word = (op: Op) => Answer
const undone: Word = ({ opId }) => ({ opId, status: 'undone' })
const refused: Word = ({ opId }) => ({ opId, status: 'invalid', code: '23514', message: 'no' })
const conflict: Word = ({ opId }) => ({ opId, status: 'conflict', row: theirs, edits: { name: { by: 'ben', time: 1 } } })
const deleted: Word = ({ opId }) => ({ opId, status: 'deleted' })

/** The tent and the rope are renamed in one atomic step; the server says this word about the tent, and so does not do the rope. */
async function answered(word: Word, items: Partial<Collection> = {}, ofRope: Word = undone): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [tent, rope] }))
  const device = await openTestEngine({ server, collections: collectionsOf(items) })
  server.onPull = () => Promise.resolve(pageOf())
  server.onPush = ({ ops }) => {
    server.onPush = (next) => Promise.resolve(pushResult(next.ops.map(applied)))
    return Promise.resolve(pushResult(ops.map((op) => (op.id === 'tent' ? word(op) : ofRope(op)))))
  }
  device.engine.record({ edits: [edit(tent, { name: 'Big tent' }), edit(rope, { name: 'Long rope' })], atomic: true })
  await device.environment.advance(100)
  return device
}

const sent = ({ server }: TestEngine) => server.pushes.map((ops) => ops.map(({ id }) => id).sort().join())
const oneUnit = (ops: readonly Op[] = []) => new Set(ops.map(({ unit }) => unit)).size === 1 && ops[0]?.unit !== null

describe('[A7] a unit that was not applied', () => {
  test('[C7] because others are quicker each time: after three times in a row it waits', async () => {
    const device = await answered(conflict)
    const clashes = ({ ops }: { readonly ops: readonly Op[] }) => {
      const version = 5 + device.server.pushes.length
      const row = { ...theirs, version, fields: { ...theirs.fields, name: `Igloo ${version}` } }
      return Promise.resolve(pushResult(ops.map((op) => (op.id === 'tent' ? { ...conflict(op), status: 'conflict' as const, row, edits: {} } : undone(op)))))
    }
    device.server.onPush = (batch) => (device.server.pushes.length > 50 ? Promise.resolve(pushResult(batch.ops.map(applied))) : clashes(batch))
    const before = device.server.pushes.length
    device.engine.record({ edits: [edit(theirs, { name: 'Bigger tent' }), edit(rope, { name: 'Longer rope' })], atomic: true })
    await device.environment.advance(1_000)
    expect(device.server.pushes.length - before).toBeLessThan(8)
  })

  test('because no request can hold it: it is in the tray whole, is not cut, and holds nothing up', async () => {
    const tooLarge = new TransportError('Too large.', { kind: 'too-large', code: 'PT413', status: 413 })
    const device = await openTestEngine()
    device.server.onPush = ({ ops }) => (ops.length > 1 ? Promise.reject(tooLarge) : Promise.resolve(pushResult(ops.map(applied))))
    device.engine.record({ edits: ['tent', 'rope', 'pan'].map(make), atomic: true })
    device.engine.record({ edits: [make('cup')], atomic: false })
    await device.environment.advance(10_000)
    expect(device.server.pushes.filter((ops) => ops.some(({ unit }) => unit !== null)).every((ops) => ops.length >= 3)).toBe(true)
    expect(device.state().rejected.map(({ id, code }) => `${id} ${code}`).toSorted()).toEqual(['pan too-large', 'rope too-large', 'tent too-large'])
    expect(device.state()).toMatchObject({ pending: 0, lastError: null })
    expect(device.shown('items', 'cup')).toMatchObject({ name: 'cup' })
    await device.engine.decisions.discard([device.state().rejected[0]!.rejectedId])
    expect(device.state().rejected).toEqual([])
  })

  test('because a field was decided for somebody else: the rest of it goes out again', async () => {
    const device = await answered(({ opId }) => ({ opId, status: 'conflict', row: theirs, edits: { name: { by: 'ben', time: 9_000_000 } } }))
    expect(sent(device)).toEqual(['rope,tent', 'rope'])
    expect(device.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Igloo' })
    expect(device.shown('items', 'rope')).toMatchObject({ name: 'Long rope' })
  })

  test('because it met an edit that is older: all of it goes out again, with the same unit', async () => {
    const device = await answered(conflict)
    expect(sent(device)).toEqual(['rope,tent', 'rope,tent'])
    expect(device.server.pushes.every(oneUnit)).toBe(true)
    expect(device.server.pushes[1]!.map(({ opId }) => opId)).not.toEqual(device.server.pushes[0]!.map(({ opId }) => opId))
    expect(device.server.pushes[1]).toContainEqual(expect.objectContaining({ id: 'tent', baseVersion: 5, baseValues: { name: 'Igloo' } }))
  })

  test('because one of it was refused: it is in the tray whole, its parts hang together, and none is seen', async () => {
    const device = await answered(refused)
    const [cause, part] = device.state().rejected
    expect(cause).toMatchObject({ id: 'tent', code: '23514', dependsOn: null })
    expect(part).toMatchObject({ id: 'rope', code: 'unit_refused', dependsOn: cause?.rejectedId })
    expect(device.state()).toMatchObject({ pending: 0 })
    expect([device.shown('items', 'tent'), device.shown('items', 'rope')]).toEqual([tent.fields, rope.fields])
  })

  test.each([0, 1])('and tried again from either part, it is one unit again', async (which) => {
    const device = await answered(refused)
    await device.engine.decisions.retry([device.state().rejected[which]!.rejectedId])
    await device.environment.advance(100)
    expect(sent(device)).toEqual(['rope,tent', 'rope,tent'])
    expect(oneUnit(device.server.pushes[1])).toBe(true)
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test.each([0, 1])('because several of it were refused, each for itself: from whichever, all of it is tried again or given up (seed 2195)', async (which) => {
    const device = await answered(refused, {}, refused)
    expect(device.state().rejected).toMatchObject([{ code: '23514', dependsOn: null }, { code: '23514', dependsOn: null }])
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(refused)))
    await device.engine.decisions.retry([device.state().rejected[which]!.rejectedId])
    await device.environment.advance(100)
    expect(sent(device)).toEqual(['rope,tent', 'rope,tent'])
    expect(oneUnit(device.server.pushes[1])).toBe(true)
    expect(device.state().rejected).toHaveLength(2)
    await device.engine.decisions.discard([device.state().rejected[which]!.rejectedId])
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('[B5] edited in the tray, the part that was refused goes out in its unit, with the other value', async () => {
    const device = await answered(refused)
    await device.engine.decisions.edit(device.state().rejected[0]!.rejectedId, { name: 'Small tent' })
    await device.environment.advance(100)
    expect(oneUnit(device.server.pushes[1])).toBe(true)
    expect(new Set(device.server.pushes[1]!.map(({ patch }) => patch['name']))).toEqual(new Set(['Long rope', 'Small tent']))
  })
})

const asked = { needs: 'a person', word: conflict, items: { merge: { name: manual() } } }
const rejects = { needs: 'the policy reject', word: conflict, items: { merge: { name: reject() } } }
const unsure = { needs: 'more confidence', word: conflict, items: { threshold: 1 } }
const gone = { needs: 'a person, as it was deleted', word: deleted, items: { deletePolicy: 'manual' as const } }

describe('[A7] a conflict in a unit that needs', () => {
  test.each([asked, rejects, unsure, gone])('$needs: the unit waits in the tray, not in parts', async ({ word, items }) => {
    const device = await answered(word, items)
    const [cause, part] = device.state().rejected
    expect(device.state()).toMatchObject({ pending: 0, conflicts: [], rejected: [{ id: 'tent', status: 'conflict', code: 'unit_conflict' }, { id: 'rope', code: 'unit_refused' }] })
    expect(part?.dependsOn).toBe(cause?.rejectedId)
    expect(device.shown('items', 'tent')).toEqual(word === deleted ? null : theirs.fields)
    expect(device.shown('items', 'rope')).toEqual(rope.fields)
    expect(sent(device)).toEqual(['rope,tent'])
  })

  test.each([asked, rejects, unsure])('$needs: tried again, it overrules', async ({ word, items }) => {
    const device = await answered(word, items)
    await device.engine.decisions.retry([device.state().rejected[1]!.rejectedId])
    await device.environment.advance(100)
    expect(oneUnit(device.server.pushes[1])).toBe(true)
    expect(device.server.pushes[1]).toContainEqual(expect.objectContaining({ id: 'tent', patch: { name: 'Big tent' }, baseValues: { name: 'Igloo' }, baseVersion: 5 }))
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Big tent' })
  })

  test('a person, as it was deleted: tried again, the row is made anew with all its fields [CO2]', async () => {
    const device = await answered(gone.word, gone.items)
    await device.engine.decisions.retry([device.state().rejected[0]!.rejectedId])
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toContainEqual(expect.objectContaining({ id: 'tent', kind: 'create', patch: { ...tent.fields, name: 'Big tent' } }))
  })
})

test('[A7] what was edited later of a row of the unit goes into the tray with it', async () => {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [tent, rope] }))
  const device = await openTestEngine({ server, collections: collectionsOf({ mergeDefault: manual() }) })
  server.onPull = () => Promise.resolve(pageOf())
  server.onPush = async ({ ops }) => {
    device.engine.record({ edits: [edit(tent, { quantity: 9 })], atomic: false })
    await device.engine.flush()
    return pushResult(ops.map((op) => (op.id === 'tent' ? conflict(op) : undone(op))))
  }
  device.engine.record({ edits: [edit(tent, { name: 'Big tent' }), edit(rope, { name: 'Long rope' })], atomic: true })
  await device.environment.advance(100)
  expect(device.state()).toMatchObject({ pending: 0, rejected: [{ id: 'tent', changes: [{ patch: { name: 'Big tent' } }, { patch: { quantity: 9 } }] }, { id: 'rope' }] })
})

test('[A7] an edit of its own that was joined to the unit does not part it after a conflict', async () => {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [tent, rope] }))
  const device = await openTestEngine({ server, collections: collectionsOf({ mergeDefault: () => ({ take: 'local' }) }) })
  server.onPull = () => Promise.resolve(pageOf())
  device.engine.pause('user')
  device.engine.record({ edits: [edit(tent, { quantity: 2 })], atomic: false })
  device.engine.record({ edits: [edit(tent, { name: 'Big tent' }), edit(rope, { name: 'Long rope' })], atomic: true })
  await device.engine.flush()
  server.onPush = ({ ops }) => {
    server.onPush = (next) => Promise.resolve(pushResult(next.ops.map(applied)))
    return Promise.resolve(pushResult(ops.map((op) => (op.id === 'tent' ? conflict(op) : undone(op)))))
  }
  device.engine.resume('user')
  await device.environment.advance(100)
  expect(server.pushes.map(oneUnit)).toEqual([true, true])
})
