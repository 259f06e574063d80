import type { Fields, Json } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { Shown, SimulatedTab } from './simulated-tab.ts'

/** What people deleted and moved, and what they brought back: that, and nothing else, may be there again. */
export interface Graveyard {
  readonly deleted: Shown[]
  readonly broughtBack: Set<string>
  readonly moved: Set<string>
}

/** Somebody at a tab of a device. */
export interface SimulatedUser {
  readonly device: SimulatedDevice
  readonly tab: SimulatedTab
  readonly random: SeededRandom
  readonly graveyard: Graveyard
  /** Items may go to other trips. */
  readonly mayMove: boolean
}

/** One edit of what is on screen; returns it in words, or `null` where there was nothing to edit. */
export function editSomething(user: SimulatedUser): string | null {
  const { tab, random, device, graveyard } = user
  if (tab.engine === null) return null
  // A parked edit of a row whose delete was pulled before shows the edited fields only (SPEC.md, CO2): no app can offer it for editing.
  const shown = [...tab.screen.values()].filter(({ collection, fields }) => collection === 'trips' || 'tripId' in fields)
  const [trips, people, items] = ['trips', 'people', 'items'].map((name) => shown.filter(({ collection }) => collection === name)) as [Shown[], Shown[], Shown[]]
  const trip = random.pick(trips)
  const dice = random.below(100)
  if (trip === undefined || dice < 4) return create(user, 'trips', { name: device.newId('name') })
  if (dice < 12) return create(user, 'people', { tripId: trip.id, name: device.newId('name') })
  const item = random.pick(items)
  const person = random.pick(people)
  if (item === undefined || dice < 28) return create(user, 'items', { tripId: trip.id, name: device.newId('name'), quantity: 100, personId: null })
  if (dice < 72) return change(user, item, editOf(user, item.fields))
  if (dice < 78 && person !== undefined && person.fields['tripId'] === item.fields['tripId']) return change(user, item, { personId: person.id })
  if (dice < 82) return change(user, trip, { name: device.newId('name') })
  if (dice < 86 && user.mayMove) return move(user, item, { trip, person })
  if (dice < 90) return remove(user, item)
  if (dice < 91 && person !== undefined) return remove(user, person)
  if (dice < 92) return remove(user, trip)
  if (dice < 96) return bringBack(user, random.pick(graveyard.deleted))
  remove(user, item)
  const { createdAt: _, ...own } = item.fields
  return bringBack(user, random.chance(0.5) ? item : { ...item, fields: own })
}

/** Two to four edits that go together [A7]; sometimes one of them is for a person who is not there, and refused by the server. */
export function editTogether(user: SimulatedUser): string | null {
  const { tab, random, device } = user
  if (tab.engine === null) return null
  const words: (string | null)[] = []
  tab.atomically(() => {
    for (let edits = 2 + random.below(3); edits > 0; edits -= 1) words.push(editSomething(user))
    const item = random.pick([...tab.screen.values()].filter(({ collection, fields }) => collection === 'items' && 'tripId' in fields))
    if (item !== undefined && random.chance(0.3)) words.push(change(user, item, { personId: device.newId('people') }))
  })
  return `together: ${words.filter((word) => word !== null).join('; ')}`
}

/** One or two fields of an item get other values: a name, a quantity that is counted on from what it was, a few lines of notes. */
function editOf({ random, device }: SimulatedUser, { quantity, notes }: Fields): Fields {
  const patch: Record<string, Json> = {}
  if (random.chance(0.5)) patch['name'] = device.newId('name')
  if (random.chance(0.5)) patch['quantity'] = (typeof quantity === 'number' ? quantity : 0) + 1 + random.below(4) - random.below(3) * 2
  if (random.chance(0.2)) patch['notes'] = editedText(typeof notes === 'string' ? notes : 'a\nb\nc\n', random)
  return patch
}

/** One line is put in, taken out or changed. */
function editedText(text: string, random: SeededRandom): string {
  const lines = text.split('\n')
  lines.splice(random.below(lines.length), random.below(2), ...(random.chance(0.7) ? [`line ${random.below(100)}`] : []))
  return lines.join('\n')
}

function create({ device, tab }: SimulatedUser, collection: string, fields: Fields): string {
  const id = device.newId(collection)
  tab.edit({ collection, id }, fields)
  return `creates ${collection}/${id}`
}

function change({ tab }: SimulatedUser, { collection, id, fields }: Shown, patch: Fields): string {
  tab.edit({ collection, id }, { ...fields, ...patch })
  return `sets ${JSON.stringify(patch)} in ${collection}/${id}`
}

/** Mostly for everyone there; sometimes still for a person, who may be of another trip. */
function move(user: SimulatedUser, item: Shown, { trip, person }: { trip: Shown; person: Shown | undefined }): string {
  user.graveyard.moved.add(entityKey('items', item.id))
  const personId = user.random.chance(0.8) ? null : (person?.id ?? null)
  return change(user, item, { tripId: trip.id, personId })
}

function remove({ tab, graveyard }: SimulatedUser, shown: Shown): string {
  tab.edit(shown, null)
  graveyard.deleted.push(shown)
  return `deletes ${shown.collection}/${shown.id}`
}

function bringBack({ tab, graveyard }: SimulatedUser, shown: Shown | undefined): string | null {
  if (shown === undefined) return null
  const key = entityKey(shown.collection, shown.id)
  if (tab.screen.has(key)) return null
  graveyard.broughtBack.add(key)
  tab.edit(shown, shown.fields)
  return `brings ${shown.collection}/${shown.id} back`
}
