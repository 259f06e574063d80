import { describe, expect, test } from 'vitest'
import type { SyncEvent } from '../core/events.ts'
import { rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { TransportError, type PullPage, type RefreshSession } from './ports.ts'

const tent = { tripId: 'lakes', name: 'Tent' }
const failure = (kind: 'network' | 'server' | 'auth', retryAfter?: number) => new TransportError('failed', { kind, code: kind, retryAfter })
const phases = (events: readonly SyncEvent[]) => events.flatMap((event) => (event.type === 'phaseChanged' ? [event.phase] : []))

test('after a failure it waits, longer each time, and sends again', async () => {
  const environment = fakeEnvironment()
  const server = scriptedServer()
  const timeline: string[] = []
  const note = (what: string) => timeline.push(`${environment.now() - 1_000_000} ${what}`)
  let fails = 3
  server.onPush = ({ ops }) => {
    note('send')
    return (fails -= 1) >= 0 ? Promise.reject(failure('network')) : Promise.resolve(pushResult(ops.map(applied)))
  }
  const { edit } = await openTestEngine({ server, environment, parts: { emit: ({ type }) => type === 'failed' && note('fail') } })
  edit(undefined, tent)
  await environment.advance(5_000)
  expect(timeline).toEqual(['5 send', '5 fail', '380 send', '380 fail', '1130 send', '1130 fail', '2630 send'])
})

test('[CO2] the first push tells its times by the server’s clock already: the pull before it has measured it', async () => {
  const environment = fakeEnvironment(5_000_000)
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ now: 2_000_000 }))
  const offsets: number[] = []
  const push: typeof server.push = (batch, sender) => {
    offsets.push(sender.clockOffset)
    return server.push(batch, sender)
  }
  const { edit } = await openTestEngine({ environment, parts: { transport: { pull: server.pull, push } } })
  edit(undefined, tent)
  await environment.advance(100)
  expect(offsets).toEqual([-3_000_000])
})

test('[RX4] the phases of a day: opening, pulling, pushing, retrying, idle', async () => {
  const { edit, environment, server, events, state } = await openTestEngine()
  const { onPush } = server
  server.onPush = () => Promise.reject(failure('server'))
  edit(undefined, tent)
  await environment.advance(100)
  expect(state()).toMatchObject({ phase: 'retrying', pending: 1, lastError: { kind: 'server', code: 'server', time: 1_000_005 } })
  server.onPush = onPush
  await environment.advance(1_000)
  expect(state()).toMatchObject({ phase: 'idle', pending: 0, lastError: null, lastSuccess: 1_000_380 })
  // Until it leads it does nothing, and says so.
  expect(phases(events)).toEqual(['paused', 'pulling', 'idle', 'pushing', 'retrying', 'pushing', 'pulling', 'idle'])
})

test('[F1] each page that was taken in is told: rows, deleted ones, milliseconds, and whether another will come', async () => {
  const { engine, environment, server, events } = await openTestEngine()
  const slow = gate()
  const deleted = [{ collection: 'items', id: 'cup', scope: 'lakes', version: 2 }]
  const pages = [pageOf({ more: true, cursors: { lakes: '1' }, rows: [rowOf(), rowOf({ id: 'pan' })] }), pageOf({ cursors: { lakes: '2' }, deleted })]
  server.onPull = () => slow.passed.then(() => pages.shift()!)
  const before = events.length
  engine.syncNow()
  await environment.advance(40)
  slow.open()
  await environment.settle()
  expect(events.slice(before).filter(({ type }) => type === 'pulled')).toEqual([
    { type: 'pulled', rows: 2, deleted: 0, milliseconds: 40, more: true },
    { type: 'pulled', rows: 0, deleted: 1, milliseconds: 0, more: false },
  ])
})

test('a server that says how long to wait is not asked sooner', async () => {
  const { edit, environment, server } = await openTestEngine()
  server.onPush = () => Promise.reject(failure('server', 30_000))
  edit(undefined, tent)
  await environment.advance(29_000)
  expect(server.pushes).toHaveLength(1)
  await environment.advance(2_000)
  expect(server.pushes).toHaveLength(2)
})

test('[OB3] one batch at a time: what is done meanwhile waits for the next', async () => {
  const { edit, engine, environment, server } = await openTestEngine()
  const answer = gate()
  server.onPush = ({ ops }) => answer.passed.then(() => pushResult(ops.map(applied)))
  edit(undefined, tent)
  await environment.advance(100)
  edit(tent, { ...tent, name: 'Big tent' })
  await engine.flush()
  await environment.advance(1_000)
  expect(server.pushes).toHaveLength(1)
  answer.open()
  await environment.settle()
  expect(server.pushes.map((ops) => ops.map(({ kind, patch }) => ({ kind, patch })))).toEqual([[{ kind: 'create', patch: tent }], [{ kind: 'update', patch: { name: 'Big tent' } }]])
})

