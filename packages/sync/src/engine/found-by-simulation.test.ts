import { expect, test } from 'vitest'
import { entityKey, plan } from '../core/plan.ts'
import { firstCursor, keys } from '../core/records.ts'
import { unseal } from '../core/sealed.ts'
import { changeOf, collectionsOf, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { Draft } from './draft.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import { Quarantine } from './quarantine.ts'

// Each was lost once in a life that the simulation (testing/simulation.ts) made up; the seed is of the day it was found.

test('[PL4] a trip that was pushed, and deleted by another device before its first pull, leaves this device (seed 84)', async () => {
  const storage = memoryStorage()
  await storage.commit(sealedWrite({ append: [changeOf({ kind: 'create', patch: { tripId: 'lakes', name: 'Tent' }, baseValues: {}, baseVersion: null })] }))
  const device = await openTestEngine({ storage })
  const deleted = new Set<string>()
  // The server tells only of scopes that it is asked for, and its etag is as before the trip was made.
  device.server.onPull = ({ cursors, etag }) => {
    if (etag === 'nothing') return Promise.resolve('unchanged')
    const gone = Object.keys(cursors ?? {}).filter((scope) => deleted.has(scope)).map((scope) => ({ scope, reason: 'deleted' as const }))
    return Promise.resolve(pageOf({ etag: 'nothing', gone }))
  }
  deleted.add('lakes')
  await device.environment.advance(10_000)
  expect(device.server.pulls.map(({ cursors, etag }) => [cursors, etag])).toContainEqual([{ lakes: firstCursor }, null])
  expect(device.shown('items', 'tent')).toBeNull()
})

const parked = (conflictId: string, sequence: number, name: string): [string, unknown] => [
  keys.conflict(conflictId),
  { conflictId, kind: 'edit-edit', collection: 'items', id: 'tent', fields: [], changes: [recordedOf(sequence, { patch: { name } })], time: 1 },
]

test('[OB4] what is seen of a row with two parked changes does not hang on the order of their random ids (seed 478)', () => {
  const [first, second] = [parked('b', 1, 'First'), parked('a', 2, 'Second')]
  for (const puts of [[first, second], [second, first]]) {
    expect(replicaOf({ puts, rows: [rowOf()] }).view({ collection: 'items', id: 'tent' })).toMatchObject({ name: 'Second' })
  }
})

test('[PU5] a delete that is undone before it was sent goes out without what only the server fills in (seed 0)', async () => {
  const device = await openTestEngine()
  const createdAt = '2026-11-21T00:00:00Z'
  const tent = rowOf({ fields: { tripId: 'lakes', name: 'Tent', createdAt } })
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [tent] }))
  device.engine.syncNow()
  await device.environment.settle()
  device.server.onPull = () => Promise.resolve(pageOf())
  for (const back of [{ id: 'tent', tripId: 'lakes', name: 'Tent' }, { id: 'tent', ...tent.fields }]) {
    device.edit({ id: 'tent', ...tent.fields }, undefined)
    device.edit(undefined, back)
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)).toMatchObject([{ kind: 'replace', patch: { tripId: 'lakes', name: 'Tent' } }])
    expect(device.server.pushes.at(-1)?.[0]?.patch).not.toHaveProperty('createdAt')
    // A replace that changed nothing is nothing to pull: what was known of the row must stay.
    expect(device.shown('items', 'tent')).toEqual(tent.fields)
  }
})

test('[OB8] an edit that comes while a refusal is being written does not slip into that record (seed 561)', () => {
  const replica = replicaOf({ rows: [rowOf()], changes: [recordedOf(1)] })
  const draft = new Draft(replica)
  new Quarantine({ collections: collectionsOf(), environment: fakeEnvironment(), replica, draft }).refuse(rowOf(), { status: 'invalid', code: '23514', message: 'Too big.' })
  const [[, sealed]] = sealedWrite(draft.write()).puts as [[string, unknown]]
  replica.apply([[keys.change(2), recordedOf(2)]])
  expect(unseal(sealed)).toMatchObject({ is: 'whole', value: { changes: [{ sequence: 1 }] } })
})

