import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Collections } from '../core/collection.ts'
import { counter } from '../core/policies-combine.ts'
import type { Op } from '../core/types.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import { TransportError, type Transport } from '../engine/ports.ts'
import { collectionsOf } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { memoryDevices, type MemoryDevice } from './memory-devices.ts'

const tent = { tripId: 'lakes', name: 'Tent', quantity: 1 }
const lost = () => Promise.reject(new TransportError('The connection was reset.', { kind: 'network', code: '' }))

/** Ann's device with an empty trip `lakes`. What happens to a push on its way can be told. */
async function annAlone(collections = collectionsOf()) {
  const all = memoryDevices()
  const way = { push: (transport: Transport, ...given: Parameters<Transport['push']>) => transport.push(...given) }
  const through = (transport: Transport): Transport => ({ ...transport, push: (...given) => way.push(transport, ...given) })
  const straight = way.push
  const open = (storage = memoryStorage()) => all.open('ann', { storage, collections, through })
  const ann = await open()
  ann.add('trips', 'lakes', { name: 'Lakes' })
  await all.sync()
  return { ...all, openFor: all.open, ann, open, way, straight }
}

/** A tent that is edited while an edit of it is on its way, and a stove that is deleted meanwhile. */
async function editedInFlight(collections: Collections) {
  const { ann, row, sync, way, environment } = await annAlone(collections)
  ann.add('items', 'tent', tent)
  ann.add('items', 'stove', tent)
  await sync()
  const answer = gate()
  const sent: (readonly Op[])[] = []
  way.push = async (transport, batch, sender) => {
    sent.push(batch.ops)
    await answer.passed
    return transport.push(batch, sender)
  }
  ann.change('items', 'tent', { name: 'Big tent' })
  ann.change('items', 'stove', { name: 'Gas stove' })
  await environment.advance(1_000)
  ann.change('items', 'tent', { name: 'Huge tent' })
  ann.change('items', 'tent', { quantity: 2 })
  ann.remove('items', 'stove')
  answer.open()
  await sync()
  return { sent, row, state: ann.state }
}

