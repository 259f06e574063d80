import { describe, expect, test } from 'vitest'
import { collectionsOf } from '../testing/builders.ts'
import { applied, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'

/** Makes an entity, named as `collection/id`. */
function make({ engine }: TestEngine, name: string, fields: object = {}): void {
  const [collection = '', id = ''] = name.split('/')
  engine.record({ edits: [{ collection, id, before: undefined, after: { tripId: 'lakes', name: id, ...fields } }], atomic: false })
}
const sent = ({ server }: TestEngine) => server.pushes.flat().map(({ id }) => id)

/** What a minute with a collection on hold costs. */
async function work(withChange: boolean) {
  const storage = memoryStorage()
  const count = { commits: 0 }
  const counting = { ...storage, commit: (write: Parameters<typeof storage.commit>[0]) => storage.commit(write).finally(() => (count.commits += 1)) }
  const device = await openTestEngine({ storage: counting })
  await device.engine.hold('items')
  if (withChange) make(device, 'items/tent')
  await device.environment.advance(1_000)
  const [pulls, timers, commits] = [device.server.pulls.length, device.environment.delays.length, count.commits]
  await device.environment.advance(60_000)
  return { pulls: device.server.pulls.length - pulls, timers: device.environment.delays.length - timers, commits: count.commits - commits }
}

describe('[E6] a collection that is held', () => {
  test('is not sent, others are; released, it goes out', async () => {
    const device = await openTestEngine()
    await device.engine.hold('items')
    make(device, 'items/tent')
    make(device, 'people/ann')
    await device.environment.advance(20_000)
    expect(sent(device)).toEqual(['ann'])
    expect(device.state()).toMatchObject({ pending: 1, held: ['items'] })
    await device.engine.release('items')
    await device.environment.advance(100)
    expect(sent(device)).toEqual(['ann', 'tent'])
    expect(device.state()).toMatchObject({ pending: 0, held: [] })
    const told = device.events.flatMap((event) => (event.type === 'collectionsHeld' ? [event.held] : []))
    expect(told).toEqual([['items'], []])
  })

  test('is still held after a restart', async () => {
    const storage = memoryStorage()
    const device = await openTestEngine({ storage })
    await device.engine.hold('items')
    make(device, 'items/tent')
    await device.engine.close()
    const next = await openTestEngine({ storage })
    await next.environment.advance(20_000)
    expect(next.state()).toMatchObject({ held: ['items'], pending: 1 })
    expect(sent(next)).toEqual([])
  })

  test('keeps back what cannot be without it', async () => {
    const device = await openTestEngine()
    await device.engine.hold('people')
    make(device, 'people/ann')
    make(device, 'items/tent', { personId: 'ann' })
    make(device, 'items/rope')
    await device.environment.advance(1_000)
    expect(sent(device)).toEqual(['rope'])
  })

  test('makes no work: in a minute there are as many requests and writes as without changes', async () => {
    const idle = await work(false)
    expect(idle.pulls).toBeLessThan(10)
    expect(await work(true)).toEqual(idle)
  })

  test('more that comes to it while it is held waits too, and a further edit is looked at', async () => {
    const device = await openTestEngine()
    await device.engine.hold('items')
    make(device, 'items/tent')
    await device.environment.advance(1_000)
    make(device, 'items/rope')
    make(device, 'people/ann')
    await device.environment.advance(1_000)
    expect(sent(device)).toEqual(['ann'])
    expect(device.state().pending).toBe(2)
  })
})

/** Creates 20 items, of which the server refuses so many. */
async function refusing(count: number): Promise<TestEngine> {
  const device = await openTestEngine({ collections: collectionsOf() })
  device.server.onPush = ({ ops }) =>
    Promise.resolve(pushResult(ops.map((op, index) => (op.collection === 'items' && index < count ? { opId: op.opId, status: 'invalid', code: 'x', message: 'x' } : applied(op)))))
  for (let item = 0; item < 20; item += 1) make(device, `items/item-${item}`)
  await device.environment.advance(100)
  return device
}

describe('[E6] a collection of which too much is refused', () => {
  test('more than a tenth: it is held by itself, and what is done then waits', async () => {
    const device = await refusing(3)
    expect(device.state().held).toEqual(['items'])
    make(device, 'items/later')
    make(device, 'people/ann')
    await device.environment.advance(10_000)
    expect(device.state().pending).toBe(1)
    expect(sent(device)).not.toContain('later')
    expect(sent(device)).toContain('ann')
  })

  test('[A7] what was undone with a unit counts neither way', async () => {
    const device = await openTestEngine()
    device.server.onPush = ({ ops }) =>
      Promise.resolve(pushResult(ops.map((op) => (op.unit === null ? applied(op) : op.id.endsWith('0') ? { opId: op.opId, status: 'invalid', code: 'x', message: 'x' } : { opId: op.opId, status: 'undone' }))))
    for (let item = 0; item < 18; item += 1) make(device, `items/item-${item}`)
    for (const unit of ['a', 'b', 'c']) {
      const edits = ['0', '1', '2', '3', '4', '5'].map((part) => ({ collection: 'items', id: `${unit}${part}`, before: undefined, after: { tripId: 'lakes', name: part } }))
      device.engine.record({ edits, atomic: true })
    }
    await device.environment.advance(100)
    expect(device.state().rejected).toHaveLength(18)
    expect(device.state().held).toEqual(['items'])
  })

  test('a tenth: it is not', async () => {
    expect((await refusing(2)).state().held).toEqual([])
  })

  test('released, it begins anew: one more refusal does not hold it at once', async () => {
    const device = await refusing(3)
    make(device, 'items/later')
    await device.engine.release('items')
    await device.environment.advance(1_000)
    expect(sent(device)).toContain('later')
    expect(device.state().held).toEqual([])
  })
})
