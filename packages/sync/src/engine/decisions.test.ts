import { describe, expect, test } from 'vitest'
import type { Validate } from '../core/collection.ts'
import { manual } from '../core/policies.ts'
import { keys } from '../core/records.ts'
import type { Answer, Op, RecordedChange } from '../core/types.ts'
import { collectionsOf, recordsIn, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'

const ids = ['cup', 'pan', 'tent']
const base = { tripId: 'lakes', name: 'Old', quantity: 1 }
const rows = ids.map((id) => rowOf({ id, fields: base }))
const theirs = { ...base, name: 'Theirs', quantity: 5 }

type Word = (op: Op) => Answer
const clashing: Word = ({ opId, id }) => ({ opId, status: 'conflict', row: rowOf({ id, version: 5, fields: theirs }), edits: {} })
const refused: Word = ({ opId }) => ({ opId, status: 'invalid', code: '23514', message: 'no' })

const named: Validate = (entity) => ((entity as { name: string }).name === '' ? { issues: ['name: It needs a name.'] } : { value: entity })

/** A device on which each of the three was given a name and a quantity; the server says this word about each. */
async function answered(word: Word, edit: (device: TestEngine) => void): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows }))
  const device = await openTestEngine({ server, collections: collectionsOf({ mergeDefault: manual(), deletePolicy: 'manual', validate: named }) })
  server.onPull = () => Promise.resolve(pageOf())
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(word)))
  edit(device)
  await device.environment.advance(100)
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  return device
}

const change = (id: string, after: object | undefined) => ({ collection: 'items', id, before: base, after })
const editAll = ({ engine }: TestEngine) => {
  for (const id of ids) engine.record({ edits: [change(id, { ...base, name: 'Mine', quantity: 2 })], atomic: false })
}
const conflictIds = ({ state }: TestEngine) => state().conflicts.map(({ conflictId }) => conflictId)

describe('[D4] many conflicts are decided at once', () => {
  test('in one write', async () => {
    const device = await answered(clashing, editAll)
    const before = device.events.length
    await device.engine.decisions.resolve(conflictIds(device), 'local')
    const told = device.events.slice(before).filter(({ type }) => type === 'outboxChanged')
    expect(told).toEqual([expect.objectContaining({ pending: 3, conflicts: [] })])
    const decidedAt = device.environment.now()
    await device.environment.advance(100)
    // At the time of the decision: an edit of somebody else's in between is the older one.
    expect(device.server.pushes[1]).toMatchObject(ids.map((id) => ({ id, time: decidedAt })))
    expect(device.engine.history()).toHaveLength(3)
    for (const id of ids) expect(device.shown('items', id)).toMatchObject({ name: 'Mine', quantity: 2 })
  })

  test('all or nothing, where one of them is not there', async () => {
    const device = await answered(clashing, editAll)
    await expect(device.engine.decisions.resolve([...conflictIds(device), 'unknown'], 'remote')).rejects.toMatchObject({ code: 'not-found' })
    expect(conflictIds(device)).toHaveLength(3)
    expect(device.engine.history()).toEqual([])
  })

  test('all or nothing, where the schema refuses the merged value', async () => {
    const device = await answered(clashing, editAll)
    await expect(device.engine.decisions.resolve(conflictIds(device), { merged: { name: '' } })).rejects.toMatchObject({ code: 'invalid-change', issues: ['name: It needs a name.'] })
    expect([conflictIds(device).length, device.state().pending]).toEqual([3, 0])
  })

  test('of one refused change that is not there, none is tried again or given up', async () => {
    const device = await answered(refused, editAll)
    const rejectedIds = device.state().rejected.map(({ rejectedId }) => rejectedId)
    await expect(device.engine.decisions.retry([...rejectedIds, 'unknown'])).rejects.toMatchObject({ code: 'not-found' })
    await expect(device.engine.decisions.discard([...rejectedIds, 'unknown'])).rejects.toMatchObject({ code: 'not-found' })
    expect(device.state()).toMatchObject({ pending: 0, rejected: [{}, {}, {}] })
  })
})

const tentId = ({ state }: TestEngine) => state().conflicts.find(({ id }) => id === 'tent')!.conflictId

