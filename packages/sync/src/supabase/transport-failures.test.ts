import { HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'
import type { FailureKind } from '../core/failure.ts'
import { debounce } from '../core/next-step.ts'
import { keys } from '../core/records.ts'
import { openServedDevice, type PullReply, type Reply, type ServedDevice } from '../test/served-device.ts'

const json = (body: object, status: number) => HttpResponse.json(body, { status })
const html = (body: string, status: number) => HttpResponse.html(`<html><body>${body}</body></html>`, { status })
const tent = { tripId: 'lakes', name: 'Tent' }

/** A body that breaks off in the middle, as when the connection is reset. */
function tornOff(): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (stream) => stream.enqueue(new TextEncoder().encode('{"user":"ann","now":')),
    pull: (stream) => stream.error(new Error('ECONNRESET')),
  })
  return new HttpResponse(body, { headers: { 'content-type': 'application/json' } })
}

const date = (milliseconds: number) => new Date(1_700_000_000_000 + milliseconds).toUTCString()
const expired = () => json({ code: 'PGRST303', message: 'JWT expired' }, 401)

/** All is done; of the first op something else is told. */
const spoil =
  (told: (answer: { op_id: string }) => readonly object[]): Reply =>
  ({ ops, carryOut }) => {
    const result = carryOut()
    return json({ ...result, answers: [...result.answers.slice(1), ...told({ op_id: ops[0]!.op_id })] }, 200)
  }
const asBen: Reply = ({ carryOut }) => json({ ...carryOut(), user: 'ben' }, 200)

const row = { id: 'tent', trip_id: 'lakes', name: 'Tent', sync_version: 1 }
const firstPage: PullReply = (page) => json(page({ scopes: { lakes: '1' }, rows: { items: [row] } }), 200)
const pageAsBen: PullReply = (page) => json(page({ user: 'ben', gone: [{ scope: 'lakes', reason: 'revoked' }], scopes: { alps: '1' } }), 200)

/** Longer than any wait between two attempts. */
const longest = 10_000

/** What the device holds, save how its requests went. */
const recordsOf = async ({ storage }: ServedDevice) => (await storage.readAll()).filter(([key]) => key !== keys.breaker && key !== keys.commits)
const kindsOf = async (device: ServedDevice) => (await recordsOf(device)).map(([key]) => key.split('/')[0])

describe('a push that fails as a whole goes out again as it was, and nothing is lost or doubled', () => {
  const failures: [string, Reply, FailureKind, string][] = [
    ['500 from the database', () => json({ code: 'XX000', message: 'internal error' }, 500), 'server', 'XX000'],
    ['502 with a page of the proxy', () => html('Bad Gateway', 502), 'server', '502'],
    ['503 from PostgREST without a database', () => json({ code: 'PGRST001', message: 'no connection' }, 503), 'server', 'PGRST001'],
    ['504 from the gateway', () => html('Gateway Timeout', 504), 'server', '504'],
    ['540, a project that was paused', () => json({ message: 'Project paused' }, 540), 'server', '540'],
    ['429 without a word on how long', () => new HttpResponse('slow down', { status: 429 }), 'rate-limit', '429'],
    ['402, a project over its quota', () => json({ message: 'exceeded' }, 402), 'validation', '402'],
    ['403, a missing grant on the function', () => json({ code: '42501', message: 'permission denied' }, 403), 'permission', '42501'],
    ['404, functions that are not installed', () => json({ code: 'PGRST202', message: 'no function' }, 404), 'validation', 'PGRST202'],
    ['400, functions that do not fit their tables', () => json({ code: '42703', message: 'no column' }, 400), 'validation', '42703'],
    ['no connection', () => HttpResponse.error(), 'network', '0'],
    ['a reset in the middle of the answer', tornOff, 'network', '0'],
    ['an answer that was cut off', ({ carryOut }) => new HttpResponse(JSON.stringify(carryOut()).slice(0, -9)), 'server', 'bad-answer'],
    ['204 without an answer', () => new HttpResponse(null, { status: 204 }), 'server', 'bad-answer'],
    ['the login page of a hotel', () => html('Welcome', 200), 'server', 'bad-answer'],
    ['a captive portal that speaks JSON', () => json({ login: 'https://hotel.test' }, 200), 'server', 'bad-answer'],
  ]

  test.each(failures)('[OB2] [OB3] %s', async (...[, reply, kind, code]) => {
    const device = await openServedDevice()
    const { environment, replies, pushes, state, shown, effects, add } = device
    replies.push(reply)
    add('tent')
    await environment.advance(100)
    expect(state()).toMatchObject({ pending: 1, lastError: { kind, code }, paused: [], rejected: [], conflicts: [] })
    expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })
    expect(await kindsOf(device)).toContain('change')

    add('cup')
    await environment.advance(longest)
    expect(pushes[1]).toEqual(pushes[0])
    expect(state()).toMatchObject({ phase: 'idle', pending: 0, lastError: null, rejected: [], conflicts: [] })
    expect(pushes.slice(1).map((ops) => ops.map(({ id }) => id))).toEqual([['tent'], ['cup']])
    expect(effects).toHaveLength(2)
    expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })
    expect(await kindsOf(device)).not.toContain('change')
  })
})

