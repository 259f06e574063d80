import { describe, expect, test } from 'vitest'
import { firstCursor, keys } from '../core/records.ts'
import { seal, type Sealed } from '../core/sealed.ts'
import { changeOf, opOf, recordedOf, recordsIn, rowOf } from '../testing/builders.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite, sortOut } from './opening.ts'
import type { Storage } from './ports.ts'

const fields = { tripId: 'lakes', name: 'Tent', quantity: 1 }
const conflict = { conflictId: 'c', collection: 'items', id: 'pan', scope: 'lakes', kind: 'edit-edit', fields: [], changes: [recordedOf(3, { id: 'pan' })], time: 1, advice: null, severity: 'low', confidence: 1 }
const rejected = { rejectedId: 'r', dependsOn: null, collection: 'items', id: 'pot', status: 'invalid', code: 'x', message: 'x', changes: [recordedOf(4, { id: 'pot' })], time: 1 }
const past = { changes: [recordedOf(5, { id: 'past', group: { groupId: 'past', atomic: false, cause: 'edit' } })] }
const resolution = { resolutionId: 'h', collection: 'items', id: 'tent', scope: 'lakes', kind: 'edit-edit', decidedBy: 'policy', user: 'ann', time: 7, fields: [], outcome: { is: 'kept' } } as const

const everyKind: readonly (readonly [key: string, value: unknown])[] = [
  [keys.page('items', 'lakes', 0), { rows: [rowOf({ id: 'cup' }), rowOf()] }],
  [keys.scope('lakes'), { scope: 'lakes', cursor: '8' }],
  [keys.conflict('c'), conflict],
  [keys.rejected('r'), rejected],
  [keys.batch, { batchId: 'b', ops: [opOf([recordedOf(1)], { opId: 'old' })] }],
  [keys.past('past'), past],
  [keys.history(resolution), resolution],
  [keys.buried({ collection: 'items', id: 'mug' }), rowOf({ id: 'mug' })],
  [keys.held('people'), { collection: 'people', by: 'app' }],
  [keys.breaker, { failures: 1, wait: null }],
  [keys.device, 'phone'],
  [keys.epoch, 'epoch-1'],
]

/** A device that holds one record of each kind, and two changes: of the tent, in flight, and of the cup. */
async function fullStorage(): Promise<Storage> {
  const storage = memoryStorage()
  await storage.commit(sealedWrite({ append: [changeOf(), changeOf({ id: 'cup', patch: { name: 'Mug' } })], puts: everyKind }))
  return storage
}

/** The same storage, except that one record is read in another form. */
const spoilt = (storage: Storage, spoil: (key: string, stored: Sealed) => unknown): Storage => ({
  ...storage,
  readAll: async () => (await storage.readAll()).map(([key, stored]) => [key, spoil(key, stored as Sealed)] as const),
})

const damages: readonly [string, (stored: Sealed) => unknown][] = [
  ['a value that was changed', (stored) => ({ ...stored, text: stored.text.replace(/.$/, ' $&') })],
  ['a checksum that was changed', (stored) => ({ ...stored, checksum: stored.checksum - 1 })],
  ['no envelope', (stored) => JSON.parse(stored.text) as unknown],
  ['another form', (stored) => ({ ...stored, form: 2 })],
]
const kinds = [...everyKind.map(([key]) => key), keys.change(2)]

describe('[OB8] a damaged record of any kind is set aside and reported, and the others load', () => {
  test.each(kinds.flatMap((key) => damages.map(([name, damage]) => [key, name, damage] as const)))('%s: %s', async (broken, _, damage) => {
    const storage = await fullStorage()
    const whole = await recordsIn(storage)
    const found = damage((await storage.readAll()).find(([key]) => key === broken)![1] as Sealed)
    await storage.commit({ puts: [[broken, found]] })
    const { state, engine } = await openTestEngine({ storage, online: false })
    expect(state().setAside).toMatchObject([{ what: 'record', name: broken }])
    const left = await recordsIn(storage)
    expect(left.get(keys.aside(broken))).toMatchObject({ key: broken, found })
    const others = [...whole].filter(([key]) => key !== broken && key !== keys.scope('lakes'))
    expect([...left]).toEqual(expect.arrayContaining(others))
    const madeAnew = [keys.device, keys.scope('lakes')]
    expect(left.has(broken)).toBe(madeAnew.includes(broken))
    await engine.close()
    expect((await openTestEngine({ storage, online: false })).state().setAside).toHaveLength(1)
  })
})

