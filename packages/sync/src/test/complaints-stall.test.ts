import { describe, expect, test } from 'vitest'
import { TransportError } from '../engine/ports.ts'
import { rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'

const tent = { tripId: 'lakes', name: 'Tent' }
const failure = (status: number, kind: 'server' | 'conflict') => () => Promise.reject(new TransportError('Not now.', { kind, status, code: String(status) }))
const hour = 3_600_000

const add = ({ engine }: TestEngine, id: string) => engine.record({ edits: [{ collection: 'items', id, before: undefined, after: { ...tent, name: id } }], atomic: false })

/** Others add a row; this device is told of it by its polls alone. */
const others = ({ server }: TestEngine, id: string) => {
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: id }, rows: [rowOf({ id })] }))
}

const goesThrough = ({ server }: TestEngine) => {
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
}

describe('complaint 23: sync gets stuck, or runs in circles', () => {
  test('a server that answers `retry` for ever is asked less and less; what others do comes in; nothing is lost, and 10 s after it is well all is done', async () => {
    const device = await openTestEngine()
    const { environment, server, state, shown } = device
    server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'retry', code: '40P01', message: 'Deadlock.' }))))
    add(device, 'tent')
    await environment.advance(hour / 2)
    others(device, 'map')
    await environment.advance(hour / 2)
    const asked = server.pushes.length
    expect(asked).toBeGreaterThan(hour / 60_000)
    // The longest wait is 8 s, half of it by chance, which is the middle here; and each attempt may be two requests, a probe and a push.
    expect(asked + server.pulls.length).toBeLessThan((2 * 2 * hour) / 6_000)
    expect(shown('items', 'map')).toEqual(rowOf().fields)
    expect(state()).toMatchObject({ pending: 1, rejected: [], lastError: { kind: 'server', code: 'retry' } })
    expect(state().health).not.toBe('healthy')
    goesThrough(device)
    await environment.advance(10_000)
    expect(state()).toMatchObject({ pending: 0, health: 'healthy', lastError: null })
    expect(server.pushes.every(([op]) => op?.opId === server.pushes[0]?.[0]?.opId)).toBe(true)
  })

  test('a server that is down for an hour gets a probe now and then, each small; the queue is whole, and goes out within 10 s of its return', async () => {
    const device = await openTestEngine()
    const { environment, server, state } = device
    server.onPush = failure(503, 'server')
    server.onPull = failure(503, 'server')
    for (const id of ['tent', 'stove', 'map']) add(device, id)
    await environment.advance(60_000)
    const pulls = server.pulls.length
    const pushes = server.pushes.length
    await environment.advance(hour)
    expect(server.pushes).toHaveLength(pushes)
    expect(server.pulls.length - pulls).toBeLessThanOrEqual(hour / 4_000)
    expect(server.pulls.slice(pulls).every(({ only, cursors }) => only && Object.keys(cursors ?? {}).length === 0)).toBe(true)
    expect(state()).toMatchObject({ pending: 3, health: 'failed', phase: 'retrying' })
    others(device, 'cup')
    goesThrough(device)
    await environment.advance(10_000)
    expect(state()).toMatchObject({ pending: 0, health: 'healthy', rejected: [] })
    expect(server.pushes.at(-1)?.map(({ id }) => id)).toEqual(['tent', 'stove', 'map'])
  })

  test('a change at which the server breaks for ever waits in the tray in the end; all else goes through', async () => {
    const device = await openTestEngine()
    const { environment, server, state } = device
    server.onPush = (batch) => (batch.ops.some(({ id }) => id === 'poison') ? failure(500, 'server')() : Promise.resolve(pushResult(batch.ops.map(applied))))
    for (const id of ['tent', 'poison', 'map']) add(device, id)
    await environment.advance(5 * 60_000)
    expect(state()).toMatchObject({ pending: 0, health: 'healthy', rejected: [{ id: 'poison', code: '500' }] })
    goesThrough(device)
    await device.engine.decisions.retry([state().rejected[0]!.rejectedId])
    await environment.advance(1_000)
    expect(state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('a request that is refused with 409 for ever is cut until the change is found that is to blame, and is not sent again by itself', async () => {
    const device = await openTestEngine()
    const { environment, server, state } = device
    server.onPush = (batch) => (batch.ops.some(({ id }) => id === 'poison') ? failure(409, 'conflict')() : Promise.resolve(pushResult(batch.ops.map(applied))))
    for (const id of ['tent', 'poison', 'map']) add(device, id)
    await environment.advance(60_000)
    expect(state()).toMatchObject({ pending: 0, health: 'healthy', rejected: [{ id: 'poison', code: '409' }] })
    const asked = server.pushes.length
    expect(asked).toBeLessThan(10)
    await environment.advance(hour)
    expect(server.pushes).toHaveLength(asked)
  })

  test('a server that answers each push with another conflict is not asked in a circle', async () => {
    const device = await openTestEngine()
    const { environment, server, state } = device
    let version = 1
    server.onPush = ({ ops }) => {
      version += 1
      const row = rowOf({ version, fields: { ...tent, name: `Theirs ${version}` } })
      // Without an end the test itself would go in that circle: no time passes in it.
      return Promise.resolve(pushResult(ops.map((op) => (version > 200 ? applied(op) : { opId: op.opId, status: 'conflict', row, edits: { name: { by: 'ben', time: 0 } } }))))
    }
    add(device, 'tent')
    await environment.advance(60_000)
    expect(server.pushes.length).toBeLessThan(60)
    expect(state().pending + state().conflicts.length).toBe(1)
  })

  test('`resync` mends a device whose rows are not those of the server, in one action, and keeps what waits', async () => {
    const device = await openTestEngine()
    const { engine, environment, server, state, shown, network } = device
    others(device, 'stale')
    await environment.advance(10_000)
    server.onPull = () => Promise.resolve('unchanged')
    network('offline')
    add(device, 'mine')
    await environment.advance(1_000)
    await engine.resync()
    expect(shown('items', 'stale')).toEqual(rowOf().fields)
    const whole = () => [rowOf({ id: 'right', version: 7 }), ...server.pushes.flat().map(({ id, patch }) => rowOf({ id, fields: patch }))]
    server.onPull = ({ cursors }) => Promise.resolve(cursors?.['lakes'] === '0' ? pageOf({ cursors: { lakes: '7' }, reset: ['lakes'], rows: whole() }) : 'unchanged')
    network('online')
    await environment.advance(10_000)
    expect(shown('items', 'right')).toEqual(rowOf().fields)
    expect(shown('items', 'stale')).toBeNull()
    expect(shown('items', 'mine')).toMatchObject({ name: 'mine' })
    expect(server.pushes.flat().map(({ id }) => id)).toEqual(['mine'])
    expect(state()).toMatchObject({ pending: 0 })
  })
})