test('[PL4] a row that is deleted and made again in another trip goes to that trip (seed 46)', () => {
  const fields = { tripId: 'lakes', name: 'Tent' }
  const changes = [
    recordedOf(1, { kind: 'delete', patch: {}, baseValues: fields }),
    recordedOf(2, { kind: 'create', scope: 'hills', patch: { ...fields, tripId: 'hills' }, baseValues: {} }),
  ]
  const { ops } = plan([changes], { collections: collectionsOf(), limit: { ops: 10, bytes: 10_000 }, newId: () => 'op' })
  expect(ops).toMatchObject([{ kind: 'replace', scope: 'hills', patch: { tripId: 'hills' } }])
})

test('[PL6] a row that was moved lies in its new trip at once, and leaves the device with that (seed 1354)', async () => {
  const storage = memoryStorage()
  const rows = [rowOf({ collection: 'trips', id: 'hills', scope: 'hills', fields: { name: 'Hills' } })]
  await storage.commit(sealedWrite({
    puts: [
      [keys.epoch, 'epoch-1'], [keys.scope('lakes'), { scope: 'lakes', cursor: '1' }], [keys.scope('hills'), { scope: 'hills', cursor: '1' }],
      [keys.page('items', 'lakes', 0), { rows: [rowOf()] }], [keys.page('trips', 'hills', 0), { rows }],
    ],
  }))
  const device = await openTestEngine({ storage })
  device.edit({ id: 'tent', ...rowOf().fields }, { id: 'tent', ...rowOf().fields, tripId: 'hills' })
  device.server.onPull = () => Promise.resolve(pageOf({ gone: [{ scope: 'hills', reason: 'deleted' }], deleted: [{ collection: 'items', id: 'tent', scope: 'lakes', version: 2 }] }))
  await device.environment.advance(10_000)
  expect(device.server.pushes).toHaveLength(1)
  expect(device.shown('items', 'tent')).toBeNull()
})

test('[PL5] what was confirmed before the server was restored goes, also when nothing had been pulled by then (seed 108)', async () => {
  const storage = memoryStorage()
  await storage.commit(sealedWrite({ append: [changeOf({ kind: 'create', patch: { tripId: 'lakes', name: 'Tent' }, baseValues: {}, baseVersion: null })] }))
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ epoch: 'restored' }))
  const device = await openTestEngine({ storage, server })
  await device.environment.advance(10_000)
  expect(device.shown('items', 'tent')).toBeNull()
})

test('[PL5] after a page that set a scope back, everything is asked for (seed 177)', async () => {
  const device = await openTestEngine()
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '7' }, rows: [rowOf()], etag: 'seven' }))
  device.engine.syncNow()
  await device.environment.advance(100)
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '5' }, reset: ['lakes'], etag: null }))
  device.poke('lakes')
  await device.environment.advance(100)
  device.server.onPull = ({ etag }) => Promise.resolve(etag === 'seven' ? 'unchanged' : pageOf({ cursors: { lakes: '7' }, rows: [rowOf()], etag: 'seven' }))
  device.engine.syncNow()
  await device.environment.advance(100)
  expect(device.shown('items', 'tent')).toEqual(rowOf().fields)
})

test('[OB8] what is written of an entity’s changes is not altered by a later one (seed 3129)', () => {
  const { outbox } = replicaOf({ changes: [recordedOf(1)] })
  const before = outbox.recordedOf(entityKey('items', 'tent'))
  outbox.add(recordedOf(2))
  expect(before).toHaveLength(1)
})

const parkedAt = (conflictId: string, time: number, name: string): [string, unknown] => [
  keys.conflict(conflictId),
  { conflictId, kind: 'edit-edit', collection: 'items', id: 'tent', fields: [], changes: [recordedOf(7, { patch: { name }, time })], time },
]