test('an op that the server could not decide is sent again as it was, after a wait', async () => {
  const { edit, environment, server, state } = await openTestEngine()
  const { onPush } = server
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'retry', code: '40P01', message: 'deadlock' }))))
  edit(undefined, tent)
  await environment.advance(100)
  expect(state().pending).toBe(1)
  server.onPush = onPush
  await environment.advance(1_000)
  expect(server.pushes[1]).toEqual(server.pushes[0])
  expect(state().pending).toBe(0)
})

describe('pause and resume', () => {
  test('offline nothing is sent; changes are kept; online everything goes out at once', async () => {
    const { edit, environment, server, network, state } = await openTestEngine({ online: false })
    edit(undefined, tent)
    await environment.advance(60_000)
    expect([server.pushes, server.pulls]).toEqual([[], []])
    expect(state()).toMatchObject({ phase: 'paused', paused: ['offline'], pending: 1 })
    network('online')
    await environment.settle()
    expect(server.pushes).toHaveLength(1)
    expect(state()).toMatchObject({ paused: [], pending: 0 })
  })

  test('each reason is lifted by itself', async () => {
    const { engine, environment, server, network, state } = await openTestEngine()
    engine.pause('user')
    network('offline')
    await environment.settle()
    const before = server.pulls.length
    engine.resume('user')
    await environment.settle()
    expect(state().paused).toEqual(['offline'])
    expect(server.pulls).toHaveLength(before)
    network('online')
    await environment.settle()
    expect(server.pulls.length).toBeGreaterThan(before)
  })

  test('news of the network ends a wait after failures', async () => {
    const { edit, environment, server, network } = await openTestEngine()
    server.onPush = () => Promise.reject(failure('network'))
    edit(undefined, tent)
    await environment.advance(3_000)
    const before = server.pushes.length
    network('online')
    await environment.settle()
    expect(server.pushes).toHaveLength(before + 1)
  })
})

/** A device whose every push is answered with 401, and whose renewals of the session end as told. */
async function withSession(answers: Awaited<ReturnType<RefreshSession>>[]) {
  const asked: string[] = []
  const refreshSession = () => {
    asked.push('refresh')
    return Promise.resolve(answers.shift()!)
  }
  const device = await openTestEngine({ parts: { refreshSession } })
  device.server.onPush = () => Promise.reject(failure('auth'))
  device.edit(undefined, tent)
  await device.environment.advance(100)
  return { ...device, asked }
}

describe('[ID1] a token that is not taken', () => {
  test('is renewed once; when that does not help the queue pauses and loses nothing', async () => {
    const { asked, state, server, environment } = await withSession(['refreshed'])
    expect(asked).toHaveLength(1)
    expect(server.pushes).toHaveLength(2)
    await environment.advance(120_000)
    expect(server.pushes).toHaveLength(2)
    expect(state()).toMatchObject({ phase: 'paused', paused: ['signed-out'], pending: 1, rejected: [], conflicts: [] })
  })

  test('after the person has signed in, the same ops go out', async () => {
    const { engine, environment, server, state } = await withSession(['sign-in'])
    expect(state().paused).toEqual(['signed-out'])
    server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
    engine.resume('signed-out')
    await environment.settle()
    expect(server.pushes[1]).toEqual(server.pushes[0])
    expect(state()).toMatchObject({ paused: [], pending: 0 })
  })

  test('a renewal that fails for want of a network is tried again later', async () => {
    const { asked, environment, state } = await withSession(['unreachable', 'unreachable', 'sign-in'])
    expect(state()).toMatchObject({ phase: 'retrying', paused: [], pending: 1 })
    await environment.advance(5_000)
    expect(asked).toHaveLength(3)
    expect(state().paused).toEqual(['signed-out'])
  })
})

describe('[ID2] an answer for another user', () => {
  const applyAsBen = pushResult([], 'ben')

  test('to a push changes nothing, and asks the person to sign in', async () => {
    const { edit, environment, server, state, storage } = await openTestEngine()
    server.onPush = ({ ops }) => Promise.resolve({ ...applyAsBen, answers: ops.map(applied) })
    edit(undefined, tent)
    await environment.advance(100)
    expect(state()).toMatchObject({ paused: ['signed-out'], pending: 1, lastError: { kind: 'auth', code: 'wrong-user' } })
    expect((await storage.readAll()).map(([key]) => key.split('/')[0])).toEqual(['asOf', 'batch', 'change', 'commits', 'device', 'epoch', 'schema', 'sequence', 'term'])
  })

  test('to a pull is thrown away whole: nothing is shown, stored or evicted', async () => {
    const { engine, environment, server, shown, storage } = await openTestEngine()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf()] }))
    engine.syncNow()
    await environment.settle()
    const before = await storage.readAll()
    const wrong: PullPage = pageOf({ user: 'ben', cursors: { alps: '1' }, rows: [rowOf({ id: 'cup' })], gone: [{ scope: 'lakes', reason: 'revoked' }] })
    server.onPull = () => Promise.resolve(wrong)
    engine.syncNow()
    await environment.settle()
    expect(await storage.readAll()).toEqual(before)
    expect(shown('items', 'cup')).toBeUndefined()
    expect(shown('items', 'tent')).toEqual(rowOf().fields)
  })
})
