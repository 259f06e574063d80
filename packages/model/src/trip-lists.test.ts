import { expect, test } from 'vitest'
import { tripOf, uuid } from './builders.ts'
import { byStart } from './orders.ts'
import { listTrips } from './trip-lists.ts'

const trips = [
  tripOf({ id: uuid(1), name: 'Last summer', startsOn: '2025-07-01', endsOn: '2025-07-09' }),
  tripOf({ id: uuid(2), name: 'Spring', startsOn: '2026-03-01', endsOn: '2026-03-04' }),
  tripOf({ id: uuid(3), name: 'Under way', startsOn: '2026-06-01', endsOn: '2026-06-15' }),
  tripOf({ id: uuid(4), name: 'Next', startsOn: '2026-06-20', endsOn: '2026-06-25' }),
  tripOf({ id: uuid(5), name: 'Began once', startsOn: '2026-01-01', endsOn: null }),
  tripOf({ id: uuid(6), name: 'Some day', startsOn: null, endsOn: null }),
  tripOf({ id: uuid(7), name: 'Put away', archived: true }),
].toSorted(byStart)
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)

test('[G1] what is to come stands first, the nearest before the others; what is over comes after it, the last one first', () => {
  const { coming, past, archived } = listTrips(trips, '2026-06-15')
  expect(names(coming)).toEqual(['Began once', 'Under way', 'Next', 'Some day'])
  expect(names(past)).toEqual(['Spring', 'Last summer'])
  expect(names(archived)).toEqual(['Put away'])
})

test('a trip is over on the day after its last', () => {
  expect(names(listTrips(trips, '2026-06-16').past)).toEqual(['Under way', 'Spring', 'Last summer'])
})
