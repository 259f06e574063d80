import { describe, expect, test } from 'vitest'
import { rowOf } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { base, big, edit, hear, opened, shown, step } from '../testing/packed-items.ts'
import { applied, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import type { EntityEdit } from './change-tracker.ts'
import { memoryStorage } from './memory-storage.ts'

const fresh = { ...base, name: 'Fresh' }
const cases: readonly { readonly what: string; readonly edits: readonly EntityEdit[]; readonly ids: string[]; readonly before: unknown[]; readonly after: unknown[] }[] = [
  { what: 'a create', edits: [edit('new', undefined, fresh)], ids: ['new'], before: [null], after: [fresh] },
  { what: 'an update', edits: [edit('tent', base, big)], ids: ['tent'], before: [base], after: [big] },
  { what: 'a delete', edits: [edit('tent', base, undefined)], ids: ['tent'], before: [base], after: [null] },
  {
    what: 'many at once',
    edits: [edit('tent', base, big), edit('cup', base, undefined), edit('new', undefined, fresh)],
    ids: ['tent', 'cup', 'new'],
    before: [base, base, null],
    after: [big, null, fresh],
  },
]

describe.each([
  ['one step', false],
  ['an atomic step', true],
])('[A6] undo and redo of %s', (_, atomic) => {
  test.each(cases)('$what, offline', async ({ edits, ids, before, after }) => {
    const device = await opened()
    device.network('offline')
    await step(device, edits, atomic)
    expect(device.state()).toMatchObject({ undoable: 1, redoable: 0 })
    expect(await device.engine.undo.undo()).toBe(true)
    expect(shown(device, ...ids)).toEqual(before)
    expect(device.state()).toMatchObject({ undoable: 0, redoable: 1 })
    expect(await device.engine.undo.redo()).toBe(true)
    expect(shown(device, ...ids)).toEqual(after)
    expect(device.state()).toMatchObject({ undoable: 1, redoable: 0 })
    expect(await device.engine.undo.redo()).toBe(false)
  })

  test.each(cases)('$what, while it is on its way', async ({ edits, ids, before, after }) => {
    const device = await opened()
    const answer = gate()
    device.server.onPush = ({ ops }) => answer.passed.then(() => pushResult(ops.map(applied)))
    await step(device, edits, atomic)
    await device.environment.advance(50)
    await device.engine.undo.undo()
    expect(shown(device, ...ids)).toEqual(before)
    answer.open()
    await device.environment.advance(100)
    expect(shown(device, ...ids)).toEqual(before)
    expect(device.server.pushes).toHaveLength(2)
    await device.engine.undo.redo()
    await device.environment.advance(100)
    expect(shown(device, ...ids)).toEqual(after)
    expect(device.state().pending).toBe(0)
  })

  test.each(cases)('$what, after sync: it goes to the server as one step of new changes', async ({ edits, ids, before, after }) => {
    const device = await opened()
    await step(device, edits, atomic)
    await device.environment.advance(100)
    await device.engine.undo.undo()
    await device.environment.advance(100)
    expect(shown(device, ...ids)).toEqual(before)
    expect(device.server.pushes[1]?.map(({ id }) => id).sort()).toEqual(ids.toSorted())
    expect(device.server.pushes[1]?.every(({ unit }) => (unit !== null) === atomic)).toBe(true)
    await device.engine.undo.redo()
    await device.environment.advance(100)
    expect(shown(device, ...ids)).toEqual(after)
  })

  test.each(cases)('$what, after sync and a restart, and another one', async ({ edits, ids, before, after }) => {
    const storage = memoryStorage()
    const device = await opened({ storage })
    await step(device, edits, atomic)
    await device.environment.advance(100)
    await device.engine.close()
    const next = await openTestEngine({ storage, online: false })
    expect(next.state()).toMatchObject({ undoable: 1, redoable: 0 })
    await next.engine.undo.undo()
    expect(shown(next, ...ids)).toEqual(before)
    await next.engine.close()
    const last = await openTestEngine({ storage, online: false })
    expect(last.state()).toMatchObject({ undoable: 0, redoable: 1 })
    await last.engine.undo.redo()
    expect(shown(last, ...ids)).toEqual(after)
  })
})

describe('[A6] what others did stays', () => {
  test('a field that they have edited since; the others of the step go back', async () => {
    const device = await opened()
    await step(device, [edit('tent', base, { ...big, quantity: 2 })])
    await device.environment.advance(100)
    await hear(device, 5, { ...big, name: 'Yurt', quantity: 2 })
    await device.engine.undo.undo()
    expect(shown(device, 'tent')).toEqual([{ ...base, name: 'Yurt' }])
    await device.engine.undo.redo()
    expect(shown(device, 'tent')).toEqual([{ ...base, name: 'Yurt', quantity: 2 }])
  })

  test.each(['waiting', 'done'])('what they had made of a field when ours was put over it: ours is %s', async (how) => {
    const device = await opened()
    const theirs = rowOf({ version: 5, fields: { ...base, name: 'Igloo' } })
    device.server.onPush = ({ ops }) => {
      device.server.onPush = ({ ops: again }) => (how === 'done' ? Promise.resolve(pushResult(again.map(applied))) : gate<never>().passed)
      return Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'conflict', row: theirs, edits: { name: { by: 'ben', time: 1 } } }))))
    }
    await step(device, [edit('tent', base, big)])
    await device.environment.advance(100)
    expect(shown(device, 'tent')).toEqual([big])
    await device.engine.undo.undo()
    expect(shown(device, 'tent')).toEqual([theirs.fields])
  })

  test('where nothing of a step shows any more, the one before it is undone', async () => {
    const device = await opened()
    await step(device, [edit('cup', base, { ...base, name: 'Mug' })])
    await step(device, [edit('tent', base, big)])
    await device.environment.advance(100)
    await hear(device, 5, { ...big, name: 'Yurt' })
    expect(await device.engine.undo.undo()).toBe(true)
    expect(shown(device, 'tent', 'cup')).toEqual([{ ...big, name: 'Yurt' }, base])
    expect(await device.engine.undo.undo()).toBe(false)
  })

  test('an update of what they have deleted brings nothing back', async () => {
    const device = await opened()
    await step(device, [edit('tent', base, big)])
    await device.environment.advance(100)
    await hear(device, 5, null)
    expect(await device.engine.undo.undo()).toBe(false)
    expect(shown(device, 'tent')).toEqual([null])
  })
})
