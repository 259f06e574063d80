import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Validate } from '../core/collection.ts'
import { manual } from '../core/policies.ts'
import type { Answer, Op } from '../core/types.ts'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { EventLog } from './event-log.ts'
import { TransportError } from './ports.ts'

const marker = 'SECRET'
const secret = (label: string) => ({ tripId: 'lakes', name: `${marker} ${label}`, deep: { list: [marker, { [marker]: marker }] } })

const words: Readonly<Record<string, (op: Op) => Answer>> = {
  applied,
  merged: ({ opId, id }) => ({ opId, status: 'merged', row: rowOf({ id, version: 4, fields: secret('merged') }) }),
  conflict: ({ opId, id }) => ({ opId, status: 'conflict', row: rowOf({ id, version: 5, fields: secret('theirs') }), edits: {} }),
  deleted: ({ opId }) => ({ opId, status: 'deleted' }),
  invalid: ({ opId }) => ({ opId, status: 'invalid', code: '22P02', message: `invalid input syntax for type integer: "${marker}"` }),
  forbidden: ({ opId }) => ({ opId, status: 'forbidden', code: '42501', message: marker }),
}

const validate: Validate = (entity) => ((entity as { odd?: boolean }).odd ? { issues: [`name: ${marker} is odd.`] } : { value: entity })

/** A day in which everything holds the marker: rows, edits, refusals, conflicts, messages. */
async function lived(answers: readonly string[], failure: boolean): Promise<TestEngine> {
  const device = await openTestEngine({ collections: collectionsOf({ mergeDefault: manual(), deletePolicy: 'manual', validate }) })
  const ids = answers.map((_, index) => `item-${index}`)
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [...ids.map((id) => rowOf({ id, fields: secret('base') })), rowOf({ id: 'odd', fields: { ...secret('odd'), odd: true } })] }))
  device.engine.syncNow()
  await device.environment.settle()
  device.server.onPull = () => Promise.resolve(pageOf())
  device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map((op) => words[answers[ids.indexOf(op.id)] ?? 'applied']!(op))))
  for (const id of ids) device.engine.record({ edits: [{ collection: 'items', id, before: secret('base'), after: secret('mine') }], atomic: false })
  await device.environment.advance(100)
  if (failure) device.server.onPush = () => Promise.reject(new TransportError(`duplicate key: ${marker}`, { kind: 'server', code: '500', status: 503 }))
  device.edit(undefined, secret('waiting'))
  device.engine.record({ edits: [{ collection: 'items', id: 'no', before: undefined, after: { ...secret('refused'), odd: true } }], atomic: false })
  await device.environment.advance(50)
  return device
}

describe('[F3] diagnostics', () => {
  test('hold nothing that a user has written, and are JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(words)), { maxLength: 6 }), fc.boolean(), async (answers, failure) => {
        const device = await lived(answers, failure)
        const diagnostics = device.engine.diagnostics()
        const text = JSON.stringify(diagnostics)
        expect(text).not.toContain(marker)
        expect(JSON.parse(text)).toEqual(diagnostics)
        await device.engine.close()
      }),
      { numRuns: 40 },
    )
  })

  test('tell what somebody who helps needs to know', async () => {
    const device = await lived(['conflict', 'invalid', 'applied'], true)
    await device.engine.hold('people')
    const diagnostics = device.engine.diagnostics()
    expect(diagnostics).toMatchObject({
      time: device.environment.now(),
      user: 'ann',
      epoch: 'epoch-1',
      state: { pending: 1, held: ['people'], lastError: { kind: 'server', code: '500' } },
      scopes: [{ scope: 'lakes', cursor: '1', rows: 4, unseen: 0 }],
      batch: [{ kind: 'create', collection: 'items', id: 'tent' }],
      conflicts: [{ kind: 'edit-edit', collection: 'items', id: 'item-0' }],
      rejected: [{ status: 'invalid', code: '22P02', collection: 'items', id: 'item-1' }],
    })
    expect(diagnostics.device).toMatch(/^id-/)
    expect(diagnostics.conflicts[0]?.fields).toEqual(['name'])
    expect(diagnostics.collections).toContainEqual({ name: 'items', priority: 'normal', rows: 4, pending: 1, held: false })
    expect(diagnostics.collections).toContainEqual({ name: 'people', priority: 'normal', rows: 0, pending: 0, held: true })
    expect(diagnostics.events.at(-1)).toMatchObject({ type: 'collectionsHeld', details: { held: 1 } })
    expect(diagnostics.events.map(({ type }) => type)).toContain('failed')
  })
})

describe('[F3] the log of events', () => {
  test('keeps the last 200, with their times', () => {
    const log = new EventLog()
    for (let time = 0; time < 250; time += 1) log.add({ type: 'changeStored', pending: time }, time)
    expect(log.events).toHaveLength(200)
    expect(log.events[0]).toEqual({ time: 50, type: 'changeStored', details: { pending: 50 } })
  })

  test('of lists keeps the length, of errors what they are classified by', () => {
    const log = new EventLog()
    log.add({ type: 'failed', error: { kind: 'server', code: '503', message: marker, time: 1 }, attempt: 2 }, 1)
    log.add({ type: 'phaseChanged', phase: 'paused', paused: ['offline', 'user'] }, 2)
    expect(log.events.map(({ details }) => details)).toEqual([{ kind: 'server', code: '503', attempt: 2 }, { phase: 'paused', paused: 2 }])
  })
})
