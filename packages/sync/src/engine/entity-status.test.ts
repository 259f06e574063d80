import { expect, test } from 'vitest'
import { applied, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'

const tent = { collection: 'items', id: 'tent' }

test('[F2] an entity waits, is on its way, and is saved', async () => {
  const { edit, engine, environment, server } = await openTestEngine()
  const answers: (() => void)[] = []
  server.onPush = ({ ops }) => new Promise((resolve) => answers.push(() => resolve(pushResult(ops.map(applied)))))
  expect(engine.entityStatus(tent)).toBe('saved')
  edit(undefined, { id: 'tent', tripId: 'lakes', name: 'Tent' })
  expect(engine.entityStatus(tent)).toBe('waiting')
  await environment.advance(100)
  expect(engine.entityStatus(tent)).toBe('sending')
  expect(engine.entityStatus({ ...tent, collection: 'people' })).toBe('saved')
  answers[0]!()
  await environment.settle()
  expect(engine.entityStatus(tent)).toBe('saved')
})

test('[F2] [OB7] one that was refused says so, and no longer waits', async () => {
  const { edit, engine, environment, server } = await openTestEngine()
  server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'forbidden', code: '42501', message: 'No.' }))))
  edit(undefined, { id: 'tent', tripId: 'lakes', name: 'Tent' })
  await environment.advance(100)
  expect(engine.entityStatus(tent)).toBe('refused')
  expect(engine.pendingChanges()).toEqual([])
})

test('[F2] what waits is told by entity, with what it comes to', async () => {
  const { edit, engine, environment, server } = await openTestEngine()
  server.onPush = () => new Promise(() => {})
  const since = environment.now()
  edit(undefined, { id: 'tent', tripId: 'lakes', name: 'Tent' })
  edit({ id: 'tent', tripId: 'lakes', name: 'Tent' }, { id: 'tent', tripId: 'lakes', name: 'Big tent' })
  await environment.advance(100)
  expect(engine.pendingChanges()).toEqual([{ ...tent, kind: 'create', changes: 2, since }])
})
