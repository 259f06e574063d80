import { expect, test } from 'vitest'
import { syncEn } from '../texts/sync-en.ts'
import { tripsEn } from '../texts/trips-en.ts'
import { agoInWords, conflictInWords, errorInWords, lastSyncInWords, pendingInWords, refusalInWords } from './words.ts'

const texts = { ...tripsEn, ...syncEn }

test('pending changes are counted', () => {
  expect([0, 1, 3].map((count) => pendingInWords(count, texts))).toEqual(['Nothing is waiting', '1 change is waiting', '3 changes are waiting'])
})

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

test('what another try will cure is told without codes', () => {
  const error = { code: 'XX000', message: 'internal_error 0x1', time: 0 }
  for (const kind of ['network', 'auth', 'rate-limit', 'server', 'storage'] as const) {
    expect(errorInWords({ ...error, kind }, texts)).not.toContain('internal_error')
  }
})

test('a refusal names its reason, and an invalid value the reason of the server', () => {
  expect(refusalInWords({ status: 'forbidden', message: 'violates policy' }, texts)).not.toContain('policy')
  expect(refusalInWords({ status: 'conflict', message: 'name' }, texts)).toContain('Somebody else')
  expect(refusalInWords({ status: 'invalid', message: 'the quantity is too large' }, texts)).toContain('the quantity is too large')
})

test('each kind of conflict is told in words of its own', () => {
  const kinds = ['edit-edit', 'edit-delete', 'delete-edit', 'create-create'] as const
  expect(new Set(kinds.map((kind) => conflictInWords(kind, texts))).size).toBe(kinds.length)
})

test('a time is told as a person would, also in Spanish, and one that is still to come as now', () => {
  const now = 1_000_000_000
  expect(agoInWords(now - 3 * 86_400_000, 'en', now)).toBe('3 days ago')
  expect(agoInWords(now - 120_000, 'es', now)).toBe('hace 2 minutos')
  expect(agoInWords(now + 60_000, 'en', now)).toBe('this minute')
})
