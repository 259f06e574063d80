import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultBackoff, defaultRetry, mostUrgent, retryDelay } from './retry.ts'

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

test('[B2] the more urgent, the shorter the wait, and none keeps a device out of step for 10 s', () => {
  const priorities = ['critical', 'high', 'normal', 'low'] as const
  const waits = [1, 2, 3, 10].map((failures) => priorities.map((priority) => retryDelay(failures, 0.999_999_9, defaultRetry[priority])))
  expect(waits).toEqual([
    [250, 500, 500, 1_000],
    [500, 1_000, 1_000, 2_000],
    [1_000, 2_000, 2_000, 4_000],
    [4_000, 8_000, 8_000, 8_000],
  ])
})

test('[B2] what is sent together is as urgent as the most urgent of it', () => {
  expect(mostUrgent(['low', 'high', 'normal'])).toBe('high')
  expect(mostUrgent(['low', 'low'])).toBe('low')
  expect(mostUrgent(new Set(['normal', 'critical'] as const))).toBe('critical')
  expect(mostUrgent([])).toBe('normal')
})
