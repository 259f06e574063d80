import { expect, test } from 'vitest'
import { datesInWords, progressInWords } from './trip-words.ts'

test('days are told as they were entered, whatever the time zone', () => {
  expect(datesInWords({ startsOn: '2026-07-01', endsOn: null })).toMatch(/1/)
  expect(datesInWords({ startsOn: '2026-07-01', endsOn: '2026-07-05' })).toMatch(/Jul.*5|5.*Jul/)
  expect(datesInWords({ startsOn: null, endsOn: '2026-07-05' })).toMatch(/^until .*5/)
  expect(datesInWords({ startsOn: null, endsOn: null })).toBeNull()
})

test('progress in words', () => {
  expect(progressInWords({ packed: 0, total: 0 })).toBe('Nothing on the list yet')
  expect(progressInWords({ packed: 12, total: 30 })).toBe('12 of 30 packed')
  expect(progressInWords({ packed: 30, total: 30 })).toBe('All 30 packed')
})
