import { HttpResponse } from 'msw'
import { describe, expect, test } from 'vitest'
import { openServedDevice, type Reply } from '../test/served-device.ts'

const json = (body: object, status: number) => HttpResponse.json(body, { status })
const down = () => json({ code: 'PGRST001', message: 'no connection' }, 503)
const tooLarge = () => json({ code: 'PT413', message: 'too many' }, 413)

const times = <Thing>(count: number, thing: Thing) => Array.from({ length: count }, () => thing)

test('[OB3] a request that is too large is cut; the ops stay as they are', async () => {
  const { environment, replies, pushes, state, effects, add } = await openServedDevice()
  replies.push(tooLarge, tooLarge)
  for (const id of ['tent', 'cup', 'map', 'rope']) add(id)
  await environment.advance(100)
  const [whole, half, ...parts] = pushes
  expect(half).toEqual(whole!.slice(0, 2))
  expect(parts.flat()).toEqual(whole)
  expect(effects).toHaveLength(4)
  expect(state()).toMatchObject({ pending: 0, rejected: [] })
})

describe('[OB3] [OB7] a push that is refused as a whole for one change is cut until that is found; it waits in the tray, and the others flow', () => {
  const refusals: [string, () => Response, string][] = [
    ['400', () => json({ code: '22P02', message: 'invalid input' }, 400), '22P02'],
    ['409', () => json({ code: '23505', message: 'duplicate key' }, 409), '23505'],
    ['422', () => json({ message: 'unprocessable' }, 422), '422'],
    ['413 for itself alone', tooLarge, 'too-large'],
    ['500, at which the database breaks', () => json({ code: 'XX000', message: 'internal error' }, 500), 'XX000'],
    ['500, a statement that takes too long', () => json({ code: '57014', message: 'canceling statement' }, 500), '57014'],
  ]
  test.each(refusals)('%s', async (_status, refusal, code) => {
    const { environment, replies, pushes, state, effects, shown, add } = await openServedDevice()
    const poisoned: Reply = ({ ops, carryOut }) => (ops.some(({ id }) => id === 'cup') ? refusal() : json(carryOut(), 200))
    replies.push(...times(100, poisoned))
    for (const id of ['tent', 'cup', 'map', 'rope']) add(id)
    await environment.advance(180_000)
    expect(state()).toMatchObject({ pending: 0, conflicts: [], rejected: [{ id: 'cup', code }] })
    expect(effects).toHaveLength(3)
    expect(shown('items', 'cup')).toBeNull()
    expect(shown('items', 'rope')).toMatchObject({ name: 'rope' })
    const sent = new Map(pushes[0]!.map((op) => [op.op_id, op]))
    for (const op of pushes.flat()) expect(op).toEqual(sent.get(op.op_id))
  })
})

test('[C7] [OB3] after five failures in a row nothing goes out but probes that carry no change; when one gets through, the same ops do', async () => {
  const { environment, replies, pullReplies, pushes, pulls, state, effects, add } = await openServedDevice()
  replies.push(...times(100, down))
  pullReplies.push(...times(100, down))
  add('tent')
  await environment.advance(60_000)
  expect(state()).toMatchObject({ health: 'failed', pending: 1, rejected: [] })
  const [pushesBefore, pullsBefore] = [pushes.length, pulls.length]
  await environment.advance(60_000)
  expect(pushes).toHaveLength(pushesBefore)
  expect(pulls.slice(pullsBefore)).not.toHaveLength(0)
  for (const probe of pulls.slice(pullsBefore)) expect(probe).toEqual({ cursors: {}, only: true })

  replies.splice(0)
  pullReplies.splice(0)
  await environment.advance(10_000)
  expect(pushes.at(-1)).toEqual(pushes[0])
  expect(effects).toHaveLength(1)
  expect(state()).toMatchObject({ health: 'healthy', pending: 0, lastError: null })
})

test('[C7] while pushes fail, what others did comes in, and does not make it well', async () => {
  const { environment, replies, pullReplies, state, shown, add } = await openServedDevice()
  replies.push(...times(100, down))
  pullReplies.push((page) => json(page({ scopes: { lakes: '1' }, rows: { items: [{ id: 'map', trip_id: 'lakes', name: 'Map', sync_version: 1 }] } }), 200))
  add('tent')
  await environment.advance(60_000)
  expect(shown('items', 'map')).toMatchObject({ name: 'Map' })
  expect(state()).toMatchObject({ pending: 1, rejected: [], conflicts: [] })
  expect(state().health).not.toBe('healthy')
})
