import { describe, expect, test } from 'vitest'
import { describeStatus, statusOf } from '../core/status.ts'
import { memoryDevices, type MemoryDevices } from './memory-devices.ts'

/** Ann owns the trip `lakes` with a tent in it; Ben may only look. Nothing waits on either device. */
async function sharedTrip() {
  const all = memoryDevices()
  const ann = await all.open('ann')
  ann.add('trips', 'lakes', { name: 'Lakes' })
  ann.add('items', 'tent', { tripId: 'lakes', name: 'Tent', quantity: 1 })
  await all.sync()
  all.share('lakes', 'ben', 'viewer')
  const ben = await all.open('ben')
  await all.sync()
  return { ...all, ann, ben }
}

const timesAnswered = ({ server }: MemoryDevices, status: string): number => [...server.answered.values()].filter((statuses) => statuses.has(status as never)).length

describe('complaint 5: one write that the server refuses blocks everything behind it', () => {
  test('refused by a right or by a rule, it waits in the tray with what hangs on it; all else flows, and it is not sent over and over', async () => {
    const all = await sharedTrip()
    const { ben, row, sync } = all
    ben.offline(true)
    ben.change('items', 'tent', { quantity: 9 })
    ben.add('trips', 'alps', { name: 'Alps' })
    ben.add('people', 'intruder', { tripId: 'lakes', name: 'Intruder' })
    ben.add('items', 'rope', { tripId: 'lakes', name: 'Rope', quantity: 1, personId: 'intruder' })
    ben.add('items', 'stove', { tripId: 'alps', name: 'Stove', quantity: -1 })
    ben.change('items', 'stove', { name: 'Gas stove' })
    ben.add('items', 'map', { tripId: 'alps', name: 'Map', quantity: 1 })
    ben.offline(false)
    await sync()
    await sync()
    expect(row('items', 'map')).toMatchObject({ name: 'Map' })
    expect(row('items', 'tent')).toMatchObject({ quantity: 1 })
    expect(ben.state()).toMatchObject({ pending: 0, lastError: null })
    const tray = ben.state().rejected.map(({ id, status, changes }) => [id, status, changes.length])
    expect(tray).toEqual(expect.arrayContaining([['tent', 'forbidden', 1], ['intruder', 'forbidden', 1], ['rope', 'forbidden', 1], ['stove', 'invalid', 2]]))
    expect(timesAnswered(all, 'forbidden') + timesAnswered(all, 'invalid')).toBe(tray.length)
    expect(ben.shown('items', 'tent')).toMatchObject({ quantity: 1 })
    expect(ben.shown('items', 'rope')).toBeNull()
  })

  test('what cannot be without a refused change is retried with it, and goes through once the right is given', async () => {
    const { ben, row, sync, share } = await sharedTrip()
    ben.add('people', 'carl', { tripId: 'lakes', name: 'Carl' })
    ben.add('items', 'rope', { tripId: 'lakes', name: 'Rope', quantity: 1, personId: 'carl' })
    await sync()
    const [person, rope] = ben.state().rejected
    expect(rope).toMatchObject({ id: 'rope', dependsOn: person!.rejectedId })
    share('lakes', 'ben', 'editor')
    await ben.engine.decisions.retry([rope!.rejectedId])
    await sync()
    expect(ben.state()).toMatchObject({ pending: 0, rejected: [] })
    expect(row('items', 'rope')).toMatchObject({ personId: 'carl' })
  })

  test('it can be edited, retried or given up, and goes through or is gone', async () => {
    const { ben, ann, row, sync, share } = await sharedTrip()
    ben.add('trips', 'alps', { name: 'Alps' })
    ben.add('items', 'stove', { tripId: 'alps', name: 'Stove', quantity: -1 })
    ben.change('items', 'tent', { quantity: 9 })
    ben.add('items', 'rope', { tripId: 'lakes', name: 'Rope', quantity: 1 })
    await sync()
    const of = (id: string) => ben.state().rejected.find((rejected) => rejected.id === id)!.rejectedId
    await ben.engine.decisions.edit(of('stove'), { quantity: 2 })
    share('lakes', 'ben', 'editor')
    await ben.engine.decisions.retry([of('tent')])
    await ben.engine.decisions.discard([of('rope')])
    await sync()
    expect(ben.state()).toMatchObject({ pending: 0, rejected: [] })
    expect(row('items', 'stove')).toMatchObject({ quantity: 2 })
    expect(ann.shown('items', 'tent')).toMatchObject({ quantity: 9 })
    expect(row('items', 'rope')).toBeUndefined()
  })

  test('the delete of a row that was never sent is nothing, and that of a row that is gone already is done', async () => {
    const { ann, ben, row, share, sync } = await sharedTrip()
    share('lakes', 'ben', 'editor')
    await sync()
    ann.offline(true)
    ben.remove('items', 'tent')
    await sync()
    ann.add('items', 'cup', { tripId: 'lakes', name: 'Cup', quantity: 1 })
    ann.remove('items', 'cup')
    ann.remove('items', 'tent')
    ann.offline(false)
    await sync()
    expect(ann.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [], lastError: null })
    expect([row('items', 'cup'), row('items', 'tent')]).toEqual([undefined, undefined])
  })
})

