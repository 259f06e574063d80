import { expect, test } from 'vitest'
import { syncEn as texts } from './sync-en.ts'
import { agoInWords, dayInWords, lastSyncInWords } from './times.ts'

test.each([
  [null, 'Not synced since the app was opened'],
  [10_000_000, 'Synced just now'],
  // A sync that came after the panel was opened.
  [10_050_000, 'Synced just now'],
  [10_000_000 - 2 * 60_000, 'Synced 2 minutes ago'],
  [10_000_000 - 130 * 60_000, 'Synced 2 hours ago'],
])('last sync at %s: %s', (time, words) => {
  expect(lastSyncInWords(time, { texts, language: 'en', now: 10_000_000 })).toBe(words)
})

test('a time is told as a person would, also in Spanish, and one that is still to come as now', () => {
  const now = 1_000_000_000
  expect(agoInWords(now - 3 * 86_400_000, 'en', now)).toBe('3 days ago')
  expect(agoInWords(now - 120_000, 'es', now)).toBe('hace 2 minutos')
  expect(agoInWords(now + 60_000, 'en', now)).toBe('this minute')
})

test('a day is told as it was entered, whatever the time zone', () => {
  expect(dayInWords('2026-07-01', 'en')).toMatch(/Wed.*1|1.*Wed/)
  expect(dayInWords('2026-07-01', 'es')).toMatch(/mié.*1/)
})