test('[OB8] what cannot even be read stays where it is, is told of each time, and hinders nothing', async () => {
  const storage = await fullStorage()
  const unreadable = spoilt(storage, (key, stored) => (key === keys.change(2) || key === keys.page('items', 'lakes', 0) ? undefined : stored))
  for (let start = 0; start < 2; start += 1) {
    const { state, engine, shown } = await openTestEngine({ storage: unreadable, online: false })
    expect(state().setAside.map(({ name }) => name).sort()).toEqual([keys.change(2), keys.page('items', 'lakes', 0)])
    expect(state()).toMatchObject({ pending: 1, conflicts: [{ conflictId: 'c' }], rejected: [{ rejectedId: 'r' }] })
    expect(shown('items', 'cup')).toBeUndefined()
    await engine.close()
  }
  expect((await storage.readAll()).map(([key]) => key)).toEqual(expect.arrayContaining([keys.change(2), keys.page('items', 'lakes', 0)]))
})

describe('[OB8] what the server told is fetched again', () => {
  test.each([keys.page('items', 'lakes', 0), keys.scope('lakes')])('%s is broken: its scope is asked for from the start, and comes back whole', async (broken) => {
    const storage = await fullStorage()
    await storage.commit({ puts: [[broken, 'dust'], [keys.scope('alps'), seal({ scope: 'alps', cursor: '5' })]], deletes: [keys.batch, keys.change(1), keys.change(2)] })
    const server = scriptedServer()
    server.onPull = ({ cursors }) =>
      Promise.resolve(pageOf(cursors?.['lakes'] === firstCursor ? { cursors: { lakes: '9' }, rows: [rowOf(), rowOf({ id: 'cup' })] } : {}))
    const { shown, environment } = await openTestEngine({ storage, server })
    await environment.settle()
    expect(server.pulls[0]).toMatchObject({ cursors: { lakes: firstCursor, alps: '5' }, etag: null })
    expect([shown('items', 'tent'), shown('items', 'cup')]).toEqual([fields, fields])
    expect((await recordsIn(storage)).get(keys.scope('lakes'))).toEqual({ scope: 'lakes', cursor: '9' })
  })

  test('also when the device dies before it comes', async () => {
    const storage = await fullStorage()
    await storage.commit({ puts: [[keys.page('items', 'lakes', 0), 'dust']] })
    await openTestEngine({ storage, online: false })
    const { server } = await openTestEngine({ storage })
    expect(server.pulls[0]?.cursors).toEqual({ lakes: firstCursor })
  })
})

test('[OB8] a batch that is broken is planned anew from its changes', async () => {
  const storage = await fullStorage()
  await storage.commit({ puts: [[keys.batch, 'dust']] })
  const { server, environment, state } = await openTestEngine({ storage })
  await environment.advance(100)
  expect(server.pushes.flat()).toMatchObject([{ id: 'tent', patch: { name: 'Big tent' } }, { id: 'cup', patch: { name: 'Mug' } }])
  expect(server.pushes.flat().map(({ opId }) => opId)).not.toContain('old')
  expect(state().pending).toBe(0)
})

describe('[OB2] a number is never given twice', () => {
  test.each([
    ['lost', undefined],
    ['too low', 1],
    ['no number', 'dust'],
  ])('the counter is %s', async (_, counter) => {
    const storage = await fullStorage()
    if (counter === undefined) await storage.commit({ deletes: [keys.sequence] })
    else await storage.commit({ puts: [[keys.sequence, counter]] })
    const { edit, engine } = await openTestEngine({ storage, online: false })
    edit(fields, { ...fields, quantity: 9 })
    await engine.flush()
    const numbers = [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('change/'))
    expect(numbers).toEqual([keys.change(1), keys.change(2), keys.change(6)])
  })

  test('a counter that is no number begins anew also where nothing was counted', () => {
    expect(sortOut([[keys.sequence, 'dust']]).sequenceAtLeast).toBe(0)
  })

  test('nor that of a change that is broken', async () => {
    const storage = memoryStorage()
    await storage.commit(sealedWrite({ append: [changeOf(), changeOf({ id: 'cup' })] }))
    await storage.commit({ puts: [[keys.change(2), 'dust']], deletes: [keys.sequence] })
    const { sequenceAtLeast } = sortOut(await storage.readAll())
    expect(sequenceAtLeast).toBe(2)
  })

  test('a counter that is ahead stays, and a storage in order is not written to', async () => {
    const storage = await fullStorage()
    await storage.commit({ puts: [[keys.sequence, 90]] })
    expect(sortOut(await storage.readAll())).toMatchObject({ repair: { puts: [], deletes: [] }, sequenceAtLeast: null })
    expect(sortOut([])).toMatchObject({ repair: { puts: [], deletes: [] }, sequenceAtLeast: null })
  })
})
