import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Shown, SimulatedDevice } from './simulated-device.ts'

/** What people deleted, and which of it they brought back: that, and nothing else, may be there again. */
export interface Graveyard {
  readonly deleted: Shown[]
  readonly broughtBack: Set<string>
}

/** One edit of somebody at a device, of what is on its screen; returns it in words, or `null` where there was nothing to edit. */
export function editSomething(device: SimulatedDevice, random: SeededRandom, graveyard: Graveyard): string | null {
  if (device.engine === null) return null
  // A parked edit of a row whose delete was pulled before shows the edited fields only (SPEC.md, CO2): no app can offer it for editing.
  const shown = [...device.screen.values()].filter(({ collection, fields }) => collection === 'trips' || 'tripId' in fields)
  const [trips, people, items] = ['trips', 'people', 'items'].map((name) => shown.filter(({ collection }) => collection === name)) as [Shown[], Shown[], Shown[]]
  const trip = random.pick(trips)
  const dice = random.below(100)
  if (trip === undefined || dice < 4) return create(device, 'trips', { name: device.newId('name') })
  if (dice < 12) return create(device, 'people', { tripId: trip.id, name: device.newId('name') })
  const item = random.pick(items)
  const person = random.pick(people)
  if (item === undefined || dice < 30) return create(device, 'items', { tripId: trip.id, name: device.newId('name'), quantity: 1, personId: null })
  if (dice < 50) return change(device, item, { name: device.newId('name') })
  if (dice < 62) return change(device, item, { quantity: random.below(4) })
  if (dice < 70) return change(device, item, { name: device.newId('name'), quantity: random.below(4) })
  if (dice < 78 && person !== undefined && person.fields['tripId'] === item.fields['tripId']) return change(device, item, { personId: person.id })
  if (dice < 82) return change(device, trip, { name: device.newId('name') })
  if (dice < 88) return remove(device, item, graveyard)
  if (dice < 90 && person !== undefined) return remove(device, person, graveyard)
  if (dice < 92) return remove(device, trip, graveyard)
  if (dice < 96) return bringBack(device, random.pick(graveyard.deleted), graveyard)
  remove(device, item, graveyard)
  const { createdAt: _, ...own } = item.fields
  return bringBack(device, random.chance(0.5) ? item : { ...item, fields: own }, graveyard)
}

function create(device: SimulatedDevice, collection: string, fields: Fields): string {
  const id = device.newId(collection)
  device.edit({ collection, id }, fields)
  return `creates ${collection}/${id}`
}

function change(device: SimulatedDevice, { collection, id, fields }: Shown, patch: Fields): string {
  device.edit({ collection, id }, { ...fields, ...patch })
  return `sets ${JSON.stringify(patch)} in ${collection}/${id}`
}

function remove(device: SimulatedDevice, shown: Shown, { deleted }: Graveyard): string {
  device.edit(shown, null)
  deleted.push(shown)
  return `deletes ${shown.collection}/${shown.id}`
}

function bringBack(device: SimulatedDevice, shown: Shown | undefined, { broughtBack }: Graveyard): string | null {
  if (shown === undefined) return null
  const key = entityKey(shown.collection, shown.id)
  if (device.screen.has(key)) return null
  broughtBack.add(key)
  device.edit(shown, shown.fields)
  return `brings ${shown.collection}/${shown.id} back`
}

/** Decides one of the waiting conflicts or refusals. */
export function decideSomething(device: SimulatedDevice, random: SeededRandom): string | null {
  const { engine, ledger } = device
  const conflict = random.pick(ledger.all('conflict'))
  const rejected = random.pick(ledger.all('rejected'))
  if (engine === null) return null
  if (conflict !== undefined && (rejected === undefined || random.chance(0.5))) {
    const choice = random.chance(0.5) ? 'local' : 'remote'
    ledger.decide(`conflict/${conflict.conflictId}`)
    unminded(engine.resolve(conflict.conflictId, choice))
    return `resolves ${conflict.conflictId} as ${choice}`
  }
  if (rejected === undefined) return null
  ledger.decide(`rejected/${rejected.rejectedId}`)
  const retries = random.chance(0.4)
  unminded(retries ? engine.retry(rejected.rejectedId) : engine.discard(rejected.rejectedId))
  return `${retries ? 'retries' : 'discards'} ${rejected.rejectedId}`
}

/** A decision that the disk refuses, or that comes too late, is told to whoever decided; here nobody minds. */
function unminded(done: Promise<void>): void {
  done.catch(() => {})
}
