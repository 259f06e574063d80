import { expect, test } from 'vitest'
import { applied, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { TransportError } from './ports.ts'

/** A server, or a proxy before it, that takes requests of so many ops; one op never gets through. */
function narrowServer(most: number, stuck?: string) {
  const server = scriptedServer()
  server.onPush = ({ ops }) => {
    if (ops.length <= most && ops.every(({ id }) => id !== stuck)) return Promise.resolve(pushResult(ops.map(applied)))
    return Promise.reject(new TransportError('The request is too large.', { kind: 'too-large', code: '413' }))
  }
  return server
}

async function editFive({ engine, environment }: TestEngine): Promise<void> {
  engine.pause('user')
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    engine.record({ edits: [{ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } }], atomic: false })
  }
  await engine.flush()
  engine.resume('user')
  await environment.advance(1_000)
}

test('[OB3] a request that is too large is cut until it gets through; the ops stay as they are', async () => {
  const device = await openTestEngine({ server: narrowServer(2) })
  await editFive(device)
  const sent = device.server.pushes.map((ops) => ops.map(({ id }) => id).join(''))
  expect(sent).toEqual(['abcde', 'abc', 'ab', 'cde', 'cd', 'e'])
  const ids = new Map(device.server.pushes[0]!.map((op) => [op.id, op.opId]))
  expect(device.server.pushes.flat().every(({ id, opId }) => ids.get(id) === opId)).toBe(true)
  expect(device.state()).toMatchObject({ pending: 0, rejected: [], lastError: null })
})

test('[OB7] an op that no request can hold waits in the tray; the others go through', async () => {
  const device = await openTestEngine({ server: narrowServer(5, 'b') })
  await editFive(device)
  expect(device.state()).toMatchObject({ pending: 0, rejected: [{ id: 'b', status: 'invalid', code: 'too-large' }] })
  expect(device.shown('items', 'a')).toEqual({ tripId: 'lakes', name: 'a' })
  expect(device.shown('items', 'b')).toBeNull()
})
