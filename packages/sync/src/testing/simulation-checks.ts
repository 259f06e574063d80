import type { Collections } from '../core/collection.ts'
import { equal } from '../core/equal.ts'
import { entityKey } from '../core/plan.ts'
import { keys } from '../core/records.ts'
import type { EntityRef, Row } from '../core/types.ts'
import { sortOut } from '../engine/opening.ts'
import { Replica } from '../engine/replica.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { Shown, SimulatedTab } from './simulated-tab.ts'
import type { Graveyard } from './simulated-user.ts'
import type { Hardship, Life } from './simulation-life.ts'

export interface EndParts {
  readonly server: SimulatedServer
  readonly devices: readonly SimulatedDevice[]
  readonly life: Life
  readonly graveyard: Graveyard
  /** A backup took the place of what had been confirmed since. */
  readonly wasRestored: boolean
  readonly spared: ReadonlySet<Hardship>
}

/** What must hold once everything is quiet; each sentence tells of a rule that does not. */
export async function checkEnd(end: EndParts): Promise<string[]> {
  const { server, devices, life, graveyard } = end
  const wrong = [...server.complaints()]
  const returned = await server.returned()
  for (const { collection, id } of returned) {
    const key = entityKey(collection, id)
    const comesBack = life.collections.get(collection)?.deletePolicy !== 'deleteWins' || graveyard.broughtBack.has(key) || devices.some(({ ledger }) => ledger.broughtBack.has(key)) || graveyard.moved.has(key)
    if (!comesBack) wrong.push(`[PL6] ${collection}/${id} was deleted and is there again`)
  }
  const all = new Map<string, Row>()
  for (const device of devices) {
    const theirs = await server.rowsFor(device.user)
    for (const row of theirs) all.set(keyOf(row), row)
    for (const sentence of await checkDevice(device, theirs, life.collections)) wrong.push(`${device.name}: ${sentence}`)
  }
  for (const ref of returned) all.delete(keyOf(ref))
  if (life.counts && !end.wasRestored && !end.spared.has('counters')) wrong.push(...checkCounters([...all.values()], end))
  return wrong
}

const keyOf = ({ collection, id }: EntityRef): string => entityKey(collection, id)

/** A counter holds what all edits of it come to, each once [PU2], [CO2]; where an edit was refused or the row once deleted, nobody can tell. */
function checkCounters(rows: readonly Row[], { devices, graveyard }: EndParts): string[] {
  const deleted = new Set(graveyard.deleted.map(keyOf))
  const items = rows.filter((row) => row.collection === 'items' && !deleted.has(keyOf(row)) && devices.every(({ ledger }) => !ledger.disputed.has(keyOf(row))))
  return items.flatMap((row) => {
    const counted = devices.reduce((sum, { ledger }) => sum + (ledger.counted.get(keyOf(row)) ?? 0), 0)
    return row.fields['quantity'] === counted ? [] : [`[PU2] the quantity of ${row.id} is ${JSON.stringify(row.fields['quantity'])}, its edits come to ${counted}`]
  })
}

async function checkDevice(device: SimulatedDevice, expected: readonly Row[], collections: Collections): Promise<string[]> {
  const wrong: string[] = []
  const replica = new Replica()
  replica.apply(sortOut(await device.disk.readAll()).records)
  if (replica.outbox.size > 0) wrong.push(`[OB4] ${replica.outbox.size} changes are still in the outbox`)
  if (replica.batch !== null) wrong.push('[OB3] a batch is still in flight')
  const held = new Map<string, Row>()
  for (const ref of replica.known()) {
    const row = replica.row(ref)
    if (row !== undefined) held.set(keyOf(ref), row)
  }
  // What made room is fetched anew when a leader begins.
  const isOut = ({ scope }: Row) => replica.evicted.has(keys.evicted(scope))
  for (const row of expected.filter((one) => !isOut(one))) {
    const own = held.get(keyOf(row))
    if (!isSame(own, row)) wrong.push(`[PL1] the server has ${JSON.stringify(row)}, the device ${JSON.stringify(own)}`)
    held.delete(keyOf(row))
  }
  for (const row of held.values()) wrong.push(`[PL6] the device has ${JSON.stringify(row)}, the server has not`)
  return [...wrong, ...device.tabs.flatMap((tab, place) => checkScreen(tab, replica, collections).map((sentence) => `tab ${place}: ${sentence}`))]
}

/** A field that is not there is null. */
function isSame(a: Row | undefined, b: Row): boolean {
  return a !== undefined && equal(withoutNulls(a), withoutNulls(b))
}

function withoutNulls({ fields, ...row }: Row): Row {
  return { ...row, fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) }
}

/** What the screen shows is what the disk means. */
function checkScreen({ screen }: SimulatedTab, replica: Replica, collections: Collections): string[] {
  const isOut = ({ collection, id, fields: { tripId } }: Shown) => replica.evicted.has(keys.evicted(collection === 'trips' ? id : typeof tripId === 'string' ? tripId : ''))
  return [...replica.known(), ...[...screen.values()].filter((shown) => !isOut(shown))].flatMap((ref) => {
    const shown = screen.get(keyOf(ref))?.fields ?? null
    const meant = replica.view(ref)
    const rule = collections.get(ref.collection)?.validate
    const view = meant !== null && rule && 'issues' in rule({ id: ref.id, ...meant }) ? null : meant
    if (equal(shown, view)) return []
    return [`[TB2] of ${ref.collection}/${ref.id} the screen shows ${JSON.stringify(shown)}, the disk means ${JSON.stringify(view)}`]
  })
}
