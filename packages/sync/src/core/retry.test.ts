import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultBackoff, retryDelay } from './retry.ts'

test('the wait doubles up to the longest, half of it by chance', () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 100].map((failures) => retryDelay(failures, 0.999_999_9))
  expect(ceilings).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
  expect([1, 5].map((failures) => retryDelay(failures, 0))).toEqual([250, 4_000])
})

test('however often it failed, the wait lies between half of the first and the longest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const delay = retryDelay(failures, random)
      expect(delay).toBeGreaterThanOrEqual(defaultBackoff.first / 2)
      expect(delay).toBeLessThanOrEqual(defaultBackoff.longest)
    }),
  )
})
