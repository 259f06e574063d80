import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { Collection } from '../core/collection.ts'
import { toValidate } from '../schema.ts'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import { pageOf } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'

const validate = toValidate('items', z.looseObject({ name: z.string().trim().min(1, 'An item needs a name.'), unit: z.string().default('piece') }))
const strict = collectionsOf({ validate })
const base = { tripId: 'lakes', name: 'Tent', unit: 'piece' }

/** A pull brings these rows. */
async function hear({ server, engine, environment }: TestEngine, ...rows: ReturnType<typeof rowOf>[]): Promise<void> {
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows }))
  engine.syncNow()
  await environment.advance(100)
  server.onPull = () => Promise.resolve(pageOf())
}

const edit = (id: string, before: object | undefined, after: object | undefined) => ({ collection: 'items', id, before, after })

describe('[A4] an edit that the schema refuses', () => {
  test('is told with the issues, put back on screen, and leaves nothing in the outbox; others of the step are recorded', async () => {
    const device = await openTestEngine({ collections: strict })
    await hear(device, rowOf({ fields: base }), rowOf({ id: 'cup', fields: base }))
    const shows = device.events.length
    device.engine.record({ edits: [edit('tent', base, { ...base, name: ' ' }), edit('cup', base, { ...base, name: 'Mug' })], atomic: false })
    expect(device.events.slice(shows).find(({ type }) => type === 'changeRefused')).toMatchObject({
      entity: { collection: 'items', id: 'tent' },
      issues: ['name: An item needs a name.'],
      error: { kind: 'validation', code: 'invalid-change', time: device.environment.now() },
    })
    await device.environment.advance(100)
    expect(device.server.pushes).toMatchObject([[{ id: 'cup', patch: { name: 'Mug' } }]])
    expect(device.shown('items', 'tent')).toEqual(base)
    expect(device.state().undoable).toBe(1)
  })

  test('of what was not there takes it from the screen', async () => {
    const device = await openTestEngine({ collections: strict })
    device.edit(undefined, { tripId: 'lakes', name: '' })
    expect(device.shown('items', 'tent')).toBeNull()
    expect(device.state()).toMatchObject({ pending: 0, lastError: { code: 'invalid-change' } })
  })

  test('goes in no other collection', async () => {
    const device = await openTestEngine({ collections: strict, online: false })
    device.engine.record({ edits: [{ collection: 'people', id: 'ann', before: undefined, after: { tripId: 'lakes', name: '' } }], atomic: false })
    expect(device.state().pending).toBe(1)
  })

  test('a delete needs no valid entity', async () => {
    const device = await openTestEngine({ collections: strict, online: false })
    device.edit({ ...base, name: '' }, undefined)
    expect(device.state().pending).toBe(1)
  })

  test('what the schema makes of an edit is recorded and shown', async () => {
    const device = await openTestEngine({ collections: strict })
    device.edit(undefined, { tripId: 'lakes', name: '  Tent ' })
    await device.environment.advance(100)
    expect(device.server.pushes).toMatchObject([[{ patch: base }]])
    expect(device.shown('items', 'tent')).toEqual(base)
    device.edit(base, { ...base, name: ' Tent ' })
    await device.environment.advance(100)
    expect(device.server.pushes).toHaveLength(1)
  })
})

const nameless = rowOf({ fields: { ...base, name: '' } })

describe('[A4] a row of the server that the schema refuses', () => {
  test('is kept and not shown, counted once however often it comes; others are shown', async () => {
    const device = await openTestEngine({ collections: strict })
    await hear(device, nameless, rowOf({ id: 'cup', fields: base }))
    await hear(device, { ...nameless, version: 2 })
    expect([device.shown('items', 'tent'), device.shown('items', 'cup')]).toEqual([null, base])
    expect(device.state().setAside).toEqual([{ what: 'row', name: 'items/tent', reason: 'name: An item needs a name.' }])
    expect(device.events.filter(({ type }) => type === 'setAside')).toHaveLength(1)
    expect(device.engine.diagnostics().collections).toContainEqual(expect.objectContaining({ name: 'items', rows: 2 }))
  })

  test('is shown when a version of it comes that is valid', async () => {
    const device = await openTestEngine({ collections: strict })
    await hear(device, nameless)
    await hear(device, rowOf({ version: 2, fields: base }))
    expect(device.shown('items', 'tent')).toEqual(base)
    expect(device.state().setAside).toEqual([])
  })

  test('is no longer told of when it is deleted', async () => {
    const device = await openTestEngine({ collections: strict })
    await hear(device, nameless)
    device.server.onPull = () => Promise.resolve(pageOf({ deleted: [{ collection: 'items', id: 'tent', scope: 'lakes', version: 3 }] }))
    device.engine.syncNow()
    await device.environment.settle()
    expect(device.state().setAside).toEqual([])
  })

  test('is looked at again at each start: a schema that takes it shows it, one that does not tells again', async () => {
    const storage = memoryStorage()
    const device = await openTestEngine({ collections: strict, storage })
    await hear(device, nameless)
    await device.engine.close()
    const again = await openTestEngine({ collections: strict, storage, online: false })
    expect(again.state().setAside).toHaveLength(1)
    expect(again.shown('items', 'tent')).toBeNull()
    await again.engine.close()
    const loose = await openTestEngine({ storage, online: false })
    expect(loose.state().setAside).toEqual([])
    expect(loose.shown('items', 'tent')).toEqual(nameless.fields)
  })
})

describe.each<[string, Partial<Collection>]>([
  ['a schema that throws', { validate: (entity) => { if ((entity as { name: string }).name === 'Bomb') throw new Error('boom'); return { value: entity } } }],
  ['a codec that throws', { validate: (entity) => ({ value: entity }), toEntity: (id, fields) => { if (fields['name'] === 'Bomb') throw new Error('boom'); return { id, ...fields } } }],
])('[A4] %s', (_, items) => {
  test('at a row: that row is set aside, the others are shown', async () => {
    const device = await openTestEngine({ collections: collectionsOf(items) })
    await hear(device, rowOf({ fields: { ...base, name: 'Bomb' } }), rowOf({ id: 'cup', fields: base }))
    expect([device.shown('items', 'tent'), device.shown('items', 'cup')]).toEqual([null, base])
    expect(device.state().setAside).toMatchObject([{ name: 'items/tent', reason: 'Error: boom' }])
  })
})

test('[A4] [RX3] a schema that throws at an edit refuses it as any other', async () => {
  const device = await openTestEngine({ collections: collectionsOf({ validate: () => { throw new Error('boom') } }), online: false })
  device.edit(undefined, base)
  expect(device.state()).toMatchObject({ pending: 0, lastError: { kind: 'validation', code: 'unexpected' } })
  expect(device.shown('items', 'tent')).toBeNull()
})
