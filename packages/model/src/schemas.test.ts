import { expect, test } from 'vitest'
import { itemSchema } from './item.ts'
import { personSchema } from './person.ts'
import { progressOf } from './progress.ts'
import { tripMemberSchema } from './trip-member.ts'
import { tripSchema } from './trip.ts'

const id = '5f0c7a52-6f5b-4c7e-9d0e-2d6f3b1c8a90'
const trip = { id, name: 'Lisbon', destination: null, startsOn: '2026-07-01', endsOn: null, notes: null, conditions: [], archived: false }
const person = { id, tripId: id, name: 'Ana', color: null, ageGroup: null, position: 0 }
const member = { id, tripId: id, userId: id, role: 'owner', name: 'Ann' }
const item = {
  id,
  tripId: id,
  personId: null,
  name: 'Socks',
  quantity: 3,
  category: null,
  packed: false,
  notes: null,
  position: 1.5,
  ruleId: null,
  ruleQuantity: null,
}

test('an entity made on the device is whole without the fields of the server', () => {
  expect(tripSchema.parse(trip)).toEqual(trip)
  expect(personSchema.parse(person)).toEqual(person)
  expect(tripMemberSchema.parse(member)).toEqual(member)
  expect(itemSchema.parse(item)).toEqual(item)
})

test('a trip outlives the account of whoever started it', () => {
  expect(tripSchema.parse({ ...trip, createdBy: null })).toEqual({ ...trip, createdBy: null })
})

test.each([
  ['a trip without a name', tripSchema, { ...trip, name: ' ' }],
  ['a day with a time', tripSchema, { ...trip, startsOn: '2026-07-01T00:00:00Z' }],
  ['a day that does not exist', tripSchema, { ...trip, startsOn: '2026-02-30' }],
  ['a person with half a position', personSchema, { ...person, position: 0.5 }],
  ['an unknown role', tripMemberSchema, { ...member, role: 'admin' }],
  ['fewer than none', itemSchema, { ...item, quantity: -1 }],
  ['half an item', itemSchema, { ...item, quantity: 1.5 }],
  ['more than the server takes', itemSchema, { ...item, quantity: 10_000 }],
  ['a missing field', itemSchema, { ...item, category: undefined }],
])('%s is refused', (_, schema, value) => {
  expect(schema.safeParse(value).success).toBe(false)
})

test('progress counts entries, not pieces', () => {
  expect(progressOf([])).toEqual({ packed: 0, total: 0 })
  expect(progressOf([{ packed: true }, { packed: false }, { packed: true }])).toEqual({ packed: 2, total: 3 })
})
