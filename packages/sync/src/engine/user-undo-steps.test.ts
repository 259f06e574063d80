import { describe, expect, test } from 'vitest'
import { mostSteps } from '../core/undo-stacks.ts'
import type { Op } from '../core/types.ts'
import { collectionsOf, recordsIn, rowOf } from '../testing/builders.ts'
import { base, big, edit, opened, shown, step } from '../testing/packed-items.ts'
import { pushResult } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'

describe('[A6] steps', () => {
  test('a step that was squashed to nothing before it was sent is passed over; its own undo took it back', async () => {
    const device = await opened()
    await step(device, [edit('cup', base, { ...base, name: 'Mug' })])
    await step(device, [edit('tent', base, big)])
    await device.engine.undo.undo()
    await device.environment.advance(100)
    expect(device.server.pushes.flat().map(({ id }) => id)).toEqual(['cup'])
    expect(await device.engine.undo.undo()).toBe(true)
    expect(shown(device, 'tent', 'cup')).toEqual([base, base])
    for (const again of [1, 2]) expect([again, await device.engine.undo.redo()]).toEqual([again, true])
    expect(shown(device, 'tent', 'cup')).toEqual([big, { ...base, name: 'Mug' }])
  })

  test('undone faster than the device writes are undone each, and so are those redone; one that cannot be written down hinders no other', async () => {
    const storage = memoryStorage()
    let isFull = false
    const moody = { ...storage, commit: (write: Parameters<typeof storage.commit>[0]) => (isFull ? Promise.reject(new Error('full')) : storage.commit(write)) }
    const device = await opened({ storage: moody })
    device.network('offline')
    await step(device, [edit('cup', base, { ...base, name: 'Mug' })])
    await step(device, [edit('tent', base, big)])
    const { undo } = device.engine
    isFull = true
    await expect(undo.undo()).rejects.toThrow('full')
    isFull = false
    expect(await Promise.all([undo.undo(), undo.undo(), undo.undo()])).toEqual([true, true, false])
    expect(shown(device, 'tent', 'cup')).toEqual([base, base])
    expect(await Promise.all([undo.redo(), undo.redo(), undo.redo()])).toEqual([true, true, false])
    expect(shown(device, 'tent', 'cup')).toEqual([big, { ...base, name: 'Mug' }])
  })

  test('one of which a part was done before the rest is undone whole', async () => {
    const device = await opened()
    await device.engine.hold('people')
    await step(device, [edit('tent', base, big), { collection: 'people', id: 'ann', before: undefined, after: { tripId: 'lakes', name: 'Ann' } }])
    await device.environment.advance(100)
    await device.engine.release('people')
    await device.environment.advance(100)
    expect(device.server.pushes.map((ops) => ops.map(({ id }) => id))).toEqual([['tent'], ['ann']])
    await device.engine.undo.undo()
    expect([...shown(device, 'tent'), device.shown('people', 'ann')]).toEqual([base, null])
  })

  test('are undone one after the other, the last first, and an edit clears what could be redone', async () => {
    const device = await opened()
    await step(device, [edit('tent', base, big)])
    await step(device, [edit('tent', big, { ...big, quantity: 2 })])
    await device.engine.undo.undo()
    expect(shown(device, 'tent')).toEqual([big])
    await device.engine.undo.undo()
    expect(shown(device, 'tent')).toEqual([base])
    await step(device, [edit('tent', base, { ...base, quantity: 9 })])
    expect(device.state()).toMatchObject({ undoable: 1, redoable: 0 })
    expect(await device.engine.undo.redo()).toBe(false)
    await device.engine.undo.undo()
    expect(shown(device, 'tent')).toEqual([base])
  })

  test('one that was refused has left the screen, and is passed over', async () => {
    const device = await opened()
    await step(device, [edit('cup', base, { ...base, name: 'Mug' })])
    await device.environment.advance(100)
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'invalid', code: 'x', message: 'no' }))))
    await step(device, [edit('tent', base, big)])
    await device.environment.advance(100)
    expect(shown(device, 'tent')).toEqual([base])
    expect(await device.engine.undo.undo()).toBe(true)
    expect(shown(device, 'cup')).toEqual([base])
    expect(device.state().rejected).toHaveLength(1)
  })

  test.each(['done', 'waiting'])('so many are kept, also over a restart: %s', async (how) => {
    const storage = memoryStorage()
    const device = await opened({ storage })
    if (how === 'waiting') device.network('offline')
    for (let quantity = 1; quantity <= mostSteps + 5; quantity += 1) {
      await step(device, [edit('tent', { ...base, quantity }, { ...base, quantity: quantity + 1 })])
      await device.environment.advance(40)
    }
    expect(device.state().undoable).toBe(mostSteps)
    const past = [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('past/'))
    // A few more than can be undone wait for the archive.
    expect(past).toHaveLength(how === 'done' ? mostSteps + 5 : 0)
    await device.engine.close()
    const next = await openTestEngine({ storage, online: false })
    expect(next.state().undoable).toBe(mostSteps)
    for (let left = mostSteps; left > 0; left -= 1) await next.engine.undo.undo()
    expect(await next.engine.undo.undo()).toBe(false)
    expect(shown(next, 'tent')).toEqual([{ ...base, quantity: 6 }])
  })

  test('a policy’s or a person’s decision is none of them', async () => {
    const device = await opened()
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }: Op) => ({ opId, status: 'conflict', row: rowOf({ version: 5, fields: { ...base, name: 'Igloo' } }), edits: { name: { by: 'ben', time: 9_000_000 } } }))))
    await step(device, [edit('tent', base, big)])
    await device.environment.advance(100)
    await device.engine.decisions.undoResolution(device.engine.history()[0]!.resolutionId)
    expect(device.state()).toMatchObject({ undoable: 1, redoable: 0 })
  })
})

test('[A6] a step of one tab is undone in the other, done or waiting, and both agree', async () => {
  const storage = memoryStorage()
  const { open: openTabs } = tabsOfOneProcess()
  const leader = await opened({ storage, parts: { openTabs } })
  const follower = await openTestEngine({ storage, environment: leader.environment, parts: { openTabs } })
  await step(leader, [edit('tent', base, big)])
  await leader.environment.advance(100)
  await step(follower, [edit('cup', base, { ...base, name: 'Mug' })])
  expect([leader, follower].map(({ state }) => state().undoable)).toEqual([2, 2])
  await leader.engine.undo.undo()
  await follower.engine.undo.undo()
  await leader.environment.advance(100)
  for (const tab of [leader, follower]) {
    expect(shown(tab, 'tent', 'cup')).toEqual([base, base])
    expect(tab.state()).toMatchObject({ pending: 0, undoable: 0, redoable: 2 })
  }
})

/** A codec: names lie in the outbox and on the server with a label. */
const labelled = collectionsOf({
  toFields: (entity) => ({ ...entity, name: `stored ${(entity as { name: string }).name}` }),
  toEntity: (id, fields) => ({ id, ...fields, name: (fields['name'] as string).replace('stored ', '') }),
})

test('[A6] in a collection whose fields are stored in another form, a step goes back like any other', async () => {
  const device = await openTestEngine({ collections: labelled, online: false })
  await step(device, [edit('tent', undefined, base)])
  await step(device, [edit('tent', base, big)])
  await device.engine.undo.undo()
  expect(shown(device, 'tent')).toEqual([{ ...base, name: 'stored Tent' }])
  await device.engine.undo.redo()
  expect(shown(device, 'tent')).toEqual([{ ...base, name: 'stored Big tent' }])
})
