import type { Item } from './item.ts'
import type { Person } from './person.ts'
import type { TripRule } from './rule.ts'
import type { Trip } from './trip.ts'

/** For tests: the `nth` uuid. Random enough for ids that are made of two. */
export const uuid = (nth: number): string => {
  const hex = Array.from({ length: 4 }, (_, word) => (Math.imul(nth + 1, [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f][word]!) >>> 0).toString(16).padStart(8, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

export const tripId = uuid(0)

export const tripOf = (fields: Partial<Trip> = {}): Trip => ({
  id: tripId, name: 'Lisbon', destination: null, startsOn: '2026-07-01', endsOn: '2026-07-05', notes: null, conditions: [], archived: false, ...fields,
})

export const personOf = (nth: number, fields: Partial<Person> = {}): Person => ({
  id: uuid(nth), tripId, name: `Person ${nth}`, color: null, ageGroup: null, position: nth, ...fields,
})

export const ruleOf = (nth: number, fields: Partial<TripRule> = {}): TripRule => ({
  id: uuid(nth), tripId, name: `Rule ${nth}`, category: null, quantity: 1, per: 'person_day', atMost: 7, minDays: null, ageGroup: null, needs: null, skip: false, ...fields,
})

export const itemOf = (nth: number, fields: Partial<Item> = {}): Item => ({
  id: uuid(nth), tripId, personId: null, name: `Item ${nth}`, quantity: 1, category: null, packed: false, notes: null, position: nth, ruleId: null, ruleQuantity: null, ...fields,
})
