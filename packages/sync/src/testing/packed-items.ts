import type { Fields } from '../core/json.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import { rowOf } from './builders.ts'
import { pageOf, scriptedServer, type ScriptedServer } from './scripted-server.ts'
import { openTestEngine, type TestEngine, type TestEngineParts } from './test-engine.ts'

/** What a tent, a cup and a pan are like. */
export const base: Fields = { tripId: 'lakes', name: 'Tent', quantity: 1 }
export const big: Fields = { ...base, name: 'Big tent' }

export const stocked = (): ScriptedServer => {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: ['tent', 'cup', 'pan'].map((id) => rowOf({ id, fields: base })) }))
  return server
}

/** A device that has a tent, a cup and a pan. */
export async function opened(given: TestEngineParts = {}): Promise<TestEngine> {
  const device = await openTestEngine({ server: stocked(), ...given })
  device.server.onPull = () => Promise.resolve(pageOf())
  return device
}

/** A reducer's work on one item. */
export const edit = (id: string, before: Fields | undefined, after: Fields | undefined): EntityEdit => ({ collection: 'items', id, before, after })
export const shown = (device: TestEngine, ...ids: string[]): (Fields | null)[] => ids.map((id) => device.shown('items', id) ?? null)

/** The user's work of one dispatch, durable when it resolves. */
export async function step({ engine, environment }: TestEngine, edits: readonly EntityEdit[], atomic = false): Promise<void> {
  engine.record({ edits, atomic })
  await engine.flush()
  await environment.settle()
}

/** A server's word that the pulled row is like this now. */
export async function hear({ server, engine, environment }: TestEngine, version: number, fields: Fields | null): Promise<void> {
  const tombstone = { collection: 'items', id: 'tent', scope: 'lakes', version }
  server.onPull = () => Promise.resolve(fields === null ? pageOf({ deleted: [tombstone] }) : pageOf({ rows: [rowOf({ version, fields })] }))
  engine.syncNow()
  await environment.advance(100)
  server.onPull = () => Promise.resolve(pageOf())
}
