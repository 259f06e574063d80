import { SyncError } from '@stowaway/sync'
import { expect, test } from 'vitest'
import { undecidedBy } from './decide.ts'

test('a decision that was not carried out is told by what stood in its way', () => {
  const told = (['not-found', 'invalid-change', 'bad-change', 'session'] as const).map((code) => undecidedBy(new SyncError(code, 'No.')))
  expect(told).toEqual(['gone', 'bad-value', 'bad-value', 'failed'])
  expect(undecidedBy(new TypeError('broken'))).toBe('failed')
})
