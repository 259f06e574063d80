import { expect, test } from 'vitest'
import { applied, pageOf, pushResult } from '../testing/scripted-server.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { TransportError } from './ports.ts'

const hour = 3_600_000

test('[OB7] an op that the server never answers waits in the tray at last, and what was edited meanwhile goes out', async () => {
  const device = await openTestEngine()
  const { edit, engine, environment, server, state } = device
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.filter(({ id }) => id !== 'tent').map(applied)))
  edit(undefined, { id: 'tent', tripId: 'lakes', name: 'Tent' })
  await environment.advance(100)
  engine.record({ edits: [{ collection: 'items', id: 'cup', before: undefined, after: { id: 'cup', tripId: 'lakes' } }], atomic: false })
  await environment.advance(120_000)
  expect(state()).toMatchObject({ pending: 0, rejected: [{ id: 'tent', code: 'bad-answer', changes: [{ patch: { name: 'Tent' } }] }] })
  expect(server.pushes.at(-1)).toMatchObject([{ id: 'cup' }])
})

test('[PU3] an op that is answered `retry` blames no change: it stays in the batch, however long', async () => {
  const { edit, environment, server, state } = await openTestEngine()
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'retry', code: '53100', message: 'The disk is full.' }))))
  edit(undefined, { id: 'tent', tripId: 'lakes' })
  await environment.advance(hour)
  expect(state()).toMatchObject({ pending: 1, rejected: [] })
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  await environment.advance(10_000)
  expect(state().pending).toBe(0)
})

/** An environment whose clock can be set. */
function settable() {
  const environment = fakeEnvironment(10 * hour)
  let skew = 0
  const now = () => environment.now() + skew
  return { ...environment, now, setBack: (by: number) => void (skew -= by) }
}

test.each([hour, 120_000])('[C7] a clock that is set back by %i ms while it waits after a failure does not make it wait for the old time', async (by) => {
  const environment = settable()
  const { edit, server, state } = await openTestEngine({ environment })
  server.onPush = () => Promise.reject(new TransportError('No network.', { kind: 'network', code: '0' }))
  server.onPull = () => Promise.reject(new TransportError('No network.', { kind: 'network', code: '0' }))
  edit(undefined, { id: 'tent', tripId: 'lakes' })
  await environment.advance(60_000)
  environment.setBack(by)
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  server.onPull = () => Promise.resolve(pageOf())
  await environment.advance(10_000)
  expect(state()).toMatchObject({ pending: 0, health: 'healthy' })
})

test('[PL2] nor does it make polls wait', async () => {
  const environment = settable()
  const { server } = await openTestEngine({ environment })
  environment.setBack(hour)
  const before = server.pulls.length
  await environment.advance(60_000)
  expect(server.pulls.length).toBeGreaterThan(before + 3)
})

// Found by the simulation (seed 6691): the server had asked for a wait once, that was over long ago.
test.each([0, 60_000])('[C6] nor does a wait that the server asked for %i ms before the clock was set back', async (before) => {
  const environment = settable()
  const { edit, server, state } = await openTestEngine({ environment })
  server.onPush = () => Promise.reject(new TransportError('Too many requests.', { kind: 'rate-limit', code: '429', status: 429, retryAfter: 5_000 }))
  edit(undefined, { id: 'tent', tripId: 'lakes' })
  await environment.advance(30)
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  await environment.advance(before)
  environment.setBack(120_000)
  edit({ id: 'tent', tripId: 'lakes' }, { id: 'tent', tripId: 'lakes', name: 'Tent' })
  await environment.advance(10_000)
  expect(state().pending).toBe(0)
})
