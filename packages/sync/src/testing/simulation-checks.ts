import equal from 'fast-deep-equal'
import type { Collections } from '../core/collection.ts'
import { entityKey } from '../core/plan.ts'
import type { Row } from '../core/types.ts'
import { sortOut } from '../engine/opening.ts'
import { Replica } from '../engine/replica.ts'
import type { MemoryServer } from './memory-server.ts'
import { rowOfServer } from './memory-push.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { Graveyard } from './simulated-user.ts'

export interface EndParts {
  readonly server: MemoryServer
  readonly devices: readonly SimulatedDevice[]
  readonly collections: Collections
  readonly broughtBack: Graveyard['broughtBack']
}

/** What must hold once everything is quiet; each sentence tells of a rule that does not. */
export async function checkEnd({ server, devices, collections, broughtBack }: EndParts): Promise<string[]> {
  const wrong = [...server.complaints]
  const { tables } = server
  for (const { collection, id } of tables.tombstones.values()) {
    const comesBack = collections.get(collection)?.deletePolicy !== 'deleteWins' || broughtBack.has(entityKey(collection, id))
    if (tables.row({ collection, id }) !== undefined && !comesBack) wrong.push(`[PL6] ${collection}/${id} was deleted and is there again`)
  }
  for (const device of devices) {
    const theirs = [...tables.rows.values()].filter(({ scope }) => tables.role(device.user, scope) !== undefined).map(rowOfServer)
    for (const sentence of await checkDevice(device, theirs)) wrong.push(`${device.name}: ${sentence}`)
  }
  return wrong
}

async function checkDevice(device: SimulatedDevice, expected: readonly Row[]): Promise<string[]> {
  const wrong: string[] = []
  const replica = new Replica()
  replica.apply(sortOut(await device.disk.readAll()).records)
  if (replica.outbox.size > 0) wrong.push(`[OB4] ${replica.outbox.size} changes are still in the outbox`)
  if (replica.batch !== null) wrong.push('[OB3] a batch is still in flight')
  const held = new Map<string, Row>()
  const entities = [...replica.known()]
  for (const ref of entities) {
    const row = replica.row(ref)
    if (row !== undefined) held.set(entityKey(ref.collection, ref.id), row)
  }
  for (const row of expected) {
    const key = entityKey(row.collection, row.id)
    const own = held.get(key)
    if (!equal(own, row)) wrong.push(`[PL1] the server has ${JSON.stringify(row)}, the device ${JSON.stringify(own)}`)
    held.delete(key)
  }
  for (const row of held.values()) wrong.push(`[PL6] the device has ${JSON.stringify(row)}, the server has not`)
  for (const { collection, id } of [...entities, ...device.screen.values()]) {
    const shown = device.screen.get(entityKey(collection, id))?.fields ?? null
    const view = replica.view({ collection, id })
    if (!equal(shown, view)) wrong.push(`[TB2] of ${collection}/${id} the screen shows ${JSON.stringify(shown)}, the disk means ${JSON.stringify(view)}`)
  }
  return wrong
}
