import { expect, test } from 'vitest'
import { conflictInWords, errorInWords, lastSyncInWords, pendingInWords, refusalInWords } from './words.ts'

test('pending changes are counted', () => {
  expect([0, 1, 3].map(pendingInWords)).toEqual(['Nothing is waiting', '1 change is waiting', '3 changes are waiting'])
})

test.each([
  [null, 'Not synced since the app was opened'],
  [10_000_000, 'Synced just now'],
  // A sync that came after the panel was opened.
  [10_050_000, 'Synced just now'],
  [10_000_000 - 2 * 60_000, 'Synced 2 minutes ago'],
  [10_000_000 - 130 * 60_000, 'Synced 2 hours ago'],
])('last sync at %s: %s', (time, words) => {
  expect(lastSyncInWords(time, 10_000_000)).toBe(words)
})

test('what another try will cure is told without codes', () => {
  const error = { code: 'XX000', message: 'internal_error 0x1', time: 0 }
  for (const kind of ['network', 'auth', 'rate-limit', 'server', 'storage'] as const) {
    expect(errorInWords({ ...error, kind })).not.toContain('internal_error')
  }
})

test('a refusal names its reason, and an invalid value the reason of the server', () => {
  expect(refusalInWords({ status: 'forbidden', message: 'violates policy' })).not.toContain('policy')
  expect(refusalInWords({ status: 'conflict', message: 'name' })).toContain('Somebody else')
  expect(refusalInWords({ status: 'invalid', message: 'the quantity is too large' })).toContain('the quantity is too large')
})

test('each kind of conflict is told in words of its own', () => {
  const kinds = ['edit-edit', 'edit-delete', 'delete-edit', 'create-create'] as const
  expect(new Set(kinds.map(conflictInWords)).size).toBe(kinds.length)
})