test('[OB3] a request that takes too long is given up and sent again', async () => {
  const { environment, replies, pushes, state, effects, add, timeOut } = await openServedDevice()
  replies.push(() => {
    timeOut()
    return new Promise<Response>(() => {})
  })
  add('tent')
  await environment.advance(100)
  expect(state()).toMatchObject({ pending: 1, lastError: { kind: 'network' } })
  await environment.advance(longest)
  expect(pushes[1]).toEqual(pushes[0])
  expect(state()).toMatchObject({ pending: 0, lastError: null })
  expect(effects).toHaveLength(1)
})

test('[PU1] an answer that was lost after all was done: the same ops go out again, and `duplicate` ends it', async () => {
  const { environment, replies, pushes, state, effects, shown, add } = await openServedDevice()
  replies.push(({ carryOut }) => {
    carryOut()
    return HttpResponse.error()
  })
  add('tent')
  add('cup')
  await environment.advance(100)
  expect(effects).toHaveLength(2)
  expect(state()).toMatchObject({ pending: 2 })
  await environment.advance(longest)
  expect(pushes).toHaveLength(2)
  expect(pushes[1]).toEqual(pushes[0])
  expect(effects).toHaveLength(2)
  expect(state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
  expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })
})

describe('[C6] a server that says how long to wait is not asked sooner, and then for the same', () => {
  const waits: [string, () => Response][] = [
    ['429, in seconds', () => new HttpResponse('slow down', { status: 429, headers: { 'retry-after': '30' } })],
    ['429, as a date', () => new HttpResponse('slow down', { status: 429, headers: { 'retry-after': date(30_000), date: date(0) } })],
    ['503, in seconds', () => HttpResponse.json({ code: 'PGRST001', message: 'no connection' }, { status: 503, headers: { 'retry-after': '30' } })],
  ]
  test.each(waits)('%s', async (_how, reply) => {
    const { environment, replies, pushes, state, effects, add } = await openServedDevice()
    replies.push(reply)
    add('tent')
    await environment.advance(debounce)
    expect(pushes).toHaveLength(1)
    await environment.advance(29_999)
    expect(pushes).toHaveLength(1)
    await environment.advance(1)
    expect(pushes[1]).toEqual(pushes[0])
    expect(effects).toHaveLength(1)
    expect(state()).toMatchObject({ pending: 0 })
  })
})

describe('[ID1] a token that is not taken', () => {
  const refusals: [string, () => Response][] = [
    ['401 by PostgREST, expired', () => json({ code: 'PGRST303', message: 'JWT expired' }, 401)],
    ['401 by PostgREST, not to be read', () => json({ code: 'PGRST301', message: 'JWSError' }, 401)],
    ['a code alone, behind another status', () => json({ code: 'PGRST301', message: 'JWSError' }, 400)],
    ['401 by the gateway', () => json({ message: 'Unauthorized' }, 401)],
    ['401 by the function, to which it is anonymous', () => json({ code: 'PT401', message: 'Sign in.' }, 401)],
  ]
  test.each(refusals)('%s: it is renewed once, and the same ops go out at once, as no attempt was made', async (_how, refusal) => {
    const { environment, replies, pushes, refreshes, state, effects, add } = await openServedDevice()
    const tokens: (string | null)[] = []
    replies.push(
      ({ token }) => {
        tokens.push(token)
        return refusal()
      },
      ({ token, carryOut }) => {
        tokens.push(token)
        return json(carryOut(), 200)
      },
    )
    add('tent')
    await environment.advance(debounce)
    expect(tokens).toEqual(['Bearer token-0', 'Bearer token-1'])
    expect(refreshes()).toBe(1)
    expect(pushes[1]).toEqual(pushes[0])
    expect(effects).toHaveLength(1)
    expect(state()).toMatchObject({ pending: 0, paused: [], lastError: null })
  })

  test('also after it was renewed: the queue waits for the person, and holds all that it held', async () => {
    const { engine, environment, replies, pushes, refreshes, state, effects, shown, add } = await openServedDevice()
    replies.push(expired, expired)
    add('tent')
    await environment.advance(100)
    add('cup')
    await environment.advance(600_000)
    expect([refreshes(), pushes.length]).toEqual([1, 2])
    expect(state()).toMatchObject({ phase: 'paused', paused: ['signed-out'], pending: 2, rejected: [], conflicts: [] })
    expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })

    engine.resume('signed-out')
    await environment.advance(100)
    expect(pushes[2]).toEqual(pushes[0])
    expect(state()).toMatchObject({ pending: 0, paused: [] })
    expect(effects).toHaveLength(2)
  })
})

