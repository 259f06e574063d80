import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import type { Batch, Op } from '../core/types.ts'
import { rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import { TransportError, type PushResult, type Storage } from './ports.ts'

const tent = { tripId: 'lakes', name: 'Tent' }
const forever = () => new Promise<never>(() => {})

/** A server that, like the real one, does each op once and answers a repetition with `duplicate`. */
function onceServer() {
  const server = scriptedServer()
  const done = new Map<string, Op>()
  const answerTo = (op: Op): PushResult['answers'][number] => {
    if (done.has(op.opId)) return { opId: op.opId, status: 'duplicate', row: rowOf({ fields: op.patch, version: 1 }) }
    done.set(op.opId, op)
    return applied(op)
  }
  const apply = ({ ops }: Batch) => pushResult(ops.map(answerTo))
  server.onPush = (batch) => Promise.resolve(apply(batch))
  return { server, done, apply }
}

describe('[OB3] a device that dies between sending and hearing the answer', () => {
  test('sends the same ops again after the restart, and what was edited since goes after them', async () => {
    const storage = memoryStorage()
    const dying = await openTestEngine({ storage })
    dying.server.onPush = forever
    dying.edit(undefined, tent)
    await dying.environment.advance(100)
    dying.edit(tent, { ...tent, name: 'Big tent' })
    await dying.engine.flush()
    const restarted = await openTestEngine({ storage, environment: fakeEnvironment(2_000_000) })
    await restarted.environment.advance(100)
    expect(restarted.server.pushes[0]).toEqual(dying.server.pushes[0])
    expect(restarted.server.pushes[1]).toMatchObject([{ kind: 'update', patch: { name: 'Big tent' } }])
    expect(restarted.state()).toMatchObject({ pending: 0 })
  })

  test('[PU1] when only the answer was lost, everything has taken effect once', async () => {
    const { server, done, apply } = onceServer()
    const storage = memoryStorage()
    server.onPush = (batch) => {
      apply(batch)
      return forever()
    }
    const dying = await openTestEngine({ storage, server })
    dying.edit(undefined, tent)
    await dying.environment.advance(100)
    server.onPush = (batch) => Promise.resolve(apply(batch))
    const restarted = await openTestEngine({ storage, server })
    expect(server.pushes[1]).toEqual(server.pushes[0])
    expect(done.size).toBe(1)
    expect(restarted.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
    expect(restarted.shown('items', 'tent')).toEqual(tent)
  })
})

test('[OB3] an answer lost on the way is asked for again with the same ops, whatever was pulled meanwhile', async () => {
  const { server, done, apply } = onceServer()
  const { edit, environment, state } = await openTestEngine({ server })
  let lose = true
  server.onPush = (batch) => {
    const result = apply(batch)
    if (!lose) return Promise.resolve(result)
    lose = false
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf({ fields: tent })] }))
    return Promise.reject(new TransportError('reset', { kind: 'network', code: '' }))
  }
  edit(undefined, tent)
  await environment.advance(5_000)
  expect(server.pushes).toHaveLength(2)
  expect(server.pushes[1]).toEqual(server.pushes[0])
  expect(done.size).toBe(1)
  expect(state().pending).toBe(0)
})

test('[OB2] [OB3] nothing is sent that is not durable: neither a change nor its batch', async () => {
  const storage = memoryStorage()
  const { edit, environment, server } = await openTestEngine({ storage })
  const heldAtSend: string[][] = []
  server.onPush = async ({ ops }) => {
    heldAtSend.push((await storage.readAll()).map(([key]) => key))
    return pushResult(ops.map(applied))
  }
  edit(undefined, tent)
  await environment.advance(100)
  expect(heldAtSend).toEqual([expect.arrayContaining([keys.batch, keys.change(1)])])
})

test('[OB2] while the storage refuses, changes are shown as unsafe and are not sent; then all is well', async () => {
  const storage = memoryStorage()
  let refuses = false
  const moody = { ...storage, commit: (write: Parameters<typeof storage.commit>[0]) => (refuses ? Promise.reject(new Error('full')) : storage.commit(write)) }
  const { edit, environment, server, state, events } = await openTestEngine({ storage: moody })
  refuses = true
  edit(undefined, tent)
  await environment.advance(10_000)
  edit(tent, { ...tent, name: 'Big tent' })
  expect(state()).toMatchObject({ durable: false, pending: 2 })
  expect(events).toContainEqual(expect.objectContaining({ type: 'storageFailed' }))
  expect(server.pushes).toEqual([])
  refuses = false
  await environment.advance(10_000)
  expect(state()).toMatchObject({ durable: true, pending: 0 })
  expect(server.pushes).toMatchObject([[{ kind: 'create', patch: { name: 'Big tent' } }]])
})

describe('the end of a session', () => {
  test.each(['push', 'pull'] as const)('[ID2] the answer to a %s that comes after it is neither shown nor told nor stored', async (request) => {
    const { edit, engine, environment, server, events, shown, storage } = await openTestEngine()
    const answer = gate()
    if (request === 'push') server.onPush = ({ ops }) => answer.passed.then(() => pushResult(ops.map(({ opId }) => ({ opId, status: 'merged', row: rowOf() }))))
    else server.onPull = () => answer.passed.then(() => pageOf({ cursors: { lakes: '1' }, rows: [rowOf({ id: 'cup' })] }))
    edit(undefined, tent)
    await environment.advance(100)
    engine.syncNow()
    await environment.settle()
    await engine.close()
    const told = events.length
    const held = await storage.readAll()
    answer.open()
    await environment.advance(60_000)
    expect(await storage.readAll()).toEqual(held)
    expect(events).toHaveLength(told)
    expect(events.at(-1)).toEqual({ type: 'closed' })
    expect(shown('items', 'cup')).toBeUndefined()
  })

  test('[ID2] a write that is under way when it comes is stored, and shown to nobody', async () => {
    const storage = memoryStorage()
    const written = gate()
    const slow: Storage = { ...storage, commit: (write) => storage.commit(write).then((committed) => (write.term === 'next' ? committed : written.passed.then(() => committed))) }
    await storage.commit(sealedWrite({ puts: [[keys.device, 'phone']] }))
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf()] }))
    const { engine, environment, shown } = await openTestEngine({ storage: slow, server })
    await engine.close()
    written.open()
    await environment.settle()
    expect((await storage.readAll()).map(([key]) => key)).toContain(keys.scope('lakes'))
    expect(shown('items', 'tent')).toBeUndefined()
  })

  test('[OB2] what was edited just before is durable', async () => {
    const storage = memoryStorage()
    const { edit, engine } = await openTestEngine({ storage, online: false })
    edit(undefined, tent)
    await engine.close()
    const { state, shown } = await openTestEngine({ storage, online: false })
    expect(state().pending).toBe(1)
    expect(shown('items', 'tent')).toEqual(tent)
  })
})