test('[OB4] two parked changes that stand for one edit are seen in the order of their times (seed 2560)', () => {
  const [first, second] = [parkedAt('b', 1, 'First'), parkedAt('a', 2, 'Second')]
  for (const puts of [[first, second], [second, first]]) {
    expect(replicaOf({ puts, rows: [rowOf()] }).view({ collection: 'items', id: 'tent' })).toMatchObject({ name: 'Second' })
  }
})

test('[E4] an answer to what was asked before a resync takes nothing away (seed 1525)', async () => {
  const device = await openTestEngine()
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf()] }))
  device.engine.syncNow()
  await device.environment.settle()
  const answer = gate<ReturnType<typeof pageOf>>()
  device.server.onPull = () => answer.passed
  device.engine.syncNow()
  await device.environment.settle()
  await device.engine.resync()
  device.server.onPull = ({ cursors }) => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: cursors?.['lakes'] === firstCursor ? [rowOf()] : [] }))
  answer.open(pageOf({ cursors: { lakes: '1' } }))
  await device.environment.advance(10_000)
  expect(device.shown('items', 'tent')).toEqual(rowOf().fields)
  expect(device.server.pulls.map(({ cursors }) => cursors)).toContainEqual({ lakes: firstCursor })
})

test.each([
  { what: 'of news, before an old answer', early: [8], late: [], asked: ['all', 'lakes', 'all'] },
  { what: 'of news, after an old answer', early: [], late: [8], asked: ['all', 'lakes', 'all'] },
  { what: 'of no news, after an old answer', early: [], late: [7], asked: ['all', 'all'] },
])('[PL2] [PL4] a poke $what: everything is asked for again after a second (seed 5650)', async ({ early, late, asked }) => {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ asOf: 700, cursors: { lakes: '7' }, rows: [rowOf()] }))
  const device = await openTestEngine({ server })
  device.line('joined')
  await device.environment.settle()
  // The user has got a second trip, of which a replica that lags knows nothing; the poke is of the first one.
  const { passed, open } = gate()
  const trip = rowOf({ collection: 'trips', id: 'alps', scope: 'alps', fields: { name: 'Alps' } })
  const fresh = pageOf({ asOf: 702, cursors: { alps: '1' }, rows: [trip] })
  let lags = true
  server.onPull = async ({ only }) => {
    if (only) return pageOf({ asOf: 701, cursors: { lakes: '8' } })
    if (!lags) return fresh
    lags = false
    await passed
    return pageOf({ asOf: 699 })
  }
  const before = server.pulls.length
  device.engine.syncNow()
  await device.environment.settle()
  for (const number of early) device.poke('lakes', number)
  open()
  await device.environment.settle()
  for (const number of late) device.poke('lakes', number)
  await device.environment.advance(1_000)
  expect(server.pulls.slice(before).map(({ only }) => (only ? 'lakes' : 'all'))).toEqual(asked)
  expect(device.shown('trips', 'alps')).toEqual({ name: 'Alps' })
})

test('[PL2] pokes of one scope, however many, do not put off the poll that finds what Realtime dropped of another (seed 5650)', async () => {
  const server = scriptedServer()
  let number = 7
  server.onPull = () => Promise.resolve(pageOf({ asOf: 700 + number, cursors: { lakes: String(number) }, rows: [] }))
  const device = await openTestEngine({ server })
  device.line('joined')
  await device.environment.settle()
  const before = server.pulls.length
  for (number = 8; number < 14; number += 1) {
    device.poke('lakes', number)
    await device.environment.advance(60_000)
  }
  const asked = server.pulls.slice(before).map(({ only }) => (only ? 'lakes' : 'all'))
  expect(asked).toEqual(['lakes', 'lakes', 'lakes', 'lakes', 'lakes', 'all', 'lakes'])
})
