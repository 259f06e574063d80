import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Shown, SimulatedDevice } from './simulated-device.ts'

/** Ids that a person brought back after they had been deleted: these, and no others, may be there again. */
export type BroughtBack = Set<string>

/** One edit of somebody at a device, of what is on its screen; returns it in words, or `null` where there was nothing to edit. */
export function editSomething(device: SimulatedDevice, random: SeededRandom, broughtBack: BroughtBack): string | null {
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
  if (dice < 89) return remove(device, item)
  if (dice < 92 && person !== undefined) return remove(device, person)
  if (dice < 93) return remove(device, trip)
  return deleteAndUndo(device, item, { random, broughtBack })
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

function remove(device: SimulatedDevice, { collection, id }: Shown): string {
  device.edit({ collection, id }, null)
  return `deletes ${collection}/${id}`
}

function deleteAndUndo(device: SimulatedDevice, shown: Shown, { random, broughtBack }: { random: SeededRandom; broughtBack: BroughtBack }): string {
  const { collection, id, fields } = shown
  device.edit({ collection, id }, null)
  broughtBack.add(entityKey(collection, id))
  const { createdAt: _, ...own } = fields
  const back = random.chance(0.5) ? fields : own
  device.edit({ collection, id }, random.chance(0.5) ? back : { ...back, name: device.newId('name') })
  return `deletes ${collection}/${id} and brings it back`
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
