import { describe, expect, test } from 'vitest'
import { classify } from '../core/failure.ts'
import type { Op } from '../core/types.ts'
import { gate } from '../testing/gate.ts'
import { applied, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { TransportError } from './ports.ts'

const ids = ['a', 'b', 'c', 'd', 'e']
const failure = (status: number, code = String(status)) => new TransportError(`status ${status}`, { kind: classify({ status, code }), code, status })

interface Case {
  readonly fails: (ops: readonly Op[]) => TransportError | null
  /** The first ones are done in one atomic step. */
  readonly unit?: number
  /** Milliseconds. */
  readonly for?: number
}

/** Five creates, pushed to a server at which some requests break. */
async function pushed({ fails, unit = 0, for: time = 60_000 }: Case): Promise<TestEngine> {
  const device = await openTestEngine()
  device.server.onPush = ({ ops }) => {
    const error = fails(ops)
    return error === null ? Promise.resolve(pushResult(ops.map(applied))) : Promise.reject(error)
  }
  device.engine.pause('user')
  const edits = ids.map((id) => ({ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } }))
  if (unit > 0) device.engine.record({ edits: edits.slice(0, unit), atomic: true })
  for (const edit of edits.slice(unit)) device.engine.record({ edits: [edit], atomic: false })
  await device.engine.flush()
  device.engine.resume('user')
  await device.environment.advance(time)
  return device
}

const sent = ({ server }: TestEngine) => server.pushes.map((ops) => ops.map(({ id }) => id).join(''))
const breaksAt = (culprit: string, error: TransportError) => (ops: readonly Op[]) => (ops.some(({ id }) => id === culprit) ? error : null)
const refused = ({ state }: TestEngine) => state().rejected.map(({ id, status, code }) => [id, status, code])

/** The ops are the same in every request: only how many go together changes. */
const areFrozen = ({ server }: TestEngine) => new Set(server.pushes.flat().map(({ opId }) => opId)).size === ids.length

describe('[OB3] a request that is refused as a whole', () => {
  test.each([
    [400, 'P0001'],
    [409, '23505'],
    [422, '422'],
  ])('with %d is halved down to the change that is to blame, which waits in the tray; the rest flows', async (status, code) => {
    const device = await pushed({ fails: breaksAt('b', failure(status, code)), for: 1_000 })
    expect(sent(device)).toEqual(['abcde', 'abc', 'ab', 'a', 'bc', 'b', 'c', 'de'])
    expect(refused(device)).toEqual([['b', 'invalid', code]])
    expect(device.state()).toMatchObject({ pending: 0, health: 'healthy' })
    expect(areFrozen(device)).toBe(true)
  })

  test('finds several that are to blame', async () => {
    const device = await pushed({ fails: (ops) => breaksAt('a', failure(400))(ops) ?? breaksAt('e', failure(400))(ops), for: 1_000 })
    expect(refused(device).map(([id]) => id)).toEqual(['a', 'e'])
    expect(device.state().pending).toBe(0)
  })

  test('[A7] a unit is never cut: it is to blame as a whole', async () => {
    const device = await pushed({ fails: breaksAt('b', failure(400)), unit: 3, for: 1_000 })
    expect(sent(device).every((request) => !/a|b|c/.test(request) || request.includes('abc'))).toBe(true)
    expect(new Set(refused(device).map(([id]) => id))).toEqual(new Set(['a', 'b', 'c']))
    expect(device.state().pending).toBe(0)
  })

  test('for a want of rights or of functions is not to be blamed on a change: all is kept', async () => {
    const device = await pushed({ fails: () => failure(404), for: 300_000 })
    expect(device.state()).toMatchObject({ pending: 5, rejected: [] })
    expect(new Set(sent(device))).toEqual(new Set(['abcde']))
  })
})