test('[ID2] an answer for another user confirms nothing, however often it comes', async () => {
  const device = await openServedDevice()
  const { environment, replies, pushes, state, shown, add } = device
  replies.push(asBen, asBen)
  add('tent')
  await environment.advance(100)
  expect(state()).toMatchObject({ paused: ['signed-out'], pending: 1, rejected: [], lastError: { kind: 'auth', code: 'wrong-user' } })
  expect(pushes[1]).toEqual(pushes[0])
  expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })
  expect(await kindsOf(device)).toContain('change')
})

describe('[PU3] answers that are not what was asked for harm no other', () => {
  const spoilt: [string, Reply][] = [
    ['an op without an answer', spoil(() => [])],
    ['a status that nobody knows', spoil(({ op_id }) => [{ op_id, status: 'postponed', version: 1 }])],
    ['no status', spoil(({ op_id }) => [{ op_id }])],
    ['an answer to an op that was never sent', spoil(() => [{ op_id: 'never', status: 'applied', version: 1 }])],
    ['`applied` without a version', spoil(({ op_id }) => [{ op_id, status: 'applied' }])],
    ['`merged` without the row', spoil(({ op_id }) => [{ op_id, status: 'merged', version: 1 }])],
    ['`merged` with a row that is none', spoil(({ op_id }) => [{ op_id, status: 'merged', version: 1, row: {} }])],
    ['`merged` with the row of another', spoil(({ op_id }) => [{ op_id, status: 'merged', version: 1, row: { ...row, id: 'map' } }])],
    ['`conflict` with a row that is none', spoil(({ op_id }) => [{ op_id, status: 'conflict', version: 1, row: {} }])],
  ]
  test.each(spoilt)('%s: it alone goes out again, as it was', async (_what, reply) => {
    const { environment, replies, pushes, state, shown, add } = await openServedDevice()
    replies.push(reply)
    add('tent')
    add('cup')
    await environment.advance(100)
    expect(state()).toMatchObject({ pending: 1, rejected: [], conflicts: [] })
    expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })
    await environment.advance(longest)
    expect(pushes).toHaveLength(2)
    expect(pushes[1]).toEqual(pushes[0]!.slice(0, 1))
    expect(state()).toMatchObject({ pending: 0, rejected: [], conflicts: [] })
    expect(shown('items', 'cup')).toMatchObject({ name: 'cup' })
  })
})

describe('a pull that fails changes nothing on the device, and is made up for', () => {
  const failures: [string, PullReply, FailureKind][] = [
    ['502 with a page of the proxy', () => html('Bad Gateway', 502), 'server'],
    ['a reset in the middle of the page', tornOff, 'network'],
    ['a page that was cut off', (page) => new HttpResponse(JSON.stringify(page()).slice(0, -9)), 'server'],
    ['the login page of a hotel', () => html('Welcome', 200), 'server'],
    ['a captive portal that speaks JSON', () => json({ rows: [], user: 'ann' }, 200), 'server'],
    ['a row without an id', (page) => json(page({ scopes: { lakes: '9' }, rows: { items: [{}] } }), 200), 'server'],
    ['a row without a version', (page) => json(page({ scopes: { lakes: '9' }, rows: { items: [{ ...row, sync_version: null }] } }), 200), 'server'],
    ['204 without a page', () => new HttpResponse(null, { status: 204 }), 'server'],
  ]
  test.each(failures)('[PL1] %s', async (_what, reply, kind) => {
    const device = await openServedDevice()
    const { engine, environment, pullReplies, state, shown } = device
    pullReplies.push(firstPage)
    engine.syncNow()
    await environment.settle()
    const before = await recordsOf(device)
    pullReplies.push(reply)
    engine.syncNow()
    await environment.settle()
    expect(state().lastError).toMatchObject({ kind })
    expect(await recordsOf(device)).toEqual(before)
    expect(shown('items', 'tent')).toEqual(tent)

    pullReplies.push((page) => json(page({ scopes: { lakes: '2' }, rows: { items: [{ ...row, name: 'Big tent', sync_version: 2 }] } }), 200))
    await environment.advance(longest)
    expect(state().lastError).toBeNull()
    expect(shown('items', 'tent')).toEqual({ ...tent, name: 'Big tent' })
  })

  test('[ID2] [PL4] a page for another user is thrown away, and the person is asked to sign in', async () => {
    const device = await openServedDevice()
    const { engine, environment, pullReplies, refreshes, state, shown } = device
    pullReplies.push(firstPage)
    engine.syncNow()
    await environment.settle()
    const before = await recordsOf(device)
    pullReplies.push(pageAsBen, pageAsBen)
    engine.syncNow()
    await environment.advance(longest)
    expect(refreshes()).toBe(1)
    expect(state()).toMatchObject({ paused: ['signed-out'], lastError: { kind: 'auth', code: 'wrong-user' } })
    expect(await recordsOf(device)).toEqual(before)
    expect(shown('items', 'tent')).toEqual(tent)
  })
})
