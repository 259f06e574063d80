import { expect, test } from 'vitest'
import { firstCursor, keys } from '../core/records.ts'
import { unseal } from '../core/sealed.ts'
import { changeOf, collectionsOf, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { pageOf } from '../testing/scripted-server.ts'
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
    const gone = Object.keys(cursors).filter((scope) => deleted.has(scope)).map((scope) => ({ scope, reason: 'deleted' as const }))
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