describe('[D4] a merged value for some of the fields', () => {
  test('is sent onto the server’s row; of the others theirs stays', async () => {
    const device = await answered(clashing, editAll)
    await device.engine.decisions.resolve([tentId(device)], { merged: { name: 'Both' } })
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toMatchObject([{ id: 'tent', kind: 'update', patch: { name: 'Both' }, baseValues: { name: 'Theirs' }, baseVersion: 5 }])
    expect(device.shown('items', 'tent')).toEqual({ ...theirs, name: 'Both' })
    expect(device.engine.history()[0]?.fields.map(({ field, kept }) => [field, kept])).toEqual([['name', 'Both'], ['quantity', 5]])
  })

  test('makes a row that was deleted anew, with all its fields', async () => {
    const device = await answered(({ opId }) => ({ opId, status: 'deleted' }), ({ edit }) => edit(base, { ...base, name: 'Mine' }))
    await device.engine.decisions.resolve(conflictIds(device), { merged: { quantity: 7 } })
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toMatchObject([{ kind: 'create', patch: { ...base, name: 'Mine', quantity: 7 }, baseVersion: null }])
  })

  test('in place of a delete is an edit', async () => {
    const device = await answered(clashing, ({ edit }) => edit(base, undefined))
    await device.engine.decisions.resolve(conflictIds(device), { merged: { quantity: 7 } })
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toMatchObject([{ kind: 'update', patch: { quantity: 7 }, baseValues: { quantity: 5 }, baseVersion: 5 }])
    expect(device.shown('items', 'tent')).toEqual({ ...theirs, quantity: 7 })
  })
})

const rejectedId = ({ state }: TestEngine) => state().rejected[0]!.rejectedId
const create = ({ engine }: TestEngine) => engine.record({ edits: [{ collection: 'items', id: 'new', before: undefined, after: { ...base, name: 'Bad' } }], atomic: false })
const update = ({ engine }: TestEngine) => engine.record({ edits: [change('tent', { ...base, name: 'Bad' })], atomic: false })
const remove = ({ engine }: TestEngine) => engine.record({ edits: [change('tent', undefined)], atomic: false })

describe('[B5] a refused change is edited', () => {
  test('a create goes out with the other value', async () => {
    const device = await answered(refused, create)
    await device.engine.decisions.edit(rejectedId(device), { name: 'Good' })
    expect(device.shown('items', 'new')).toEqual({ ...base, name: 'Good' })
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toMatchObject([{ kind: 'create', patch: { ...base, name: 'Good' } }])
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('an update goes out with the other value, and with a further field', async () => {
    const device = await answered(refused, update)
    await device.engine.decisions.edit(rejectedId(device), { name: 'Good', quantity: 4 })
    await device.environment.advance(100)
    expect(device.server.pushes[1]).toMatchObject([{ kind: 'update', patch: { name: 'Good', quantity: 4 }, baseValues: { name: 'Old', quantity: 1 } }])
  })

  test('with what it says already, it is tried again as it is', async () => {
    const device = await answered(refused, update)
    await device.engine.decisions.edit(rejectedId(device), { name: 'Bad' })
    expect(device.state()).toMatchObject({ pending: 1, rejected: [] })
  })

  test('[OB1] the old change stays as it was recorded, with another id and number, and the new one comes after it', async () => {
    const device = await answered(refused, update)
    const old = device.state().rejected[0]!.changes[0]!
    device.engine.pause('user')
    await device.engine.decisions.edit(rejectedId(device), { name: 'Good' })
    const changes = [...(await recordsIn(device.storage))].flatMap(([key, value]) => (key.startsWith('change/') ? [value as RecordedChange] : []))
    expect(changes).toEqual([
      { ...old, changeId: expect.not.stringMatching(`^${old.changeId}$`) as string, sequence: old.sequence + 1 },
      expect.objectContaining({ kind: 'update', patch: { name: 'Good' }, baseValues: { name: 'Bad' }, sequence: old.sequence + 2 }),
    ])
    expect((await recordsIn(device.storage)).has(keys.change(old.sequence))).toBe(false)
  })

  test('a delete leaves nothing to edit: that is told, and it stays in the tray', async () => {
    const device = await answered(refused, remove)
    await expect(device.engine.decisions.edit(rejectedId(device), { name: 'Good' })).rejects.toMatchObject({ code: 'bad-change' })
    expect(device.state().rejected).toHaveLength(1)
  })

  test('[A4] to what the schema refuses: that is told, and it stays in the tray', async () => {
    const device = await answered(refused, update)
    await expect(device.engine.decisions.edit(rejectedId(device), { name: '' })).rejects.toMatchObject({ code: 'invalid-change', issues: ['name: It needs a name.'] })
    expect(device.state()).toMatchObject({ pending: 0, rejected: [{ id: 'tent' }] })
  })

  test('that is not there: that is told', async () => {
    const device = await openTestEngine()
    await expect(device.engine.decisions.edit('unknown', {})).rejects.toMatchObject({ code: 'not-found' })
  })
})