describe('complaint 6: a refused write is thrown away without a word', () => {
  test('each has its code, a sentence and all that was written, on the badge and after a restart, until the user has decided', async () => {
    const { ben, open, sync } = await sharedTrip()
    ben.change('items', 'tent', { quantity: 9, name: 'Palace' })
    ben.add('items', 'rope', { tripId: 'lakes', name: 'Rope', quantity: 1 })
    await sync()
    const kept = [
      { id: 'tent', status: 'forbidden', code: '42501', changes: [{ kind: 'update', patch: { quantity: 9, name: 'Palace' }, baseValues: { quantity: 1, name: 'Tent' } }] },
      { id: 'rope', status: 'forbidden', code: '42501', changes: [{ kind: 'create', patch: { tripId: 'lakes', name: 'Rope', quantity: 1 } }] },
    ]
    expect(ben.state().rejected.toSorted((a, b) => (a.id > b.id ? -1 : 1))).toMatchObject(kept)
    for (const { message } of ben.state().rejected) expect(message).toMatch(/^\S.+\.$/)
    expect(describeStatus(statusOf(ben.state()))).toBe('needs you')
    ben.kill()
    const restarted = await open('ben', { storage: ben.storage })
    await sync()
    expect(new Set(restarted.state().rejected.map(({ id }) => id))).toEqual(new Set(['tent', 'rope']))
    expect(describeStatus(statusOf(restarted.state()))).toBe('needs you')
  })

  test('a change that comes to nothing because somebody else won leaves an entry in the history, with both values', async () => {
    const { ann, ben, share, sync } = await sharedTrip()
    share('lakes', 'ben', 'editor')
    await sync()
    ben.offline(true)
    ben.change('items', 'tent', { name: 'Ben’s tent' })
    await sync()
    ann.change('items', 'tent', { name: 'Ann’s tent' })
    await sync()
    ben.offline(false)
    await sync()
    expect(ben.shown('items', 'tent')).toMatchObject({ name: 'Ann’s tent' })
    expect(ben.engine.history()).toMatchObject([{ decidedBy: 'policy', fields: [{ field: 'name', local: 'Ben’s tent', remote: 'Ann’s tent', kept: 'Ann’s tent' }] }])
  })
})

const item = (id: string, quantity: number) => ({ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id, quantity } })

describe('complaint 16: one bad row fails the whole batch', () => {
  const bad = [3, 21, 40]

  test('each op is answered by itself: of fifty in one request the three bad ones wait in the tray, and the others are done', async () => {
    const all = await sharedTrip()
    const { ann, row, server, sync } = all
    let requests = 0
    const counted = await all.open('ann', { through: (transport) => ({ ...transport, push: (...given) => ((requests += 1), transport.push(...given)) }) })
    await sync()
    for (let index = 0; index < 50; index += 1) counted.add('items', `item-${index}`, { tripId: 'lakes', name: `Item ${index}`, quantity: bad.includes(index) ? -1 : 1 })
    await sync()
    expect(requests).toBe(1)
    expect(counted.state().rejected.map(({ id }) => id)).toEqual(bad.map((index) => `item-${index}`))
    expect(counted.state().pending).toBe(0)
    for (let index = 0; index < 50; index += 1) expect(row('items', `item-${index}`) !== undefined).toBe(!bad.includes(index))
    expect(ann.shown('items', 'item-0')).toMatchObject({ name: 'Item 0' })
    expect(server.complaints).toEqual([])
  })

  test('only where the app asked for it do several go together: then none of them is done, and the others are', async () => {
    const { ann, row, sync } = await sharedTrip()
    ann.engine.record({ edits: [item('left', 1), item('right', -1)], atomic: true })
    ann.add('items', 'map', { tripId: 'lakes', name: 'Map', quantity: 1 })
    await sync()
    expect(['left', 'right', 'map'].map((id) => row('items', id)?.['name'])).toEqual([undefined, undefined, 'Map'])
    expect(ann.state()).toMatchObject({ pending: 0, rejected: [{ id: 'right' }, { id: 'left' }] })
  })
})