describe('complaint 14: edits that are joined are lost, or take what was joined with them', () => {
  test('a create that failed is still a create after it was edited: the row is made, as it is on screen', async () => {
    const { ann, row, sync, way, straight, server } = await annAlone()
    way.push = lost
    ann.add('items', 'tent', tent)
    await sync()
    ann.change('items', 'tent', { name: 'Big tent' })
    await sync()
    way.push = straight
    await sync()
    expect(row('items', 'tent')).toMatchObject({ name: 'Big tent' })
    expect(ann.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
    expect(server.complaints).toEqual([])
  })

  test('edits during a request are joined with nothing that is on its way, and stand on what it did', async () => {
    const { sent, row, state } = await editedInFlight(collectionsOf())
    expect(sent[1]?.find(({ id }) => id === 'tent')).toMatchObject({ patch: { name: 'Huge tent', quantity: 2 }, baseValues: { name: 'Big tent', quantity: 1 } })
    expect(sent[1]?.find(({ id }) => id === 'stove')).toMatchObject({ kind: 'delete', baseValues: { name: 'Gas stove' } })
    expect(row('items', 'tent')).toMatchObject({ name: 'Huge tent', quantity: 2 })
    expect(row('items', 'stove')).toBeUndefined()
    expect(state()).toMatchObject({ pending: 0, conflicts: [], rejected: [] })
  })

  test.each(['editWins', 'manual'] as const)('under `%s` too one’s own edit is not held against one’s own delete', async (deletePolicy) => {
    const { row, state } = await editedInFlight(collectionsOf({ deletePolicy }))
    expect(row('items', 'stove')).toBeUndefined()
    expect(state()).toMatchObject({ pending: 0, conflicts: [], rejected: [] })
  })

  type Step = 'name' | 'quantity' | 'remove' | 'sync' | 'lose the request' | 'lose the answer' | 'kill'
  const steps = fc.array(fc.constantFrom<Step>('name', 'quantity', 'remove', 'sync', 'lose the request', 'lose the answer', 'kill'), { minLength: 3, maxLength: 14 })

  test('however edits, requests, lost answers and crashes alternate, the server ends with what is on screen', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (done) => {
        const { ann: first, row, sync, open, way, straight, server, environment } = await annAlone()
        let ann: MemoryDevice = first
        for (const [index, step] of done.entries()) {
          const isThere = (ann.shown('items', 'tent') ?? null) !== null
          if (step === 'name' || step === 'quantity') {
            const patch = step === 'name' ? { name: `Tent ${index}` } : { quantity: index }
            if (isThere) ann.change('items', 'tent', patch)
            else ann.add('items', 'tent', { ...tent, ...patch })
          } else if (step === 'remove' && isThere) ann.remove('items', 'tent')
          else if (step === 'lose the request') way.push = lost
          else if (step === 'lose the answer') way.push = (transport, ...given) => transport.push(...given).then(lost)
          else if (step === 'sync') {
            way.push = straight
            await environment.advance(9_000)
          } else if (step === 'kill') {
            await ann.engine.flush()
            ann.kill()
            ann = await open(first.storage)
          }
          await environment.advance(30)
        }
        way.push = straight
        await sync()
        expect(ann.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
        expect(row('items', 'tent') ?? null).toEqual(ann.shown('items', 'tent') ?? null)
        expect(server.complaints).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})

describe('complaint 15: a child arrives before its parent, and is refused or dropped', () => {
  test('whatever was made, joined or urgent first, parents are made before their children, and removed after them', async () => {
    const collections = collectionsOf({ priority: 'critical' })
    const { ann, row, sync, way, straight } = await annAlone(collections)
    const order: string[] = []
    way.push = (transport, batch, sender) => {
      order.push(...batch.ops.map(({ kind, id }) => `${kind} ${id}`))
      return straight(transport, batch, sender)
    }
    ann.offline(true)
    ann.add('items', 'rope', { tripId: 'alps', name: 'Rope', quantity: 1, personId: 'carl' })
    ann.add('people', 'carl', { tripId: 'alps', name: 'Carl' })
    ann.add('trips', 'alps', { name: 'Alps' })
    ann.change('people', 'carl', { name: 'Carlo' })
    ann.change('trips', 'alps', { name: 'The Alps' })
    ann.offline(false)
    await sync()
    expect(order).toEqual(['create alps', 'create carl', 'create rope'])
    expect(row('items', 'rope')).toMatchObject({ personId: 'carl' })
    order.length = 0
    ann.offline(true)
    ann.remove('people', 'carl')
    ann.remove('items', 'rope')
    ann.offline(false)
    await sync()
    expect(order).toEqual(['delete rope', 'delete carl'])
    expect(ann.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('a child that is pulled before its parent is kept and shown, and the parent when it comes', async () => {
    const { ann, sync, server } = await annAlone()
    ann.add('people', 'carl', { tripId: 'lakes', name: 'Carl' })
    ann.add('items', 'rope', { ...tent, personId: 'carl' })
    await sync()
    let withParents = false
    const elsewhere = memoryDevices()
    const other = await elsewhere.open('ann', {
      through: () => ({
        push: () => lost(),
        pull: (request) => {
          const page = server.pull(request)
          if (page === 'unchanged' || withParents) return Promise.resolve(page)
          return Promise.resolve({ ...page, rows: page.rows.filter(({ collection }) => collection === 'items'), cursors: {}, etag: null })
        },
      }),
    })
    await elsewhere.sync()
    expect(other.shown('items', 'rope')).toMatchObject({ personId: 'carl' })
    expect(other.state()).toMatchObject({ setAside: [], lastError: null })
    withParents = true
    await elsewhere.sync()
    expect(other.shown('people', 'carl')).toMatchObject({ name: 'Carl' })
    expect(other.shown('items', 'rope')).toMatchObject({ personId: 'carl' })
  })
})

// That two tabs send a change once is shown in engine/engine-tabs.test.ts.
describe('complaint 17: what was sent before a crash is sent, and done, a second time', () => {
  test('a device that dies before it hears the answer, and again, adds its +1 once, and another device’s once', async () => {
    const collections = collectionsOf({ merge: { quantity: counter() } })
    const { ann, open, openFor, row, share, sync, way, straight, environment, server } = await annAlone(collections)
    ann.add('items', 'tent', tent)
    await sync()
    share('lakes', 'ben', 'editor')
    const ben = await openFor('ben', { collections })
    await sync()
    way.push = (transport, ...given) => transport.push(...given).then(() => new Promise<never>(() => {}))
    ann.change('items', 'tent', { quantity: 2 })
    await environment.advance(1_000)
    ann.kill()
    expect(row('items', 'tent')).toMatchObject({ quantity: 2 })
    ben.change('items', 'tent', { quantity: Number(ben.shown('items', 'tent')?.['quantity']) + 1 })
    await sync()
    const again = await open(ann.storage)
    await environment.advance(1_000)
    again.kill()
    way.push = straight
    const restarted = await open(ann.storage)
    await sync()
    expect(row('items', 'tent')).toMatchObject({ quantity: 3 })
    expect([restarted, ben].map((device) => device.shown('items', 'tent'))).toMatchObject([{ quantity: 3 }, { quantity: 3 }])
    expect(restarted.state()).toMatchObject({ pending: 0, conflicts: [], rejected: [] })
    expect(server.complaints).toEqual([])
  })
})

// The process that is killed in earnest, with its database: test/killed-backend.integration.test.ts.
describe('complaint 18: what waited is gone after a reload, or when the system ends the app', () => {
  test('what the app was told is stored is there after the process was killed, in its order, on screen, and goes out', async () => {
    const { ann, open, row, sync } = await annAlone()
    ann.offline(true)
    ann.add('items', 'tent', tent)
    ann.change('items', 'tent', { name: 'Big tent' })
    ann.add('items', 'stove', { ...tent, name: 'Stove' })
    ann.remove('items', 'stove')
    await ann.engine.flush()
    expect(ann.events.findLast(({ type }) => type === 'changeStored')).toEqual({ type: 'changeStored', pending: 4 })
    ann.kill()
    const restarted = await open(ann.storage)
    expect(restarted.state()).toMatchObject({ pending: 4 })
    expect(restarted.shown('items', 'tent')).toMatchObject({ name: 'Big tent' })
    expect(restarted.shown('items', 'stove') ?? null).toBeNull()
    await sync()
    expect(row('items', 'tent')).toMatchObject({ name: 'Big tent' })
    expect(restarted.state()).toMatchObject({ pending: 0 })
  })

  test('a change is one small record of its own, written at once and not with the rest of the store after a while', async () => {
    const { ann, open } = await annAlone()
    ann.offline(true)
    const before = await ann.storage.readAll()
    ann.add('items', 'tent', tent)
    await ann.engine.flush()
    const added = (await ann.storage.readAll()).map(([key]) => key).filter((key) => !before.some(([known]) => known === key))
    expect(added).toEqual(['change/0000000000000002'])
    ann.kill()
    expect((await open(ann.storage)).shown('items', 'tent')).toMatchObject(tent)
  })
})
