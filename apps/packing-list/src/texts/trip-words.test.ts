import { expect, test } from 'vitest'
import { tripsEn as texts } from './trips-en.ts'
import { tripsEs } from './trips-es.ts'
import { datesInWords, progressInWords, whereAndWhen } from './trip-words.ts'

const speech = { texts, locale: 'en' }

test('days are told as they were entered, whatever the time zone', () => {
  expect(datesInWords({ startsOn: '2026-07-01', endsOn: null }, speech)).toMatch(/1/)
  expect(datesInWords({ startsOn: '2026-07-01', endsOn: '2026-07-05' }, speech)).toMatch(/Jul.*5|5.*Jul/)
  expect(datesInWords({ startsOn: null, endsOn: '2026-07-05' }, speech)).toMatch(/^until .*5/)
  expect(datesInWords({ startsOn: null, endsOn: null }, speech)).toBeNull()
  expect(datesInWords({ startsOn: null, endsOn: '2026-07-05' }, { texts: tripsEs, locale: 'es' })).toMatch(/^hasta el 5/)
})

test('as they are written where the reader lives', () => {
  const trip = { startsOn: '2026-12-05', endsOn: '2026-12-12' }
  expect(datesInWords(trip, speech)).toMatch(/^Dec 5.*12, 2026$/)
  expect(datesInWords(trip, { texts, locale: 'en-GB' })).toMatch(/^5.*12 Dec 2026$/)
})

test('where and when, as far as it is known', () => {
  const trip = { id: '', name: '', notes: null, conditions: [], archived: false, endsOn: null }
  expect(whereAndWhen({ ...trip, destination: 'Lisbon', startsOn: null }, speech)).toBe('Lisbon')
  expect(whereAndWhen({ ...trip, destination: 'Lisbon', startsOn: '2026-07-01' }, speech)).toMatch(/^Lisbon · from /)
  expect(whereAndWhen({ ...trip, destination: null, startsOn: null }, speech)).toBe('')
})

test('progress in words', () => {
  expect(progressInWords({ packed: 0, total: 0 }, texts)).toBe('Nothing on the list yet')
  expect(progressInWords({ packed: 12, total: 30 }, texts)).toBe('12 of 30 packed')
  expect(progressInWords({ packed: 30, total: 30 }, texts)).toBe('All 30 packed')
})
