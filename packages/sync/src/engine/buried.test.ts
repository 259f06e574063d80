import { expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { recordsIn, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'

const { fields } = rowOf()
const buried = async ({ storage }: TestEngine) => (await recordsIn(storage)).has(keys.buried(rowOf()))

const big = { ...fields, name: 'Big tent' }

/** The edit of a tent waits, and somebody else has deleted it. */
async function deletedUnder(): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ asOf: 700, cursors: { lakes: '7' }, rows: [rowOf({ version: 3 })] }))
  const device = await openTestEngine({ server })
  await device.engine.hold('items')
  device.edit(fields, big)
  await device.environment.advance(100)
  server.onPull = () => Promise.resolve(pageOf({ asOf: 701, cursors: { lakes: '8' }, deleted: [{ collection: 'items', id: 'tent', scope: 'lakes', version: 4 }] }))
  device.engine.syncNow()
  await device.environment.advance(100)
  expect(await buried(device)).toBe(true)
  return device
}

test('[CO2] [OB5] a deleted row is kept for edits that wait; when they come to nothing, it is forgotten', async () => {
  const device = await deletedUnder()
  device.edit(big, fields)
  await device.engine.release('items')
  await device.environment.advance(100)
  expect(device.server.pushes).toEqual([])
  expect([device.state().pending, await buried(device)]).toEqual([0, false])
})

test('[OB7] it is forgotten when what was refused of it is given up, and kept while something of it waits', async () => {
  const device = await deletedUnder()
  // The edit is refused together with the create of a person to whom it hands the tent.
  device.engine.record({ edits: [{ collection: 'people', id: 'bob', before: undefined, after: { tripId: 'lakes' } }], atomic: false })
  device.edit(big, { ...big, personId: 'bob' })
  device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map((op) => (op.id === 'bob' ? { opId: op.opId, status: 'forbidden', code: '42501', message: 'No.' } : applied(op)))))
  await device.environment.advance(1_000)
  expect(device.state().rejected.map(({ id }) => id)).toEqual(['bob', 'tent'])
  expect(await buried(device)).toBe(true)
  await device.engine.decisions.discard([device.state().rejected[0]!.rejectedId])
  expect(await buried(device)).toBe(false)
})
