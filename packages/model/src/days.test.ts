import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { uuid } from './builders.ts'
import { dayCount, daysOf } from './days.ts'
import { emptyDay, tripDaySchema } from './trip-day.ts'
import { pairedId } from './paired-id.ts'

test.each([
  ['2026-07-01', '2026-07-01', 1],
  ['2026-02-27', '2026-03-01', 3],
  ['2026-03-28', '2026-03-30', 3],
  ['2026-07-02', '2026-07-01', null],
  [null, '2026-07-01', null],
])('%s to %s is %s days', (startsOn, endsOn, count) => {
  expect(dayCount({ startsOn, endsOn })).toBe(count)
  expect(daysOf({ startsOn, endsOn })).toHaveLength(count ?? 0)
})

test('days are in order, and of a long trip only the first', () => {
  expect(daysOf({ startsOn: '2026-02-27', endsOn: '2026-03-01' })).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
  expect(daysOf({ startsOn: '2026-01-01', endsOn: '2027-01-01' }, 3)).toEqual(['2026-01-01', '2026-01-02', '2026-01-03'])
})

test('a paired id is a uuid, the same for both orders, and another for another pair', () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (one, other) => {
      expect(pairedId(one, other)).toMatch(form)
      expect(pairedId(one, other)).toBe(pairedId(other, one))
    }),
  )
  const ids = Array.from({ length: 40 }, (_, nth) => pairedId(uuid(nth % 8), uuid(100 + Math.floor(nth / 8))))
  expect(new Set(ids).size).toBe(40)
})

test('[G1] a day of a trip has one id on all devices, and another day or trip another', () => {
  const [day, same, next, elsewhere] = [emptyDay(uuid(1), '2026-07-01'), emptyDay(uuid(1), '2026-07-01'), emptyDay(uuid(1), '2026-07-02'), emptyDay(uuid(2), '2026-07-01')]
  expect(tripDaySchema.parse(day)).toEqual(same)
  expect(new Set([day.id, next.id, elsewhere.id]).size).toBe(3)
})
