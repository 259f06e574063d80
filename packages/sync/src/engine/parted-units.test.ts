import { expect, test } from 'vitest'
import { manual } from '../core/policies.ts'
import type { Answer } from '../core/types.ts'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import type { PushResult } from './ports.ts'

test('[A7] [OB7] a refusal that takes a later change of a unit into the tray takes all of the unit (seed 23)', async () => {
  const device = await openTestEngine()
  const answer = gate<PushResult>()
  device.server.onPush = ({ ops }) => (device.server.pushes.length === 1 ? answer.passed : Promise.resolve(pushResult(ops.map((op) => applied(op)))))
  device.engine.record({ edits: [{ collection: 'items', id: 'tent', before: undefined, after: { tripId: 'lakes', name: 'Tent' } }], atomic: false })
  await device.environment.advance(1_000)
  const edits = [
    { collection: 'items', id: 'tent', before: { id: 'tent', tripId: 'lakes', name: 'Tent' }, after: { id: 'tent', tripId: 'lakes', name: 'Big tent' } },
    { collection: 'items', id: 'rope', before: undefined, after: { tripId: 'lakes', name: 'Rope' } },
  ]
  device.engine.record({ edits, atomic: true })
  await device.environment.settle()
  const opId = device.server.pushes[0]![0]!.opId
  answer.open(pushResult([{ opId, status: 'invalid', code: 'x', message: 'x' }]))
  await device.environment.advance(1_000)
  expect(device.state().rejected.map(({ id }) => id).sort()).toEqual(['rope', 'tent'])
  expect(device.server.pushes).toHaveLength(1)
})

const asPulled = (id: string) => ({ id, tripId: 'lakes', name: id, quantity: 1 })
const edited = (id: string, patch: object) => ({ collection: 'items', id, before: asPulled(id), after: { ...asPulled(id), ...patch } })

test.each([
  ['is refused', (opId: string): Answer => ({ opId, status: 'forbidden', code: '42501', message: 'No.' })],
  ['needs a person', (opId: string): Answer => ({ opId, status: 'conflict', row: rowOf({ id: 'rope', version: 4, fields: { tripId: 'lakes', name: 'Theirs' } }), edits: {} })],
])('[A7] what was decided of a unit goes with it into the tray, where another of its ops %s (seeds 157, 920)', async (_, other) => {
  const device = await openTestEngine({ collections: collectionsOf({ merge: { name: manual() } }) })
  const rows = ['tent', 'rope'].map((id) => rowOf({ id, fields: { tripId: 'lakes', name: id, quantity: 1 } }))
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows }))
  device.engine.syncNow()
  await device.environment.settle()
  device.server.onPull = () => Promise.resolve(pageOf())
  device.server.onPush = ({ ops }) =>
    Promise.resolve(pushResult(ops.map((op) => (op.id === 'rope' ? other(op.opId) : { opId: op.opId, status: 'conflict', row: rowOf({ version: 4, fields: { tripId: 'lakes', name: 'tent', quantity: 5 } }), edits: {} }))))
  device.engine.record({ edits: [edited('tent', { quantity: 2 }), edited('rope', { name: 'Mine' })], atomic: true })
  await device.environment.advance(1_000)
  expect(device.state().rejected.map(({ id }) => id).sort()).toEqual(['rope', 'tent'])
  expect(device.state()).toMatchObject({ pending: 0, conflicts: [] })
  expect(device.server.pushes).toHaveLength(1)
  expect(device.shown('items', 'tent')).toMatchObject({ quantity: 5 })
})

test('[A7] [PL4] a row that a hopeless unit was told of lies in a scope that is asked for from then on (seed 6591)', async () => {
  const device = await openTestEngine()
  device.server.onPush = ({ ops }) =>
    Promise.resolve(pushResult(ops.map(({ opId, id }) => (id === 'rope' ? { opId, status: 'forbidden', code: '42501', message: 'No.' } : { opId, status: 'conflict', row: rowOf({ scope: 'alps', version: 4, fields: { tripId: 'alps', name: 'Theirs' } }), edits: {} }))))
  device.engine.record({ edits: ['tent', 'rope'].map((id) => ({ collection: 'items', id, before: undefined, after: { id, tripId: 'alps', name: id } })), atomic: true })
  await device.environment.advance(1_000)
  expect(device.shown('items', 'tent')).toMatchObject({ name: 'Theirs' })
  expect(device.server.pulls.at(-1)).toMatchObject({ cursors: { alps: '0' } })
})