describe('[OB7] a change at which the server breaks', () => {
  test('with 500 is found by smaller requests, tried eight times by itself, and waits in the tray', async () => {
    const device = await pushed({ fails: breaksAt('b', failure(500)), for: 600_000 })
    expect(refused(device)).toEqual([['b', 'invalid', '500']])
    expect(sent(device).filter((request) => request === 'b')).toHaveLength(8)
    expect(device.state().pending).toBe(0)
    expect(areFrozen(device)).toBe(true)
  })

  test.each([
    ['502', failure(502)],
    ['503', failure(503)],
    ['504', failure(504)],
    ['no answer', failure(0)],
    ['429', failure(429)],
  ])('never for %s: it is tried until it gets through', async (_, error) => {
    let isDown = true
    const device = await pushed({ fails: () => (isDown ? error : null), for: 900_000 })
    expect(device.state()).toMatchObject({ pending: 5, rejected: [] })
    expect(device.server.pushes.length).toBeGreaterThan(5)
    isDown = false
    await device.environment.advance(10_000)
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
  })

  test('failures count in a row: an answer in between, even one to send it again, begins anew', async () => {
    const device = await openTestEngine()
    let attempts = 0
    device.server.onPush = ({ ops }) => {
      attempts += 1
      if (attempts === 8) return Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'retry', code: '40P01', message: 'deadlock' }))))
      return attempts < 16 ? Promise.reject(failure(500)) : Promise.resolve(pushResult(ops.map(applied)))
    }
    device.edit(undefined, { tripId: 'lakes', name: 'Tent' })
    await device.environment.advance(600_000)
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
  })
})

describe('[OB3] a request that takes too long', () => {
  test('on a slow line is cut after the second time; the ops stay as they are', async () => {
    const device = await pushed({ fails: (ops) => (ops.length > 2 ? failure(0) : null) })
    expect(sent(device).slice(0, 2)).toEqual(['abcde', 'abcde'])
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
    expect(areFrozen(device)).toBe(true)
  })

  test('at the server (57014) is cut at once, and one by itself is tried eight times', async () => {
    const device = await pushed({ fails: breaksAt('b', failure(500, '57014')), for: 600_000 })
    expect(sent(device).slice(0, 2)).toEqual(['abcde', 'abc'])
    expect(refused(device)).toEqual([['b', 'invalid', '57014']])
    expect(sent(device).filter((request) => request === 'b')).toHaveLength(8)
  })

  test('after it got through, requests grow again', async () => {
    let narrow = true
    const device = await pushed({ fails: (ops) => (narrow && ops.length > 1 ? failure(413) : null), for: 1_000 })
    expect(sent(device).at(-1)).not.toBe('abcde')
    narrow = false
    for (const id of ids) device.engine.record({ edits: [{ collection: 'items', id, before: { tripId: 'lakes', name: id }, after: { tripId: 'lakes', name: 'new' } }], atomic: false })
    await device.environment.advance(1_000)
    expect(sent(device).slice(-2).join('')).toBe('abcde')
  })
})

test('[F1] a push that was answered is told: ops, changes, milliseconds, conflicts, refusals', async () => {
  const device = await openTestEngine()
  const answer = gate()
  device.server.onPush = async ({ ops }) => {
    await answer.passed
    const [first, second, ...rest] = ops
    return pushResult([{ opId: first!.opId, status: 'invalid', code: 'x', message: 'x' }, { opId: second!.opId, status: 'deleted' }, ...rest.map(applied)])
  }
  for (const id of ids) device.engine.record({ edits: [{ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } }], atomic: false })
  device.engine.record({ edits: [{ collection: 'items', id: 'e', before: { tripId: 'lakes', name: 'e' }, after: { tripId: 'lakes', name: 'E' } }], atomic: false })
  await device.environment.advance(100)
  answer.open()
  await device.environment.settle()
  expect(device.events).toContainEqual({ type: 'pushed', ops: 5, changes: 6, bytes: expect.any(Number) as number, milliseconds: 95, conflicts: 1, refused: 1 })
})
